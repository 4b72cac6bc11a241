using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.EndToEnd;

public sealed class TourTests
{
    /// <summary>The module judges every ten seconds, so a shorter time than this gives no shorter story.</summary>
    private static readonly string[] Shortened =
        ["--set", "InferenceModule.policy.minShadowMinutes=0.15", "--set", "InferenceModule.policy.probationMinutes=0.4"];

    [Fact]
    public async Task Run_TourShadow_GoesAsToldAndLosesNothing()
    {
        await using var suite = new SuiteProcess();
        suite.Start(["--tour", "shadow", .. Shortened]);
        Assert.True(await suite.WaitAsync(TimeSpan.FromMinutes(8)) == 0, suite.Output);

        var report = suite.Report;
        Assert.Equal(0, report["unaccountedReadings"]!.Value<long>());
        var tour = report["tour"]!;
        Assert.True(tour.Value<bool>("wentAsTold"));
        Assert.Equal(
            ["promoting promoted", "rejected", "promoting rolledBack"],
            tour["parts"]!.Select(part => string.Join(' ', part["decisions"]!.Select(decision => decision["report"]!.Value<string>("decision")))));
        // Each was downloaded from the simulator's own server, and the good one is active at the end.
        Assert.All(tour["parts"]!, part => Assert.Contains($"GET {new Uri(part["candidate"]!.Value<string>("url")!).AbsolutePath}: 200", suite.Output));
        Assert.Equal(tour["parts"]![0]!["candidate"]!.Value<string>("sha256"), report["models"]!["InferenceModule"]!.Value<string>("sha256"));
        Assert.Equal(5, suite.Cloud.Count(message => message["properties"]!.Value<string>("messageType") == "shadowReport"));
    }
}
