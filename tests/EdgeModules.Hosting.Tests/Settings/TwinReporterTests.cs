using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Moq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class TwinReporterTests : IDisposable
{
    private readonly Mock<IModuleClient> _client = new();
    private readonly List<string> _patches = [];
    private readonly RecordingLogger _log = new();
    private readonly TwinReporter _reporter;

    public TwinReporterTests()
    {
        _client.Setup(client => client.ReportAsync(It.IsAny<JObject>(), It.IsAny<CancellationToken>()))
            .Callback<JObject, CancellationToken>((patch, _) => _patches.Add(patch.ToString(Formatting.None))).Returns(Task.CompletedTask);
        _reporter = new TwinReporter(_client.Object, _log.For<TwinReporter>());
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task FlushAsync_HubNotHeardYet_ReportsNothing()
    {
        _reporter.SetWanted(JObject.Parse("""{"a":1}"""));
        await _reporter.FlushAsync(default);

        Assert.Empty(_patches);
    }

    [Fact]
    public async Task FlushAsync_Changes_ReportsOnlyWhatDiffersAndDeletesWhatIsGone()
    {
        _reporter.SetHeld(JObject.Parse("""{"$version":3,"$metadata":{},"a":1,"b":{"x":1,"y":2},"old":5}"""));
        _reporter.SetWanted(JObject.Parse("""{"a":1,"b":{"x":1,"y":3},"c":[1]}"""));
        await _reporter.FlushAsync(default);
        await _reporter.FlushAsync(default);
        _reporter.SetWanted(JObject.Parse("""{"a":2,"b":{"x":1,"y":3},"c":[1]}"""));
        await _reporter.FlushAsync(default);

        Assert.Equal(["""{"b":{"y":3},"c":[1],"old":null}""", """{"a":2}"""], _patches);
    }

    [Fact]
    public async Task FlushAsync_Refused_LogsOnceAndTheNextChangeIsTried()
    {
        _reporter.SetHeld([]);
        _client.Setup(client => client.ReportAsync(It.IsAny<JObject>(), It.IsAny<CancellationToken>())).ThrowsAsync(new TwinRejectedException(400));
        _reporter.SetWanted(JObject.Parse("""{"a":1}"""));
        await _reporter.FlushAsync(default);
        Assert.Equal("The hub refused the reported properties with status 400. The patch has 7 bytes.", Assert.Single(_log.Lines).Text);

        _client.Setup(client => client.ReportAsync(It.IsAny<JObject>(), It.IsAny<CancellationToken>()))
            .Callback<JObject, CancellationToken>((patch, _) => _patches.Add(patch.ToString(Formatting.None))).Returns(Task.CompletedTask);
        _reporter.SetWanted(JObject.Parse("""{"a":1,"b":2}"""));
        await _reporter.FlushAsync(default);
        Assert.Equal(["""{"a":1,"b":2}"""], _patches);
    }

    [Fact]
    public async Task FlushAsync_HubChangedWhileThePatchWasUnderWay_ReportsTheRest()
    {
        _reporter.SetHeld(JObject.Parse("""{"a":1}"""));
        _reporter.SetWanted(JObject.Parse("""{"a":1,"b":2}"""));
        // The connection is lost with the patch under way; the hub comes back from a backup without what was reported before, and takes the patch.
        _client.Setup(client => client.ReportAsync(It.IsAny<JObject>(), It.IsAny<CancellationToken>()))
            .Callback<JObject, CancellationToken>((patch, _) =>
            {
                if (_patches.Count == 0) _reporter.SetHeld([]);
                _patches.Add(patch.ToString(Formatting.None));
            }).Returns(Task.CompletedTask);
        await _reporter.FlushAsync(default);
        await _reporter.FlushAsync(default);
        await _reporter.FlushAsync(default);

        Assert.Equal(["""{"b":2}""", """{"a":1}"""], _patches);
    }

    [Fact]
    public async Task SetWanted_LargerThanATwin_LeavesOutTheLargestValuesAndSaysSo()
    {
        _reporter.SetHeld([]);
        var large = new JObject(Enumerable.Range(0, 800).Select(i => new JProperty($"device-{i}", new string('ü', 30))));
        var report = new JObject
        {
            ["small"] = new JObject { ["value"] = 5, ["ac"] = 200, ["av"] = 1 },
            ["large"] = new JObject { ["value"] = large, ["ac"] = 200, ["av"] = 1 },
            ["middle"] = new JObject { ["value"] = new string('x', 3_000), ["ac"] = 400, ["av"] = 1, ["ad"] = "Wrong." },
            ["ledger"] = new JObject { ["received"] = 1 },
            ["progress"] = "endOfData",
            ["list"] = new JArray(1, 2),
        };
        _reporter.SetWanted(report);
        await _reporter.FlushAsync(default);
        var sent = JObject.Parse(Assert.Single(_patches));

        Assert.InRange(JsonText.ToUtf8(sent).Length, 3_000, 30_000);
        Assert.Equal("""{"ac":200,"av":1,"ad":"The value is left out: the report would exceed 32 KB."}""", sent["large"]!.ToString(Formatting.None));
        Assert.True(JToken.DeepEquals(report["middle"], sent["middle"]));
        Assert.Equal("endOfData", (string?)sent["progress"]);
    }

    [Fact]
    public async Task RunAsync_ManyChangesAtOnce_ReportsTheNewest()
    {
        using var stop = new CancellationTokenSource();
        _reporter.SetHeld([]);
        for (var i = 0; i <= 1000; i++) _reporter.SetWanted(new JObject { ["i"] = i });
        var running = _reporter.RunAsync(stop.Token);
        await Waiting.ForAsync(() => _patches.Contains("""{"i":1000}"""), "the newest is reported");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single(_patches);
    }
}
