using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Testing.Crashing;

/// <summary>Stands still, but for the pause between a failure and its repetition, which passes exactly: so every run of a test has the same times.</summary>
internal sealed class PausingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int _expected;

    /// <summary>The next timer is that of a pause.</summary>
    public void ExpectPause() => Volatile.Write(ref _expected, 1);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (Interlocked.Exchange(ref _expected, 0) == 1) _ = Task.Run(() => Advance(dueTime));
        return timer;
    }
}
