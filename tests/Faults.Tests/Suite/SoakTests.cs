using EdgeModules.Testing;
using EdgeSimulator.Tests;
using EdgeSimulator.Tests.EndToEnd;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Suite;

/// <summary>
/// The faults of <c>soak</c> that no other test has, each once, over processes and sockets; the long runs are the same with more of everything.
/// </summary>
public sealed class SoakTests
{
    private const string Seed = "20260131";
    private static readonly string[] Faults = ["killEverything", "hubRestart", "hubPause", "pause", "latency", "twinBurst", "duplicates", "bodies"];

    [SkippableFact]
    public async Task Soak_EveryFaultOnce_LosesNothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "soak stops processes by signals, which Windows does not have.");
        await using var suite = new SuiteProcess();
        var (exitCode, output) = await suite.VerbAsync(
            "soak", "--seed", Seed, "--minutes", "0.3", "--rounds", "1", "--devices", "100", "--longest-fault", "1", "--manifest", suite.ManifestWithAckTimeout(2),
            "--faults", string.Join(',', Faults), "--state", suite.StateDirectory, "--report", suite.ReportFile,
            "--hub-port", $"{Ports.Free()}", "--https-port", $"{Ports.Free()}");
        Assert.True(exitCode == 0, output);

        var report = suite.Report;
        Assert.Equal(0, report.Value<long>("unaccountedReadings"));
        Assert.Empty(report["criticalAlerts"]!["missing"]!);
        Assert.True(report["criticalAlerts"]!.Value<int>("arrived") > 0, output);
        Assert.Equal(0, report["windows"]!.Value<long>("readingDifference"));
        Assert.All(Faults, fault => Assert.True(report["faults"]![fault]?.Value<int>("recovered") >= 1, output));
    }
}
