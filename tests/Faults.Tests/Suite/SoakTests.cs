using EdgeModules.Testing;
using EdgeSimulator.Tests;
using EdgeSimulator.Tests.EndToEnd;
using Newtonsoft.Json.Linq;

namespace Faults.Tests.Suite;

/// <summary>The faults of <c>soak</c>, each once, over processes and sockets; the long runs are the same with more of everything.</summary>
public sealed class SoakTests
{
    private const string Seed = "20260131";

    [SkippableFact]
    public async Task Soak_AFewFaultsOfEachKind_LosesNothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "soak stops processes by signals, which Windows does not have.");
        await using var suite = new SuiteProcess();
        var (exitCode, output) = await suite.VerbAsync(
            "soak", "--seed", Seed, "--minutes", "0.4", "--devices", "100", "--longest-fault", "3", "--manifest", suite.ManifestWithAckTimeout(2),
            "--faults", "kill,killEverything,hubRestart,hubPause,pause,flap,twinBurst,duplicates,bodies", "--state", suite.StateDirectory, "--report", suite.ReportFile,
            "--hub-port", $"{Ports.Free()}", "--https-port", $"{Ports.Free()}");
        Assert.True(exitCode == 0, output);

        var report = suite.Report;
        Assert.Equal(0, report.Value<long>("unaccountedReadings"));
        Assert.Empty(report["criticalAlerts"]!["missing"]!);
        Assert.True(report["criticalAlerts"]!.Value<int>("arrived") > 0, output);
        Assert.Equal(0, report["windows"]!.Value<long>("readingDifference"));
        Assert.True(report["faults"]!.Children<JProperty>().Count() >= 3, output);
    }
}
