using EdgeModules.Models.Evaluation;
using EdgeSimulator.Accounting;
using EdgeSimulator.Agent;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;
using EdgeSimulator.Reporting;
using EdgeSimulator.Running;
using EdgeSimulator.Scoring;
using EdgeSimulator.Timing;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Reporting;

public class RunReportTests
{
    private static readonly TimeSpan Two = TimeSpan.FromMilliseconds(2);

    private static readonly RunReport Report = RunReport.Create(
        TimeSpan.FromSeconds(12.3456),
        new FinalBooks(
            new Dictionary<string, ModuleLedger>
            {
                ["SensorModule"] = new(JObject.Parse("""{"generated":1000,"sent":{"readings":1000},"generatedBytes":100000}""")),
                ["FilterModule"] = new(JObject.Parse("""{"received":1000,"forwarded":300,"suppressed":{"deadband":690},"sent":{"filtered":300}}""")),
            },
            new HubStatus(
                [HubStatuses.Output("SensorModule", "readings", 1000), HubStatuses.Output("FilterModule", "filtered", 300)],
                [
                    HubStatuses.Input("FilterModule", 2507, 1000, expired: 1500, dropped: 7),
                    HubStatuses.Cloud(305, 300) with { DroppedReadings = 5 },
                ],
                [],
                new UpstreamStatus(true, 3, 300, 31_000, 9, 1, 100))
            {
                Streams = [new StreamStatus("FilterModule", "filtered", 3, 300, 31_000, 9)],
            },
            ["FilterModule could not be asked for its ledger; the one it reported last is used."]),
        ["SensorModule"],
        [new ProcessReport("FilterModule", new ProcessUsage(TimeSpan.FromSeconds(1.23456), 50_000_000), 2), new ProcessReport("EdgeSimulator", default, 0)],
        new AlarmReport(
            new Dictionary<string, AlarmCounts> { ["humidityHigh"] = new(2, 1, 1, 1, 3) },
            new Dictionary<string, ActionCounts> { ["buzz"] = new(2, 1, new Dictionary<string, long> { ["done"] = 1 }) },
            new AlarmTimes(new LatencySummary(2, TimeSpan.FromMilliseconds(1), Two, Two, Two, Two), 1),
            AlarmTimes.None),
        new ScoreReport(
            [new ScoringModule(
                "InferenceModule",
                JObject.Parse("""{"status":"scoring","name":"pump","version":"1.1.0","sha256":"bb"}"""),
                [new ScoredModel("pump", "1.0.0", "aa", 40, 2), new ScoredModel("pump", "1.1.0", "bb", 10, 0)])],
            new LabelledEpisodes("data/pump.labels.csv", 900, new EpisodeCounts(3, 2, 1, 4, 1, [50, 10]))));

    [Fact]
    public void ToJson_Report_HasTheAgreedShape() => Assert.True(JToken.DeepEquals(
        JObject.Parse("""
            {
              "readings": { "sent": 1000 },
              "modules": {
                "FilterModule": { "received": 1000, "forwarded": 300, "suppressed": { "deadband": 690 }, "sent": { "filtered": 300 } },
                "SensorModule": { "generated": 1000, "sent": { "readings": 1000 }, "generatedBytes": 100000 }
              },
              "upstream": { "messages": 3, "readings": 300, "bytes": 31000, "meteredUnits": 9, "duplicates": 1,
                "streams": { "FilterModule/filtered": { "messages": 3, "readings": 300, "bytes": 31000, "meteredUnits": 9 } }
              },
              "lost": { "device-1/FilterModule/readings": { "expired": 1500, "dropped": 7 }, "iothub": { "expired": 0, "dropped": 5 } },
              "alarms": { "humidityHigh": { "raised": { "warning": 2, "critical": 1 }, "escalated": 1, "deescalated": 1, "cleared": 3 } },
              "actions": { "buzz": { "commands": 2, "delivered": 1, "outcomes": { "done": 1 } } },
              "latency": {
                "readingToCriticalAlert": {
                  "count": 2, "p50Milliseconds": 1.0, "p90Milliseconds": 2.0, "p99Milliseconds": 2.0, "p999Milliseconds": 2.0, "maxMilliseconds": 2.0, "unmeasured": 1
                },
                "readingToCommand": {
                  "count": 0, "p50Milliseconds": 0.0, "p90Milliseconds": 0.0, "p99Milliseconds": 0.0, "p999Milliseconds": 0.0, "maxMilliseconds": 0.0, "unmeasured": 0
                }
              },
              "models": {
                "InferenceModule": { "status": "scoring", "name": "pump", "version": "1.1.0", "sha256": "bb", "scoredWith": [
                  { "name": "pump", "version": "1.0.0", "sha256": "aa", "scores": 40, "alarms": 2 },
                  { "name": "pump", "version": "1.1.0", "sha256": "bb", "scores": 10, "alarms": 0 }
                ] }
              },
              "labels": { "file": "data/pump.labels.csv", "readings": 900, "events": 3, "found": 2, "foundLate": 1, "missed": 1, "episodes": 4,
                "falseEpisodes": 1, "medianDelaySeconds": 50.0 },
              "unaccountedReadings": 10,
              "differences": [ "FilterModule: 1000 received, 990 accounted for by an outcome" ],
              "seconds": 12.346,
              "processes": {
                "FilterModule": { "cpuSeconds": 1.235, "peakMemoryBytes": 50000000, "restarts": 2 },
                "EdgeSimulator": { "cpuSeconds": 0.0, "peakMemoryBytes": 0, "restarts": 0 }
              }
            }
            """),
        Report.ToJson()));

