namespace EdgeSimulator.Bench;

/// <summary>Durations of one kind; exact, all kept. Not thread-safe.</summary>
internal sealed class Latencies
{
    private readonly List<TimeSpan> _values = [];

    public int Count => _values.Count;

    public TimeSpan Max => _values.Count == 0 ? TimeSpan.Zero : _values.Max();

    public void Add(TimeSpan value) => _values.Add(value);

    /// <summary>The smallest duration that <paramref name="share"/> of all do not exceed (nearest rank); zero when there is none.</summary>
    /// <param name="share">Above 0, at most 1: 0.99 for the 99th percentile.</param>
    public TimeSpan Percentile(double share)
    {
        if (_values.Count == 0) return TimeSpan.Zero;
        var sorted = _values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
