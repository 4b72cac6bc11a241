namespace EdgeModules.Hosting.Connection;

/// <summary>
/// MQTT 3.1.1 does not say why a connection was closed. Three working connections closed by the hub within a minute are taken as another client with
/// the same id that comes back each time: the two would push each other out for ever.
/// </summary>
public sealed class TakeoverGuard
{
    private const int Losses = 3;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(1);

    private readonly Queue<DateTimeOffset> _lost = new();

    /// <summary>How long to stay away once it is clear.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(60);

    /// <summary>A working connection was closed by the hub.</summary>
    /// <returns>True when it was one too many; the count starts over then.</returns>
    public bool Lost(DateTimeOffset now)
    {
        while (_lost.TryPeek(out var first) && now - first > Within) _lost.Dequeue();
        _lost.Enqueue(now);
        if (_lost.Count < Losses) return false;
        _lost.Clear();
        return true;
    }
}
