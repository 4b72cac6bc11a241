using EdgeModules.Testing;
using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Running;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Running;

public sealed class ShutdownTests : IDisposable
{
    private static readonly RunEnd Interrupted = new(RunEndReason.Interrupted, "");

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeHub _hub = new() { Status = HubStatuses.Empty with { ConnectedModules = ["Sensor", "Filter"] } };
    private readonly FakeFleet _fleet = new("Filter", "Sensor");
    private readonly TestTerminal _terminal = new();
    private readonly SourceWatch _sources;

    public ShutdownTests()
    {
        _sources = new SourceWatch(_hub, _clock);
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"running"}}"""));
        _hub.Answer = (module, _) => new MethodResult(200, module == "Sensor" ? JObject.Parse("""{"sent":{"readings":10}}""") : JObject.Parse("""{"received":10,"held":10}"""));
    }

    public void Dispose()
    {
        _sources.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Stop_Interrupted_StopsTheSourcesAndLetsTheQueuesRunEmptyFirst()
    {
        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 6, queued: 4), HubStatuses.Cloud(1, 0, 1)] };
        _hub.UpstreamOnline = false;
        var stopping = Start(Interrupted);
        await Waiting.ForAsync(() => _fleet.Stopped.Count == 1, "the stop of the source", Advance);
        Assert.Equal(["Sensor"], _fleet.Stopped);
        Assert.False(stopping.IsCompleted);

        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 10), HubStatuses.Cloud(1, 0, 1)] };
        await FinishAsync(stopping);
        Assert.Equal(["Sensor", "Filter"], _fleet.Stopped);
    }

    [Fact]
    public async Task Stop_QueueThatDoesNotShrink_IsGivenUp()
    {
        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 6, queued: 4)] };
        var started = _clock.GetUtcNow();
        await FinishAsync(Start(Interrupted));
        Assert.InRange(_clock.GetUtcNow() - started, TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(60));
        Assert.Contains("Waited long enough; still there: 4 messages", _terminal.Text);
    }

    [Fact]
    public async Task Stop_SourceThatSendsUntilItsEnd_IsBookedWithWhatItReportedLast()
    {
        _fleet.OnStop = module =>
        {
            if (module == "Sensor") _hub.Report("Sensor", JObject.Parse("""{"ledger":{"sent":{"readings":12}}}"""));
        };
        var books = await FinishAsync(Start(Interrupted));
        Assert.Equal(12, books.Ledgers["Sensor"].Sent["readings"]);
        Assert.Equal(10, books.Ledgers["Filter"].Received);
        Assert.Empty(books.Notes);
    }

    [Fact]
    public async Task Stop_ModuleThatCannotAnswer_IsBookedWithWhatItReportedAndThatIsSaid()
    {
        _hub.Report("Filter", JObject.Parse("""{"ledger":{"received":8,"forwarded":8}}"""));
        _hub.Status = _hub.Status with { ConnectedModules = ["Sensor"] };
        _fleet.Set("Filter", ModuleRuntimeStatus.Failed);
        var books = await FinishAsync(Start(new RunEnd(RunEndReason.DataEnded, "")));
        Assert.Equal(8, books.Ledgers["Filter"].Received);
        Assert.Equal(["Filter could not be asked for its ledger; the one it reported last is used."], books.Notes);
    }

    [Theory]
    [InlineData("Sensor")]
    [InlineData("Filter")]
    public async Task Stop_ModuleAboutToBeRestarted_IsWaitedForSinceOnlyItKnowsItsBooks(string module)
    {
        _hub.Status = _hub.Status with { ConnectedModules = [.. _hub.Status.ConnectedModules.Where(other => other != module)] };
        _fleet.Set(module, ModuleRuntimeStatus.Backoff);
        var stopping = Start(Interrupted);
        await Waiting.ForAsync(() => _terminal.Text.Contains($"Waiting for {module}, which is not connected"), "the reason", Advance);
        Assert.DoesNotContain(module, _fleet.Stopped);

        _hub.Status = _hub.Status with { ConnectedModules = ["Sensor", "Filter"] };
        _fleet.Set(module, ModuleRuntimeStatus.Running);
        var books = await FinishAsync(stopping);
        Assert.Contains(module, books.Ledgers.Keys);
        Assert.Empty(books.Notes);
    }

    [Fact]
    public async Task Stop_ModuleStoppedByHand_IsGoneAndItsQueueStaysQueued()
    {
        _hub.Report("Filter", JObject.Parse("""{"ledger":{"received":6,"forwarded":6}}"""));
        _hub.Status = _hub.Status with { ConnectedModules = ["Sensor"], Endpoints = [HubStatuses.Input("Filter", 10, 6, queued: 4)] };
        await _fleet.StopByHandAsync("Filter");
        var books = await FinishAsync(Start(Interrupted));
        Assert.True(_fleet.IsShuttingDown);
        Assert.DoesNotContain("Waiting", _terminal.Text);
        Assert.Equal(6, books.Ledgers["Filter"].Received);
        Assert.Equal(4, Assert.Single(books.Hub.Endpoints).QueuedReadings);
    }

    [Fact]
    public async Task Stop_ModuleConnectedFromElsewhere_IsAskedForItsLedger()
    {
        await _fleet.StopByHandAsync("Filter");
        var books = await FinishAsync(Start(Interrupted));
        Assert.Equal(10, books.Ledgers["Filter"].Received);
        Assert.Empty(books.Notes);
    }

    [Fact]
    public async Task Stop_ModuleWithoutLedger_IsSaid()
    {
        _hub.Answer = (module, _) => module == "Filter" ? new MethodResult(501, null) : new MethodResult(200, new JObject());
        var books = await FinishAsync(Start(new RunEnd(RunEndReason.DataEnded, "")));
        Assert.DoesNotContain("Filter", books.Ledgers.Keys);
        Assert.Equal(["Filter has told no ledger."], books.Notes);
    }

    private Task<FinalBooks> Start(RunEnd end) =>
        new Shutdown(_hub, _fleet, _sources, new LedgerReader(_hub), TimeSpan.FromSeconds(30), _terminal.Terminal, _clock).StopAsync(end, CancellationToken.None);

    private async Task<FinalBooks> FinishAsync(Task<FinalBooks> stopping)
    {
        await Waiting.ForAsync(() => stopping.IsCompleted, "the end of the shutdown", Advance);
        return await stopping;
    }

    private void Advance() => _clock.Advance(TimeSpan.FromMilliseconds(250));
}
