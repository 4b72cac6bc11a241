using EdgeModules.Testing;
using EdgeSimulator.Agent;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Running;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Running;

public sealed class RunLoopTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeHub _hub = new() { Status = HubStatuses.Empty with { ConnectedModules = ["Sensor", "Filter"] } };
    private readonly FakeFleet _fleet = new("Sensor", "Filter");
    private readonly TestTerminal _terminal = new();
    private readonly SourceWatch _sources;
    private readonly CancellationTokenSource _interrupt = new();

    public RunLoopTests()
    {
        _sources = new SourceWatch(_hub, _clock);
        _hub.Answer = (_, _) => new MethodResult(200, new JObject());
    }

    public void Dispose()
    {
        _sources.Dispose();
        _interrupt.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Run_DataEndedAndNothingLeft_Ends()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        Assert.Equal(RunEndReason.DataEnded, (await EndAsync()).Reason);
    }

    [Fact]
    public async Task Run_EndedAsSaidByAnEarlierRun_GoesOn()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        using var sources = new SourceWatch(_hub, _clock);
        var run = Start(new RunOptions { Duration = TimeSpan.FromSeconds(3) }, sources);
        Assert.Equal(RunEndReason.DurationOver, (await FinishAsync(run)).Reason);
    }

    [Fact]
    public async Task Run_EndedAsAModuleConnectedForLongStillSays_Ends()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        using var sources = new SourceWatch(_hub, _clock);
        var started = _clock.GetUtcNow();
        var end = await FinishAsync(Start(new RunOptions(), sources));
        Assert.Equal(RunEndReason.DataEnded, end.Reason);
        Assert.True(_clock.GetUtcNow() - started >= TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("Filter/readings", """{"held":0}""")]
    [InlineData("Filter, which holds 3 readings", """{"held":3}""")]
    [InlineData("Filter, which has 2 readings to send", """{"unsent":2}""")]
    public async Task Run_SomethingLeft_SaysSoAndWaits(string said, string ledger)
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        if (said == "Filter/readings") _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 5, queued: 5)] };
        _hub.Answer = (module, _) => new MethodResult(200, module == "Filter" ? JObject.Parse(ledger) : new JObject());
        var run = Start(new RunOptions());
        await Waiting.ForAsync(() => _terminal.Text.Contains(said), said, Advance);
        Assert.False(run.IsCompleted);

        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 10)] };
        _hub.Answer = (_, _) => new MethodResult(200, new JObject());
        Assert.Equal(RunEndReason.DataEnded, (await FinishAsync(run)).Reason);
    }

    [Fact]
    public async Task Run_QueueOfAModuleThatIsGoneForGood_IsNotWaitedFor()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Input("Filter", 10, 5, queued: 5)], ConnectedModules = ["Sensor"] };
        _fleet.Set("Filter", ModuleRuntimeStatus.Failed);
        Assert.Equal(RunEndReason.DataEnded, (await EndAsync()).Reason);
    }

    [Fact]
    public async Task Run_ModuleStoppedByHand_IsWaitedForUntilItIsBack()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        _hub.Status = _hub.Status with { ConnectedModules = ["Sensor"] };
        await _fleet.StopByHandAsync("Filter");
        var run = Start(new RunOptions());
        await Waiting.ForAsync(() => _terminal.Text.Contains("Waiting for Filter, which was stopped by hand."), "the reason", Advance);
        Assert.False(run.IsCompleted);

        await _fleet.StartByHandAsync("Filter");
        _hub.Status = _hub.Status with { ConnectedModules = ["Sensor", "Filter"] };
        Assert.Equal(RunEndReason.DataEnded, (await FinishAsync(run)).Reason);
    }

    [Fact]
    public async Task Run_EveryModuleStoppedByHand_GoesOn()
    {
        await _fleet.StopByHandAsync("Sensor");
        await _fleet.StopByHandAsync("Filter");
        var run = Start(new RunOptions { Duration = TimeSpan.FromSeconds(3) });
        Assert.Equal(RunEndReason.DurationOver, (await FinishAsync(run)).Reason);
    }

    /// <summary>As one that was stopped here and runs in a debugger.</summary>
    [Fact]
    public async Task Run_ModuleConnectedFromElsewhere_IsAskedWhatItHolds()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        await _fleet.StopByHandAsync("Filter");
        _hub.Answer = (module, _) => new MethodResult(200, module == "Filter" ? JObject.Parse("""{"held":3}""") : new JObject());
        var run = Start(new RunOptions());
        await Waiting.ForAsync(() => _terminal.Text.Contains("Filter, which holds 3 readings"), "the reason", Advance);
        await _interrupt.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Run_CloudAway_IsWaitedForAndComesBackAsPlanned()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"ended"}}"""));
        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Cloud(10, 5, queued: 5)] };
        var run = Start(new RunOptions { Offline = [new OfflinePeriod(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20))] });
        Assert.True(_hub.UpstreamOnline);
        await Waiting.ForAsync(() => _terminal.Text.Contains("the cloud, which is offline"), "the reason", Advance);
        Assert.False(_hub.UpstreamOnline);
        await Waiting.ForAsync(() => _hub.UpstreamOnline, "the cloud", Advance);
        _hub.Status = _hub.Status with { Endpoints = [HubStatuses.Cloud(10, 10)] };
        Assert.Equal(RunEndReason.DataEnded, (await FinishAsync(run)).Reason);
    }

    [Fact]
    public async Task Run_SourceThatFails_EndsWithItsError()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"failed","error":"row 7 has no timestamp"}}"""));
        Assert.Equal(new RunEnd(RunEndReason.SourceFailed, "Sensor: row 7 has no timestamp"), await EndAsync());
    }

    [Fact]
    public async Task Run_NoModuleLeft_Ends()
    {
        _fleet.Set("Sensor", ModuleRuntimeStatus.Failed);
        _fleet.Set("Filter", ModuleRuntimeStatus.Stopped);
        Assert.Equal(RunEndReason.ModulesGone, (await EndAsync()).Reason);
    }

    [Fact]
    public async Task Run_Interrupted_Ends()
    {
        var run = Start(new RunOptions());
        await _interrupt.CancelAsync();
        Assert.Equal(RunEndReason.Interrupted, (await run).Reason);
    }

    [Fact]
    public async Task Run_Goes_TellsHowFarItIs()
    {
        _hub.Report("Sensor", JObject.Parse("""{"source":{"state":"running"}}"""));
        _hub.Status = new HubStatus(
            [HubStatuses.Output("Sensor", "readings", 5000), HubStatuses.Output("Filter", "filtered", 700)],
            [HubStatuses.Input("Filter", 5000, 4000, queued: 1000), HubStatuses.Cloud(700, 700)],
            [],
            new UpstreamStatus(true, 12, 700, 0, 0, 0, 0));
        var run = Start(new RunOptions { Duration = TimeSpan.FromSeconds(6) });
        await FinishAsync(run);
        Assert.Matches(@"5,000 readings sent \([\d,]+/s\), Filter took 4,000, 1,000 queued, cloud 700 in 12 messages", _terminal.Text);
    }

    [Fact]
    public async Task Run_OnWhichAStoryIsPlayed_EndsWithItAndDoesNotInterruptIt()
    {
        var story = new TaskCompletionSource();
        var run = Start(new RunOptions(), story: story.Task);
        for (var tick = 0; tick < 40; tick++) Advance();
        Assert.False(run.IsCompleted);
        story.SetResult();
        Assert.Equal(RunEndReason.StoryOver, (await FinishAsync(run)).Reason);
        Assert.Empty(_terminal.Text);
    }

    private Task<RunEnd> EndAsync() => FinishAsync(Start(new RunOptions()));

    private Task<RunEnd> Start(RunOptions options, SourceWatch? sources = null, Task? story = null) =>
        new RunLoop(_hub, _fleet, sources ?? _sources, new LedgerReader(_hub), options, _terminal.Terminal, _clock, story).RunAsync(_interrupt.Token);

    private async Task<RunEnd> FinishAsync(Task<RunEnd> run)
    {
        await Waiting.ForAsync(() => run.IsCompleted, "the end of the run", Advance);
        return await run;
    }

    private void Advance() => _clock.Advance(TimeSpan.FromMilliseconds(250));
}
