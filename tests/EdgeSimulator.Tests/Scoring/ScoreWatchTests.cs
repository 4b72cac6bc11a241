using System.Text;
using EdgeModules.Models.Evaluation;
using EdgeSimulator.Hub;
using EdgeSimulator.Scoring;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Scoring;

public sealed class ScoreWatchTests : IDisposable
{
    private static readonly string[] Modules = ["AlertModule", "InferenceModule", "SensorModule"];

    private readonly FakeHub _hub = new();
    private ScoreWatch? _watch;
    private int _ids;

    public void Dispose() => _watch?.Dispose();

    [Fact]
    public void Report_NothingScored_IsEmpty()
    {
        var watch = Watch();
        Publish("SensorModule", "reading", """[{"deviceId":"a","timestamp":1}]""");
        Assert.Equivalent(ScoreReport.None, watch.Report(Modules), strict: true);
    }

    [Fact]
    public void Report_ScoresAndAlarmsOfTwoModels_AreCountedForEach()
    {
        var watch = Watch();
        Scores(Score("a", 10, "1.0.0"), Score("b", 10, "1.0.0"));
        Alert("a", "raised", 10);
        Scores(Score("a", 11, "1.1.0"));
        Alert("a", "cleared", 11);
        Alert("a", "raised", 12);
        Alert("b", "raised", 12);
        Publish("AlertModule", "alert", """{"type":"warning","state":"raised","deviceId":"a","alertId":"t/a/12","timestamp":12}""");
        _hub.Report("InferenceModule", JObject.Parse("""{"model":{"status":"scoring","version":"1.1.0"}}"""));

        var module = Assert.Single(watch.Report(Modules).Modules);
        Assert.Equal("InferenceModule", module.Name);
        Assert.Equal("1.1.0", module.Active?.Value<string>("version"));
        Assert.Equal([new ScoredModel("pump", "1.0.0", "sha-1.0.0", 2, 2), new ScoredModel("pump", "1.1.0", "sha-1.1.0", 1, 1)], module.Scored);
    }

    [Fact]
    public void Report_AMessageSentAgain_CountsOnce()
    {
        var watch = Watch();
        var message = Message("InferenceModule", "score", $"[{Score("a", 10, "1.0.0")}]", "scores/1");
        _hub.Publish(message);
        _hub.Publish(message);
        Assert.Equal(1, watch.Report(Modules).Modules[0].Scored[0].Scores);
    }

    [Fact]
    public void Report_AModuleWithoutAModel_TellsItsState()
    {
        var watch = Watch();
        _hub.Report("InferenceModule", JObject.Parse("""{"model":{"status":"degraded","reason":"No model."}}"""));
        Assert.Equal("degraded", Assert.Single(watch.Report(Modules).Modules).Active?.Value<string>("status"));
    }

    /// <summary>Device a has rows 1, 3, 5, …; its rows 5 and 7 are labelled, and so is row 6 of b. A window has two readings.</summary>
    [Fact]
    public void Report_LabelledData_MeetsLabelsAndAlarms()
    {
        var watch = Watch(new LabelFile("pump.labels.csv", [.. Enumerable.Range(1, 20).Select(row => row is 5 or 6 or 7)]));
        Readings(0, 12);
        Scores(Score("a", 4_000, "1.0.0", start: 3_000));
        Alert("a", "raised", 3_000, id: "first");
        Alert("a", "cleared", 5_000, id: "first");
        Alert("a", "raised", 8_000, id: "second");
        Readings(12, 20);
        Readings(20, 24);

        var labels = watch.Report(Modules).Labels!;
        Assert.Equal(("pump.labels.csv", 20), (labels.File, labels.Readings));
        Assert.Equivalent(new EpisodeCounts(Events: 2, Found: 1, FoundLate: 0, Episodes: 2, FalseEpisodes: 1, [1.0]), labels.Counts, strict: true);
        Assert.Equal(1, labels.Counts.Missed);
    }

    [Fact]
    public void Report_ReadingsWhosePositionsAreNotRows_HaveNoLabels()
    {
        var watch = Watch(new LabelFile("pump.labels.csv", [true, true]));
        _hub.Publish(Message("SensorModule", "reading", """[{"deviceId":"a","timestamp":1}]""", "readings/data/0/0-6"));
        _hub.Publish(Message("SensorModule", "reading", """[{"deviceId":"a","timestamp":1}]""", "by hand"));
        Assert.Null(watch.Report(Modules).Labels);
    }

    private ScoreWatch Watch(LabelFile? labels = null) => _watch = new ScoreWatch(_hub, labels);

    /// <summary>Rows of a and b by turns, a second apart.</summary>
    private void Readings(int from, int to)
    {
        var rows = Enumerable.Range(from, to - from).Select(row => $$"""{"deviceId":"{{(row % 2 == 0 ? 'a' : 'b')}}","timestamp":{{row / 2 * 1_000}}}""");
        _hub.Publish(Message("SensorModule", "reading", $"[{string.Join(',', rows)}]", $"readings/data/0/{from}-{to}", to - from));
    }

    private void Scores(params string[] scores) => Publish("InferenceModule", "score", $"[{string.Join(',', scores)}]");

    private static string Score(string device, long time, string version, long start = 0) =>
        $$$"""
        {"deviceId":"{{{device}}}","timestamp":{{{time}}},"windowStart":{{{start}}},"score":0.9,
          "model":{"name":"pump","version":"{{{version}}}","sha256":"sha-{{{version}}}"}}
        """;

    private void Alert(string device, string state, long time, string id = "x") => Publish(
        "AlertModule", "alert", $$"""{"type":"ml_anomaly","state":"{{state}}","deviceId":"{{device}}","alertId":"{{id}}","timestamp":{{time}}}""");

    private void Publish(string module, string type, string body) => _hub.Publish(Message(module, type, body, $"{++_ids}"));

    private static HubMessage Message(string module, string type, string body, string id, int count = 1) => new(
        module, "out", default, [new("messageType", type), new("count", $"{count}")], [new(SystemPropertyMap.MessageId, id)], Encoding.UTF8.GetBytes(body));
}
