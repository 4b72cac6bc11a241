using EdgeModules.Testing;
using EdgeSimulator.Control;

namespace EdgeSimulator.Tests.Control;

/// <summary><c>logs</c> and <c>monitor</c>: files of the run, as they grow.</summary>
public sealed class FollowingVerbTests : IAsyncLifetime, IDisposable
{
    private const string Ended = "The simulator has ended.";

    private readonly ControlledRun _run = new();

    public Task InitializeAsync() => _run.StartAsync();

    public Task DisposeAsync() => _run.EndAsync();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Monitor_MessagesThatArrive_AreShownOneLineEachUntilTheEnd()
    {
        _run.Append("cloud.jsonl", ControlledRun.CloudLine("FilterModule", "before"));
        var watching = MonitorAsync(new MonitorRequest(null, FromStart: false, Count: null, AsJson: false));
        await FollowedAsync("first");
        _run.Append("cloud.jsonl", "no message\n" + ControlledRun.CloudLine("OtherModule", "second", """{"t":1.50}"""));
        _run.Append("cloud.jsonl", ControlledRun.CloudLine("FilterModule", "last") + """{"cut off":""");
        await _run.EndAsync();
        Assert.Equal(0, await watching);
        Assert.Equal(
            [
                $"12:00:00.123 {"OtherModule",-16} {"second",-48} count=1 {{\"t\":1.50}}",
                $"12:00:00.123 {"FilterModule",-16} {"last",-48} count=1 [1]",
            ],
            _run.Lines().Where(line => !line.Contains("first", StringComparison.Ordinal)));
        Assert.Equal(Ended, _run.Notes.ToString().TrimEnd());
    }

    [Fact]
    public async Task MonitorAsJson_FromTheStartOfTheRun_IsWholeLinesOfOneModuleUntilTheCount()
    {
        foreach (var (module, id) in new[] { ("OtherModule", "1"), ("FilterModule", "2"), ("FilterModule", "3") })
            _run.Append("cloud.jsonl", ControlledRun.CloudLine(module, id));
        Assert.Equal(0, await MonitorAsync(new MonitorRequest("FilterModule", FromStart: true, Count: 1, AsJson: true)));
        Assert.Equal(ControlledRun.CloudLine("FilterModule", "2").TrimEnd(), Assert.Single(_run.Lines()));
        Assert.Empty(_run.Notes.ToString());
    }

    /// <summary>As with the cloud away from the start.</summary>
    [Fact]
    public async Task FollowCloud_NothingArrives_IsAnsweredAtOnce()
    {
        using var lines = await _run.Client.FollowCloudAsync(fromStart: true, null, CancellationToken.None).WaitAsync(Waiting.Deadline);
        _run.Append("cloud.jsonl", ControlledRun.CloudLine("FilterModule", "first"));
        await foreach (var line in lines.ReadAsync(CancellationToken.None))
        {
            Assert.Equal(ControlledRun.CloudLine("FilterModule", "first").TrimEnd(), line);
            return;
        }

        Assert.Fail("The answer ended.");
    }

    [Fact]
    public async Task FollowLog_NothingIsWritten_IsAnsweredAtOnce()
    {
        _run.Append("logs/FilterModule.log", "before\n");
        using var lines = await _run.Client.ReadLogAsync("FilterModule", tail: 0, follow: true, CancellationToken.None).WaitAsync(Waiting.Deadline);
        _run.Append("logs/FilterModule.log", "A\n");
        await foreach (var line in lines.ReadAsync(CancellationToken.None))
        {
            Assert.Equal("A", line);
            return;
        }

        Assert.Fail("The answer ended.");
    }

    [Fact]
    public async Task Monitor_UnknownModule_IsRefused() => Assert.Equal(
        "There is no module Gone; the modules are FilterModule, SensorModule.",
        (await Assert.ThrowsAsync<SimulatorException>(() => MonitorAsync(new MonitorRequest("Gone", false, null, false)))).Message);

    [Theory]
    [InlineData(null, "A B C")]
    [InlineData(2, "B C")]
    [InlineData(0, "")]
    [InlineData(99, "A B C")]
    public async Task Logs_OfThisRun_AreItsLastLines(int? tail, string expected)
    {
        foreach (var text in new[] { "A", "B", "C" }) _run.Append("logs/edgeHub.log", $"<4> 2026-01-31 12:00:01.000 +00:00 [WRN] - {text}\n");
        Assert.Equal(0, await LogsAsync(new LogRequest("edgeHub", tail, Follow: false)));
        Assert.Equal(expected, string.Join(' ', _run.Lines().Where(line => line.Length > 0).Select(line => line[^1])));
        Assert.Empty(_run.Notes.ToString());
    }

    [Fact]
    public async Task Logs_Followed_GoOnUntilTheEnd()
    {
        _run.Append("logs/FilterModule.log", "A\nB\n");
        var following = LogsAsync(new LogRequest("FilterModule", 1, Follow: true));
        await Waiting.ForAsync(() => _run.Terminal.Text.Contains('B'), "the last line");
        _run.Append("logs/FilterModule.log", "C\n");
        await Waiting.ForAsync(() => _run.Terminal.Text.Contains('C'), "the new line");
        _run.Append("logs/FilterModule.log", "D\n");
        await _run.EndAsync();
        Assert.Equal(0, await following);
        Assert.Equal(["B", "C", "D"], _run.Lines());
        Assert.Equal(Ended, _run.Notes.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("SensorModule", "SensorModule has no log in this run: this simulator has not started it.")]
    [InlineData("cloud", "There is no module cloud; logs are kept of edgeHub, FilterModule, SensorModule.")]
    public async Task Logs_OfWhatHasNone_AreRefused(string source, string message) => Assert.Equal(
        message, (await Assert.ThrowsAsync<SimulatorException>(() => LogsAsync(new LogRequest(source, null, false)))).Message);

    /// <summary>Until a message is seen, another one is sent: what came before the monitor listened is not its business.</summary>
    private Task FollowedAsync(string id) => Waiting.ForAsync(
        () => _run.Terminal.Text.Contains(id, StringComparison.Ordinal),
        "the monitor follows",
        () => _run.Append("cloud.jsonl", ControlledRun.CloudLine("FilterModule", id)));

    private Task<int> MonitorAsync(MonitorRequest request) =>
        MonitorVerb.RunAsync(_run.Client, request, _run.Terminal.Terminal, _run.Notes, CancellationToken.None);

    private Task<int> LogsAsync(LogRequest request) =>
        LogsVerb.RunAsync(_run.Client, request, _run.Terminal.Terminal, _run.Notes, CancellationToken.None);
}
