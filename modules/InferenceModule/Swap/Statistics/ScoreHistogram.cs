namespace EdgeModules.Inference.Swap.Statistics;

/// <summary>Scores of two models in fixed bins over [0, 1], and how far the second has moved from the first.</summary>
public sealed class ScoreHistogram
{
    public const int Bins = 10;

    private readonly long[] _first = new long[Bins];
    private readonly long[] _second = new long[Bins];

    public IReadOnlyList<long> First => _first;

    public IReadOnlyList<long> Second => _second;

    /// <param name="first">0 to 1.</param>
    /// <param name="second">0 to 1.</param>
    public void Add(double first, double second)
    {
        _first[BinOf(first)]++;
        _second[BinOf(second)]++;
    }

    /// <summary>The population stability index. Half a score is added to every bin, so that an empty one does not make it infinite.</summary>
    public double StabilityIndex()
    {
        var firstTotal = _first.Sum() + Bins / 2.0;
        var secondTotal = _second.Sum() + Bins / 2.0;
        var index = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            var expected = (_first[bin] + 0.5) / firstTotal;
            var actual = (_second[bin] + 0.5) / secondTotal;
            index += (actual - expected) * Math.Log(actual / expected);
        }

        return index;
    }

    private static int BinOf(double score) => Math.Clamp((int)(score * Bins), 0, Bins - 1);
}
