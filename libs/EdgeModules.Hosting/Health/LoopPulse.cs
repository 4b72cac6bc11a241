namespace EdgeModules.Hosting.Health;

/// <summary>
/// What the loop of a module tells the <see cref="Watchdog"/>: that it turns, and whether it waits for edgeHub, which may take days. Written by the loop
/// alone, read by any thread; costs the loop a write a turn.
/// </summary>
public sealed class LoopPulse
{
    private long _turns;
    private bool _isOnHub;
    private bool _isNudged;

    /// <summary>Raised by <see cref="Nudge"/>, on the caller's thread.</summary>
    internal event Action? Nudged;

    /// <summary>Grows with everything that the loop gets done.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>The loop waits until edgeHub has taken a message.</summary>
    public bool IsOnHub => Volatile.Read(ref _isOnHub);

    /// <summary>Makes a loop that has nothing to do turn once. Does nothing while an earlier nudge waits, be it for days.</summary>
    public void Nudge()
    {
        if (!Interlocked.Exchange(ref _isNudged, true)) Nudged?.Invoke();
    }

    internal void Turn()
    {
        Volatile.Write(ref _turns, _turns + 1);
        Volatile.Write(ref _isNudged, false);
    }

    internal async Task WhileOnHubAsync(Task sending)
    {
        if (sending.IsCompletedSuccessfully) return;
        Volatile.Write(ref _isOnHub, true);
        try
        {
            await sending;
        }
        finally
        {
            Turn();
            Volatile.Write(ref _isOnHub, false);
        }
    }
}
