using System.Diagnostics;
using EdgeModules.Testing;
using EdgeSimulator.Agent;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.EndToEnd;

/// <summary>The developer's verbs, each a process of its own, against a suite that runs.</summary>
public sealed class VerbsTests
{
    private const int ReadingsOfTheDataSet = 18_914;
    private const string TwoReadings = """[{"deviceId":"by-hand","timestamp":1780000000000,"temperature":1},{"deviceId":"by-hand","timestamp":1780000001000,"temperature":9}]""";

    /// <summary>While the cloud is away, and while a module is stopped by hand, the run does not end: the verbs have all the time they need.</summary>
    [Fact]
    public async Task Verbs_OnARunningSuite_ActAndTheBooksClose()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "1500", "--manifest", suite.ManifestWithAckTimeout(2));
        await suite.WaitForOutputAsync("Opened the Replay source");
        using var monitor = suite.StartVerb("monitor", "--from-start", "--json");
        var messages = monitor.StandardOutput.ReadToEndAsync();

        await ExpectAsync(suite, 0, "The cloud is offline", "offline");
        await ExpectAsync(suite, 0, "FilterModule is stopped; \"start FilterModule\" brings it back.", "stop", "FilterModule");
        await ExpectAsync(suite, 2, "FilterModule' is not connected", "invoke", "FilterModule", "ping");
        await ExpectAsync(suite, 0, "2 readings; FilterModule is not connected", "send", "FilterModule", "readings", TwoReadings);
        Assert.Equal("stopped", (await suite.StatusAsync())["modules"]!.First(module => module.Value<string>("name") == "FilterModule").Value<string>("status"));
        await ExpectAsync(suite, 0, "connected.", "start", "FilterModule");
        await ExpectAsync(suite, 0, "connected.", "restart", "FilterModule");
        await ExpectAsync(suite, 0, "\"received\":", "invoke", "FilterModule", "getLedger");
        await ExpectAsync(suite, 1, "status 501", "invoke", "FilterModule", "noSuchMethod", "{}");
        await ExpectAsync(suite, 0, "Stopped; all that was accepted is saved.", "logs", "FilterModule", "--tail", "1000");
        await ExpectAsync(suite, 0, "The cloud is online; queued for it:", "online");

        Assert.True(await suite.WaitAsync() == 0, suite.Output);
        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
        Assert.Equal(2, suite.Report["readings"]!["injected"]!.Value<long>());
        Assert.Equal(ReadingsOfTheDataSet + 2, suite.Report["modules"]!["FilterModule"]!["received"]!.Value<long>());
        Assert.Equal(0, suite.Report["processes"]!["FilterModule"]!["restarts"]!.Value<int>());

        await monitor.WaitForExitAsync();
        Assert.Equal((0, "The simulator has ended."), (monitor.ExitCode, (await monitor.StandardError.ReadToEndAsync()).TrimEnd()));
        Assert.Equal(
            suite.Cloud.Select(message => message.Value<string>("messageId")),
            (await messages).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JObject.Parse(line).Value<string>("messageId")));
    }

    [Fact]
    public async Task Credentials_ModuleStartedWithThem_TakesThePlaceOfTheStoppedOneAndTheBooksClose()
    {
        await using var suite = new SuiteProcess();
        suite.Start("--speed", "1500", "--manifest", suite.ManifestWithAckTimeout(2));
        await suite.WaitForOutputAsync("Opened the Replay source");
        await ExpectAsync(suite, 0, "FilterModule is stopped", "stop", "FilterModule");
        var (exitCode, output) = await suite.VerbAsync("credentials", "FilterModule", "--json");
        Assert.True(exitCode == 0, output);

        using var module = StartModule("FilterModule", (JObject)JObject.Parse(output)["env"]!);
        try
        {
            await Waiting.ForAsync(
                async () => (await suite.StatusAsync())["modules"]!.First(entry => entry.Value<string>("name") == "FilterModule").Value<bool>("connected"),
                "the module connects");
            await ExpectAsync(suite, 2, "FilterModule is connected, though this simulator does not run it", "start", "FilterModule");
            Assert.True(await suite.WaitAsync() == 0, suite.Output);
        }
        finally
        {
            module.Kill();
        }

        Assert.Equal(0, suite.Report["unaccountedReadings"]!.Value<long>());
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["modules"]!["FilterModule"]!["received"]!.Value<long>());
    }

    private static Process StartModule(string name, JObject environment)
    {
        var build = BuildOutput.Of(AppContext.BaseDirectory);
        var assembly = Path.Combine(SuiteProcess.Root, "modules", name, "bin", build.Configuration, build.Framework, name + ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]) { WorkingDirectory = SuiteProcess.Root };
        foreach (var (variable, value) in environment) start.Environment[variable] = (string)value!;
        return Process.Start(start)!;
    }

    private static async Task ExpectAsync(SuiteProcess suite, int exitCode, string text, params string[] verb)
    {
        var (code, output) = await suite.VerbAsync(verb);
        Assert.True(code == exitCode, $"{string.Join(' ', verb)} ended with {code}: {output}\n{suite.Output}");
        Assert.Contains(text, output, StringComparison.Ordinal);
    }
}
