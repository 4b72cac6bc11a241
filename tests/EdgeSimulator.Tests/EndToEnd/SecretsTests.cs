using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using EdgeModules.Testing;
using EdgeSimulator.Agent;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.EndToEnd;

/// <summary>A suite whose keys are known, with all that its processes say and write looked through for them.</summary>
public sealed partial class SecretsTests
{
    /// <summary>Of a signed address, as a blob's is.</summary>
    private const string Signature = "TheSignatureOfASignedAddressThatNobodyMayRead0123";

    private const string OfNoModel = "abababababababababababababababababababababababababababababababab";

    /// <summary>The simulated cloud has the keys, and the simulated gateway its certificates: neither is a module's.</summary>
    private static readonly string[] OfTheCloud = ["hub", "hub.pfx", "ca.pem"];

    [SkippableFact]
    public async Task Run_KeysAndSignedAddress_AreInNoLogTwinPageStateReportOrMessage()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Needs /proc for the ports of the metrics pages.");
        await using var suite = new SuiteProcess();
        suite.Start(
            "--speed", "1500", "--verbose", "--manifest", suite.ManifestWithAckTimeout(2),
            "--set", "InferenceModule.candidate.source=https", "--set", $"InferenceModule.candidate.url=https://127.0.0.1:1/m.onnx?sv=1&sig={Signature}",
            "--set", $"InferenceModule.candidate.sha256={OfNoModel}");
        await suite.WaitForOutputAsync("Opened the Replay source");
        var modules = (await suite.StatusAsync())["modules"]!.Select(module => (string)module["name"]!).ToList();
        var secrets = new List<string>();
        foreach (var module in modules) secrets.Add(KeyOf(await suite.GetAsync($"/modules/{module}/credentials")));
        Assert.Equal(modules.Count, secrets.Distinct().Count());

        // One of them by a connection string, which no runtime hides, with all that it can log.
        await suite.VerbAsync("stop", "FilterModule");
        var environment = (JObject)(await suite.GetAsync("/modules/FilterModule/credentials"))["environment"]!;
        environment["RuntimeLogLevel"] = "verbose";
        var said = new ConcurrentQueue<string>();
        using var filter = StartModule("FilterModule", environment, said);
        try
        {
            await Waiting.ForAsync(() => said.Any(line => line.Contains("Applied settings", StringComparison.Ordinal)), "the module has its settings");
            var seen = new StringBuilder();
            foreach (var module in modules)
            {
                // What is desired is the operator's own, as it is.
                seen.AppendLine((await suite.GetAsync($"/modules/{module}/twin"))["reported"]!.ToString());
                foreach (var method in new[] { "getSettings", "getModels", "getShadowReport" })
                    seen.AppendLine((await suite.CallAsync(module, method)).ToString());
                if (module != "FilterModule") seen.AppendLine(await PageOfAsync(await suite.PidAsync(module)));
            }

            AssertNone(seen.ToString(), [.. secrets, Signature], "twins, answers and metrics pages");
            Assert.Contains("sensor_ledger", seen.ToString(), StringComparison.Ordinal);
            Assert.Contains("127.0.0.1:1/m.onnx", seen.ToString(), StringComparison.Ordinal);
            Assert.True(await suite.WaitAsync() == 0, suite.Output);
        }
        finally
        {
            filter.Kill();
        }

        AssertNone(suite.Output + string.Join('\n', said), [.. secrets, Signature], "what was printed");
        AssertNone(await File.ReadAllTextAsync(suite.ReportFile), [.. secrets, Signature], "the report");
        foreach (var file in Directory.GetFiles(suite.StateDirectory, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(suite.StateDirectory, file);
            if (OfTheCloud.Contains(name.Split('/')[0])) continue;
            // A module that starts with no hub in sight needs the address that it was given.
            string[] forbidden = name.StartsWith("modules/InferenceModule/", StringComparison.Ordinal) ? [.. secrets] : [.. secrets, Signature];
            AssertNone(Encoding.Latin1.GetString(await ReadAsync(file)), forbidden, name);
        }
    }

    private static void AssertNone(string text, IReadOnlyList<string> secrets, string place)
    {
        foreach (var secret in secrets)
        {
            Assert.False(text.Contains(secret, StringComparison.Ordinal), $"A secret is in {place}.");
            Assert.False(text.Contains(Uri.EscapeDataString(secret), StringComparison.Ordinal), $"A secret is in {place}, percent-encoded.");
        }

        if (secrets.Contains(Signature)) Assert.False(Token().IsMatch(text), $"A token is in {place}.");
    }

    private static string KeyOf(JObject credentials)
    {
        var text = (string)credentials["environment"]!["EdgeHubConnectionString"]!;
        return text.Split(';').Single(part => part.StartsWith("SharedAccessKey=", StringComparison.Ordinal))["SharedAccessKey=".Length..];
    }

    /// <summary>The metrics page of a module's process.</summary>
    private static async Task<string> PageOfAsync(int processId)
    {
        var variables = (await File.ReadAllTextAsync($"/proc/{processId}/environ")).Split('\0');
        var port = variables.Single(variable => variable.StartsWith("MetricsPort=", StringComparison.Ordinal)).Split('=')[1];
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://localhost:{port}/metrics"));
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    private static Process StartModule(string name, JObject environment, ConcurrentQueue<string> said)
    {
        var build = BuildOutput.Of(AppContext.BaseDirectory);
        var assembly = Path.Combine(SuiteProcess.Root, "modules", name, "bin", build.Configuration, build.Framework, name + ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly])
        {
            WorkingDirectory = SuiteProcess.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment) start.Environment[variable] = (string)value!;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [GeneratedRegex("sig=[A-Za-z0-9%+/]{20,}")]
    private static partial Regex Token();
}
