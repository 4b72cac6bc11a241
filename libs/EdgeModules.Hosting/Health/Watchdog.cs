using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting.Health;

/// <summary>
/// Ends a process that hangs, since the IoT Edge runtime starts again what has ended, and not what is unhealthy. Hung is a loop that has got nothing done for
/// the limit while it was not waiting for edgeHub, or a thread pool that has run nothing for so long. A module that is idle is nudged and turns; one whose
/// disk refuses turns with each attempt. Nothing is lost by the end: what was accepted is saved, and the rest comes again.
/// </summary>
/// <remarks>Lives on a thread of its own, since a thread pool without free threads runs no timer either.</remarks>
/// <param name="limit">Zero for a heartbeat only.</param>
/// <param name="end">Ends the process; called once.</param>
public sealed partial class Watchdog(
    LoopPulse pulse, Heartbeat heartbeat, TimeSpan limit, TimeProvider clock, Action end, ILogger<Watchdog> logger) : IHostedService, IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longer than this between two looks, the process itself did not run (frozen, or its machine asleep), and nothing is held against the loop for that.
    /// </summary>
    private static readonly TimeSpan LongestLook = 2 * Interval;

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private long _lastLook;
    private long _turns = -1;
    private long _poolRuns;
    private long _poolAsked;
    private TimeSpan _loopStill;
    private TimeSpan _poolStill;
    private bool _isUnwritable;
    private bool _isEnding;

    /// <summary>Gives work to the thread pool.</summary>
    internal Action<Action> Queue { get; init; } = static work => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lastLook = clock.GetTimestamp();
        Look();
        _thread = new Thread(Run) { IsBackground = true, Name = "watchdog" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        _thread?.Join();
        heartbeat.Delete();
        return Task.CompletedTask;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Looks once. Called every <see cref="Interval"/>.</summary>
    internal void Look()
    {
        var now = clock.GetTimestamp();
        var passed = clock.GetElapsedTime(_lastLook, now);
        _lastLook = now;
        if (passed > LongestLook) passed = LongestLook;

        var isOnHub = pulse.IsOnHub;
        var turns = pulse.Turns;
        _loopStill = turns != _turns || isOnHub ? TimeSpan.Zero : _loopStill + passed;
        _turns = turns;
        // One that is idle turns at once, so the next look finds it turned.
        pulse.Nudge();

        var runs = Volatile.Read(ref _poolRuns);
        _poolStill = runs == _poolAsked ? TimeSpan.Zero : _poolStill + passed;
        if (runs == _poolAsked)
        {
            _poolAsked++;
            Queue(() => Interlocked.Increment(ref _poolRuns));
        }

        var hung = limit == TimeSpan.Zero || Debugger.IsAttached ? null
            : _loopStill >= limit ? $"The loop of the module has got nothing done for {_loopStill.TotalSeconds:0} s, and does not wait for edgeHub"
            : _poolStill >= limit ? $"The thread pool has run nothing for {_poolStill.TotalSeconds:0} s"
            : null;
        Tell(new Beat(now, hung is null, hung ?? Describe(isOnHub)));
        if (hung is null || _isEnding) return;
        _isEnding = true;
        LogHung(hung);
        end();
    }

    private string Describe(bool isOnHub) => isOnHub ? "Waiting for edgeHub to take a message."
        : _loopStill == TimeSpan.Zero ? "The loop turns."
        : $"The loop is in one step for {_loopStill.TotalSeconds:0} s.";

    private void Tell(Beat beat)
    {
        var cause = heartbeat.Write(beat);
        if (cause is not null && !_isUnwritable) LogNoHeartbeat(cause);
        _isUnwritable = cause is not null;
    }

    private void Run()
    {
        while (!_stop.Wait(Interval)) Look();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{What}: the process ends, to be started again.")]
    private partial void LogHung(string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The heartbeat cannot be written, so --health will fail: {Cause}")]
    private partial void LogNoHeartbeat(string cause);
}
