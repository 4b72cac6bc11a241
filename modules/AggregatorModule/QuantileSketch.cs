using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation;

/// <summary>
/// Quantiles of any number of values in bounded memory: values are counted in buckets whose bounds grow by a fixed factor, so a quantile is off by at most
/// the relative error it was made for. Two sketches merge without a further loss (Masson, Rim, Lee: DDSketch, VLDB 2019).
/// </summary>
public sealed class QuantileSketch
{
    /// <summary>Of each sign. Beyond it the buckets nearest to zero are joined: 2,048 of 1 % span 17 powers of ten.</summary>
    private const int MaxBuckets = 2_048;

    // Values nearer to zero count as zero.
    private const double Smallest = 1e-12;

    private readonly double _gamma;
    private readonly double _perLog;
    private Buckets _positive;
    private Buckets _negative;
    private long _zeros;

    /// <param name="error">Of a quantile, relative, in thousandths of a percent.</param>
    public QuantileSketch(int error)
    {
        Error = error;
        var alpha = error / 100_000.0;
        _gamma = (1 + alpha) / (1 - alpha);
        _perLog = 1 / Math.Log(_gamma);
    }

    /// <summary>Thousandths of a percent.</summary>
    public int Error { get; }

    public long Count => _zeros + _positive.Total + _negative.Total;

    public void Add(double value, long count = 1)
    {
        if (value > Smallest) _positive.Add(KeyOf(value), count);
        else if (value < -Smallest) _negative.Add(KeyOf(-value), count);
        else _zeros += count;
    }

    public void Merge(QuantileSketch other)
    {
        _zeros += other._zeros;
        foreach (var (key, count) in other._positive.All()) Merge(ref _positive, other, key, count);
        foreach (var (key, count) in other._negative.All()) Merge(ref _negative, other, key, count);
    }

    /// <param name="quantile">0 to 1.</param>
    /// <returns>The value at rank ⌊quantile · (count − 1)⌋; NaN when there is none.</returns>
    public double Quantile(double quantile)
    {
        var rank = (long)Math.Floor(quantile * (Count - 1));
        if (rank < 0) return double.NaN;
        foreach (var (key, count) in _negative.All().Reverse())
        {
            if ((rank -= count) < 0) return -ValueOf(key);
        }

        if ((rank -= _zeros) < 0) return 0;
        foreach (var (key, count) in _positive.All())
        {
            if ((rank -= count) < 0) return ValueOf(key);
        }

        return double.NaN;
    }

    internal void Write(CompactWriter writer)
    {
        writer.Write(_zeros);
        _positive.Write(writer);
        _negative.Write(writer);
    }

    internal void Read(ref CompactReader reader)
    {
        _zeros = reader.Read();
        _positive.Read(ref reader);
        _negative.Read(ref reader);
    }

    private void Merge(ref Buckets buckets, QuantileSketch other, int key, long count) =>
        buckets.Add(other.Error == Error ? key : KeyOf(other.ValueOf(key)), count);

    private int KeyOf(double value) => (int)Math.Ceiling(Math.Log(value) * _perLog);

    /// <summary>The middle of the bucket, measured so that both bounds are equally far in relation to the value.</summary>
    private double ValueOf(int key) => 2 * Math.Pow(_gamma, key) / (_gamma + 1);

    /// <summary>Counts of consecutive buckets.</summary>
    private struct Buckets
    {
        private long[]? _counts;
        private int _first;

        public long Total { get; private set; }

        public void Add(int key, long count)
        {
            Total += count;
            if (_counts is null) (_counts, _first) = (new long[8], key - 4);
            if (key < _first || key >= _first + _counts.Length) key = Cover(key);
            _counts[key - _first] += count;
        }

        public readonly IEnumerable<(int Key, long Count)> All()
        {
            var (counts, first) = (_counts, _first);
            return counts is null ? [] : Enumerable.Range(0, counts.Length).Where(i => counts[i] > 0).Select(i => (first + i, counts[i]));
        }

        public readonly void Write(CompactWriter writer)
        {
            var all = All().ToList();
            writer.Write(all.Count);
            foreach (var (key, count) in all)
            {
                writer.WriteSigned(key);
                writer.Write(count);
            }
        }

        public void Read(ref CompactReader reader)
        {
            for (var left = reader.Read(); left > 0; left--) Add((int)reader.ReadSigned(), reader.Read());
        }

        /// <returns>The key that stands for <paramref name="key"/>: itself, or the lowest one that still has a bucket.</returns>
        private int Cover(int key)
        {
            var used = All().Select(bucket => bucket.Key).ToList();
            var last = Math.Max(key, used.Count == 0 ? key : used[^1]);
            var first = Math.Max(Math.Min(key, used.Count == 0 ? key : used[0]), last - MaxBuckets + 1);
            var size = Math.Min(MaxBuckets, Math.Max(8, (last - first + 1) * 3 / 2));
            var counts = new long[size];
            foreach (var (old, count) in All()) counts[Math.Max(old, first) - first] += count;
            (_counts, _first) = (counts, first);
            return Math.Max(key, first);
        }
    }
}
