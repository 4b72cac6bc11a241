using EdgeModules.Hosting.Health;
using EdgeModules.Hosting.Tests.Pump;
using EdgeModules.Hosting.Verbs;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Health;

/// <summary>The watchdog beside a real loop; looks and time by hand.</summary>
public sealed class WatchdogTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);

    private readonly TemporaryFolder _folder = new();
    private readonly PumpRig _rig = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Heartbeat _heartbeat;
    private bool _isPoolStarved;
    private int _ends;

    public WatchdogTests() => _heartbeat = new Heartbeat("module", [_folder.Path]);

    [Fact]
    public async Task Look_LoopIsIdleForLong_NudgesItAndFindsItAlive()
    {
        using var watchdog = Watchdog();
        _rig.Run();
        await LookAsync(watchdog, Limit * 4, loopTurns: true);

        Assert.Equal((0, 0), (_ends, HealthVerb.Judge(_heartbeat, _rig.Clock).Code));
    }

    [Fact]
    public async Task Look_HubIsAwayForDays_WaitsWithTheLoopAndQueuesNoNudges()
    {
        using var watchdog = Watchdog();
        _rig.BeforeSend = (_, cancellation) => _release.Task.WaitAsync(cancellation);
        _rig.Run();
        var handled = _rig.HandleAsync(Message(Readings("a")));
        await Waiting.ForAsync(() => _rig.Pump.Pulse.IsOnHub, "the loop waits for the hub");
        var nudges = 0;
        _rig.Pump.Pulse.Nudged += () => nudges++;
        await LookAsync(watchdog, TimeSpan.FromDays(1), loopTurns: false);

        Assert.Equal((0, "Alive, 0 s ago: Waiting for edgeHub to take a message."), HealthVerb.Judge(_heartbeat, _rig.Clock));
        Assert.Equal((0, 1), (_ends, nudges));
        _release.SetResult();
        await handled.WaitAsync(Waiting.Deadline);
        await LookAsync(watchdog, Limit * 2, loopTurns: true);
        Assert.Equal(0, _ends);
    }

    [Fact]
    public async Task Look_FirstSendAfterAStartWaitsForTheHub_IsNoHang()
    {
        _rig.BeforeSend = (_, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        _rig.Run();
        var unsent = _rig.Pump.HandleAsync(Message(Readings("a")));
        await Waiting.ForAsync(() => _rig.Pump.Pulse.IsOnHub, "what it sends waits for the hub");
        await using var next = await _rig.Restarted();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unsent);
        next.BeforeSend = _rig.BeforeSend;
        next.Run();
        await Waiting.ForAsync(() => next.Pump.Pulse.IsOnHub, "what was saved waits for the hub");
        using var watchdog = Watchdog(next.Pump.Pulse);
        await LookAsync(watchdog, Limit * 2, loopTurns: false);

        Assert.Equal(0, _ends);
    }

    [Fact]
    public async Task Look_DiskIsFullForLong_EachAttemptCounts()
    {
        using var watchdog = Watchdog();
        _rig.Run();
        _rig.Store.BeforeWrite = () => throw new IOException("No space left on device.");
        var handled = _rig.Pump.HandleAsync(Message(Readings("a")));
        await Waiting.ForAsync(() => _rig.Log.Lines.Any(line => line.Level == LogLevel.Error), "the disk has refused");
        await LookAsync(watchdog, Limit * 2, loopTurns: true);

        Assert.Equal(0, _ends);
        _rig.Store.BeforeWrite = static () => { };
        await Waiting.ForAsync(() => handled.IsCompleted, "there is space again", () => _rig.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Look_StepTakesLongButLessThanTheLimit_IsToldAndForgotten()
    {
        using var watchdog = Watchdog();
        using var inStep = await StepThatHangsAsync();
        await LookAsync(watchdog, Limit - TimeSpan.FromSeconds(10), loopTurns: false);
        Assert.Equal((0, "Alive, 0 s ago: The loop is in one step for 290 s."), HealthVerb.Judge(_heartbeat, _rig.Clock));

        inStep.Set();
        await _rig.Pump.OnLoopAsync(() => Task.FromResult(true)).WaitAsync(Waiting.Deadline);
        await LookAsync(watchdog, Limit * 2, loopTurns: true);
        Assert.Equal(0, _ends);
    }

    [Fact]
    public async Task Look_StepHangsForTheLimit_EndsTheProcessOnceAndHealthSaysSo()
    {
        using var watchdog = Watchdog();
        using var inStep = await StepThatHangsAsync();
        await LookAsync(watchdog, Limit + TimeSpan.FromSeconds(50), loopTurns: false);

        Assert.Equal(1, _ends);
        var line = Assert.Single(_rig.Log.Lines, line => line.Level == LogLevel.Critical);
        Assert.Equal("The loop of the module has got nothing done for 300 s, and does not wait for edgeHub: the process ends, to be started again.", line.Text);
        Assert.Equal((1, "Hung: The loop of the module has got nothing done for 350 s, and does not wait for edgeHub."), HealthVerb.Judge(_heartbeat, _rig.Clock));
        inStep.Set();
    }

    [Fact]
    public async Task Look_LoopHasEndedInSilence_EndsTheProcess()
    {
        using var watchdog = Watchdog();
        _rig.Run();
        await _rig.StopAsync();
        await LookAsync(watchdog, Limit + TimeSpan.FromSeconds(20), loopTurns: false);

        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task Look_ThreadPoolRunsNothing_EndsTheProcess()
    {
        using var watchdog = Watchdog();
        _rig.Run();
        _isPoolStarved = true;
        await LookAsync(watchdog, Limit + TimeSpan.FromSeconds(10), loopTurns: true);

        Assert.Equal(1, _ends);
        Assert.Contains(_rig.Log.Lines, line => line.Text == "The thread pool has run nothing for 300 s: the process ends, to be started again.");
    }

    [Fact]
    public async Task Look_ProcessWasFrozenForAnHour_IsNotHeldAgainstTheLoop()
    {
        using var watchdog = Watchdog();
        using var inStep = await StepThatHangsAsync();
        await LookAsync(watchdog, TimeSpan.FromSeconds(20), loopTurns: false);
        _rig.Clock.Advance(TimeSpan.FromHours(1));
        watchdog.Look();

        Assert.Equal("Alive, 0 s ago: The loop is in one step for 40 s.", HealthVerb.Judge(_heartbeat, _rig.Clock).Text);
        Assert.Equal(0, _ends);
        inStep.Set();
    }

    [Fact]
    public async Task Look_LimitIsZero_OnlyTells()
    {
        using var watchdog = Watchdog(limit: TimeSpan.Zero);
        using var inStep = await StepThatHangsAsync();
        await LookAsync(watchdog, Limit * 2, loopTurns: false);

        Assert.Equal((0, 0), (_ends, HealthVerb.Judge(_heartbeat, _rig.Clock).Code));
        inStep.Set();
    }

    [Fact]
    public void Look_HeartbeatCannotBeWritten_WarnsOnceAndGoesOn()
    {
        using var watchdog = new Watchdog(
            _rig.Pump.Pulse, new Heartbeat("module", [_folder.File("missing")]), Limit, _rig.Clock, () => _ends++, _rig.Log.For<Watchdog>());
        watchdog.Look();
        watchdog.Look();

        var line = Assert.Single(_rig.Log.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.StartsWith("The heartbeat cannot be written, so --health will fail: ", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAndStop_TellAtOnceAndLeaveNothingBehind()
    {
        using var watchdog = Watchdog();
        await watchdog.StartAsync(default);
        Assert.Equal(0, HealthVerb.Judge(_heartbeat, _rig.Clock).Code);
        await watchdog.StopAsync(default);

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _folder.Dispose();
    }

    private Watchdog Watchdog(LoopPulse? pulse = null, TimeSpan? limit = null) =>
        new(pulse ?? _rig.Pump.Pulse, _heartbeat, limit ?? Limit, _rig.Clock, () => _ends++, _rig.Log.For<Watchdog>())
        {
            Queue = work =>
            {
                if (!_isPoolStarved) work();
            },
        };

    /// <summary>Runs a step that holds the loop until the event is set.</summary>
    private async Task<ManualResetEventSlim> StepThatHangsAsync()
    {
        var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        _rig.Run();
        _ = _rig.Pump.OnLoopAsync(() =>
        {
            entered.SetResult();
            release.Wait(Waiting.Deadline);
            return Task.FromResult(true);
        });
        await entered.Task.WaitAsync(Waiting.Deadline);
        return release;
    }

    /// <summary>Looks as often as the watchdog would in this time.</summary>
    /// <param name="loopTurns">Whether the loop is to turn between two looks.</param>
    private async Task LookAsync(Watchdog watchdog, TimeSpan time, bool loopTurns)
    {
        watchdog.Look();
        for (var passed = TimeSpan.Zero; passed < time; passed += Hosting.Health.Watchdog.Interval)
        {
            var turns = _rig.Pump.Pulse.Turns;
            _rig.Clock.Advance(Hosting.Health.Watchdog.Interval);
            watchdog.Look();
            if (loopTurns) await Waiting.ForAsync(() => _rig.Pump.Pulse.Turns > turns, "the loop turns");
        }
    }
}
