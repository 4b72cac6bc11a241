using MathNet.Numerics.Statistics;

namespace EdgeModules.Inference.Swap.Statistics;

/// <summary>A uniform sample of pairs out of a stream of any length (reservoir sampling, seeded): rank correlation in bounded memory.</summary>
public sealed class PairSample(int capacity = PairSample.DefaultCapacity, ulong seed = 0x9E3779B97F4A7C15)
{
    /// <summary>The standard error of the correlation is below 0.02 from here on; 32 KB.</summary>
    public const int DefaultCapacity = 4096;

    private readonly float[] _first = new float[capacity];
    private readonly float[] _second = new float[capacity];
    private ulong _random = seed;

    /// <summary>Pairs seen.</summary>
    public long Seen { get; private set; }

    public int Count => (int)Math.Min(Seen, capacity);

    public void Add(float first, float second)
    {
        var place = Seen < capacity ? Seen : (long)(Next() % (ulong)(Seen + 1));
        Seen++;
        if (place >= capacity) return;
        _first[place] = first;
        _second[place] = second;
    }

    /// <returns>
    /// Spearman's coefficient, equal values sharing the mean of their ranks; 0 with fewer than two pairs, or when a side has but one value: such a side orders
    /// nothing.
    /// </returns>
    public double Spearman()
    {
        if (Count < 2) return 0;
        var correlation = Correlation.Spearman(Side(_first), Side(_second));
        return double.IsFinite(correlation) ? correlation : 0;
    }

    private IEnumerable<double> Side(float[] values) => values.Take(Count).Select(value => (double)value);

    // Xorshift64*: no allocation, and the same sample for the same stream.
    private ulong Next()
    {
        _random ^= _random >> 12;
        _random ^= _random << 25;
        _random ^= _random >> 27;
        return _random * 0x2545F4914F6CDD1D;
    }
}
