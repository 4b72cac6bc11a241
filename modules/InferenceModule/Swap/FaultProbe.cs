namespace EdgeModules.Inference.Swap;

/// <summary>
/// Copies of live normal windows with a fault in one feature: a step over the newest half. Says whether each of two models finds such faults.
/// </summary>
/// <param name="features">Of a window; the probes go round them, so that each gets as many.</param>
public sealed class FaultProbe(int features)
{
    private readonly int[] _asked = new int[features];
    private readonly int[] _foundByLive = new int[features];
    private readonly int[] _foundByShadow = new int[features];
    private long _next;

    /// <summary>Alternates from round to round: a fault may go either way.</summary>
    public (int Feature, int Direction) Next() => ((int)(_next % features), _next / features % 2 == 0 ? 1 : -1);

    public void Add(int feature, bool foundByLive, bool foundByShadow)
    {
        _next++;
        _asked[feature]++;
        if (foundByLive) _foundByLive[feature]++;
        if (foundByShadow) _foundByShadow[feature]++;
    }

    public IReadOnlyList<ProbeCount> Counts() =>
        [.. Enumerable.Range(0, features).Select(feature => new ProbeCount(_asked[feature], _foundByLive[feature], _foundByShadow[feature]))];

    /// <summary>Adds <paramref name="step"/> to one feature of the newest half of a window; of one of a single reading, to that.</summary>
    public static void Inject(Span<float> window, int features, int feature, float step)
    {
        var size = window.Length / features;
        for (var row = size / 2; row < size; row++) window[row * features + feature] += step;
    }
}

/// <param name="Asked">Windows with a fault in this feature.</param>
public readonly record struct ProbeCount(int Asked, int FoundByLive, int FoundByShadow);
