using System.Diagnostics;
using EdgeModules.Testing;
using EdgeSimulator.Agent;
using EdgeSimulator.Tests;
using EdgeSimulator.Tests.EndToEnd;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Suite;

/// <summary>Somebody has started a module twice, on another machine for instance, under one id.</summary>
public sealed class TwoInstancesTests
{
    private const string Module = "FilterModule";
    private const int ReadingsOfTheDataSet = 18_914;

    [Fact]
    public async Task Run_AModuleIsThereTwice_SaysSoDisturbsNoOtherAndLosesNothing()
    {
        await using var suite = new SuiteProcess();
        using var elsewhere = new TemporaryDirectory();
        suite.Start("--speed", "1500", "--manifest", suite.ManifestWithAckTimeout(2));
        await suite.WaitForOutputAsync("Opened the Replay source");
        var (exitCode, output) = await suite.VerbAsync("credentials", Module, "--json");
        Assert.True(exitCode == 0, output);
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var second = StartModule((JObject)JObject.Parse(output[..(output.LastIndexOf('}') + 1)])["env"]!, elsewhere.FullPath);
        try
        {
            second.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
            second.BeginOutputReadLine();
            await Waiting.ForAsync(() => IsSaid(suite.LogOf(Module)) || said.Any(IsSaid), "one of the two says that there is another", deadline: TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message} The first:\n{suite.LogOf(Module)}\nThe second:\n{string.Join('\n', said)}", error);
        }
        finally
        {
            second.Kill();
        }

        // What an operator does then; the one that is left may be staying away, for the minute that it said.
        (exitCode, output) = await suite.VerbAsync("restart", Module);
        Assert.True(exitCode == 0, output);
        // The books of the second instance died with it: of that module alone they do not add up.
        Assert.True(await suite.WaitAsync() is 0 or 1, suite.Output);
        Assert.Equal(ReadingsOfTheDataSet, suite.Report["readings"]!["sent"]!.Value<long>());
        foreach (var other in new[] { "AggregatorModule", "AlertModule", "InferenceModule" })
            Assert.True(suite.Report["modules"]![other]!.Value<long>("received") >= ReadingsOfTheDataSet, suite.Output);
        Assert.All(suite.Report["differences"]!, difference => Assert.StartsWith(Module, difference.Value<string>(), StringComparison.Ordinal));
        Assert.Empty(suite.Report["lost"]!);
        Assert.DoesNotContain(suite.Report["differences"]!, difference => difference.Value<string>()!.Contains("accounted for by an outcome", StringComparison.Ordinal));
    }

    private static bool IsSaid(string log) => log.Contains("another client connects as", StringComparison.OrdinalIgnoreCase);

    private static Process StartModule(JObject environment, string state)
    {
        var build = BuildOutput.Of(AppContext.BaseDirectory);
        var assembly = Path.Combine(SuiteProcess.Root, "modules", Module, "bin", build.Configuration, build.Framework, Module + ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]) { WorkingDirectory = SuiteProcess.Root, RedirectStandardOutput = true };
        foreach (var (variable, value) in environment) start.Environment[variable] = (string)value!;
        start.Environment["StateDirectory"] = state;
        return Process.Start(start)!;
    }
}