    [Fact]
    public void Create_ReadingsSentByHand_AreToldApartFromThoseOfTheSources()
    {
        var hub = HubStatuses.Empty with { Outputs = [HubStatuses.Output(InjectedMessage.Sender, "", 3), HubStatuses.Output("SensorModule", "readings", 10)] };
        var ledgers = new Dictionary<string, ModuleLedger> { ["SensorModule"] = new(JObject.Parse("""{"sent":{"readings":10}}""")) };
        var report = RunReport.Create(TimeSpan.Zero, new FinalBooks(ledgers, hub, []), ["SensorModule"], [], AlarmReport.None, ScoreReport.None);
        Assert.Equal((10, 3, 0), (report.ReadingsSent, report.ReadingsInjected, report.UnaccountedReadings));
        Assert.Equal("""{"sent":10,"injected":3}""", report.ToJson()["readings"]!.ToString(Newtonsoft.Json.Formatting.None));
        using var terminal = new TestTerminal();
        ReportView.Show(report, terminal.Terminal);
        Assert.Contains("3 readings were put on inputs by hand, with the verb send.", terminal.Text);
    }

    [Fact]
    public void Alone_Sources_AreMeteredOneByOne() => Assert.Equal(new EveryReadingAlone(1000, 100_000 + 150_000, 1000), Report.Alone);

    [Fact]
    public void Alone_LargeReadings_TakeSeveralUnitsEach() => Assert.Equal(
        new EveryReadingAlone(10, 40_000 + 1_500, 20),
        EveryReadingAlone.Of([new ModuleLedger(JObject.Parse("""{"generated":10,"sent":{"readings":10},"generatedBytes":40000}"""))]));

    [Fact]
    public void Alone_SourceThatDoesNotTellItsBytes_TakesOneUnitEach() => Assert.Equal(
        new EveryReadingAlone(10, null, 10),
        EveryReadingAlone.Of([new ModuleLedger(JObject.Parse("""{"sent":{"readings":10}}""")), new ModuleLedger([])]));

    [Fact]
    public void Show_Report_TellsBooksCloudAndWhatIsMissing()
    {
        using var terminal = new TestTerminal();
        ReportView.Show(Report, terminal.Terminal);
        Assert.Matches(@"FilterModule +\| +1,000 \| forwarded 300 +\| filtered 300 +\| +2 \| +1\.2 \| +48", terminal.Text);
        Assert.Contains("suppressed (deadband) 690", terminal.Text);
        Assert.Matches(@"this suite +\| +3 \| +300 \| +31,000 \| +9 \| +1", terminal.Text);
        Assert.Matches(@"FilterModule/filtered \| +3 \| +300 \| +31,000 \| +9 \|", terminal.Text);
        Assert.Matches(@"each reading alone +\| +1,000 \| +1,000 \| 250,000 \| +1,000", terminal.Text);
        Assert.Contains(
            "Dropped by the hub on the way to device-1/FilterModule/readings: 1,500 readings outlived their time to live, 7 readings were in messages over the size limit.",
            terminal.Text);
        Assert.Contains("Dropped by the hub on the way to iothub: 5 readings were in messages over the size limit.", terminal.Text);
        Assert.Contains("10 readings are unaccounted for:", terminal.Text);
        Assert.Contains("FilterModule: 1000 received, 990 accounted for by an outcome", terminal.Text);
        Assert.Contains("could not be asked", terminal.Text);
        Assert.Contains("Action buzz: 2 commands, 1 delivered; outcomes told: done 1.", terminal.Text);
        Assert.Matches(@"InferenceModule \| pump +\| 1\.0\.0 +\| aa +\| +40 \| +2 \| +\|", terminal.Text);
        Assert.Matches(@"InferenceModule \| pump +\| 1\.1\.0 +\| bb +\| +10 \| +0 \| active, scoring +\|", terminal.Text);
        Assert.Contains(
            "Labelled anomalies (data/pump.labels.csv): 2 of 3 found (1 when it was over), 1 missed; 1 of 4 episodes of alarm false; median delay 50 s.",
            terminal.Text);
    }

    [Fact]
    public void Show_Tour_TellsHowItWent()
    {
        using var terminal = new TestTerminal();
        ReportView.Show(Report with { Tour = new TourResult([], [], TimeSpan.FromSeconds(200)) }, terminal.Terminal);
        ReportView.Show(Report with { Tour = new TourResult([], ["Nobody came."], TimeSpan.FromSeconds(1)) }, terminal.Terminal);
        Assert.Contains("The tour went as told, in 200 s.", terminal.Text);
        Assert.Contains("The tour went otherwise: Nobody came.", terminal.Text);
    }

    [Fact]
    public void Write_FileThatCannotBeWritten_IsNamed() =>
        Assert.StartsWith("The report /nowhere/r.json cannot be written", Assert.Throws<SimulatorException>(() => Report.Write("/nowhere/r.json")).Message);
}
