using System.Numerics;

namespace EdgeSimulator.Timing;

/// <summary>
/// A histogram of durations. Its buckets are 1 µs wide up to 2 ms and less than 0.1 % of the duration above, so it stays small however many there are;
/// count and maximum are exact. Not thread-safe.
/// </summary>
public sealed class Latencies
{
    /// <summary>Below 2^11 µs each microsecond has its bucket; each doubling above shares 2^10.</summary>
    private const int ExactBits = 11;
    private const int BucketsOfDoubling = 1 << (ExactBits - 1);

    private long[] _buckets = new long[1 << ExactBits];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    /// <param name="value">Counts as zero below zero.</param>
    public void Add(TimeSpan value)
    {
        if (value < TimeSpan.Zero) value = TimeSpan.Zero;
        var bucket = BucketOf(value.Ticks / TimeSpan.TicksPerMicrosecond);
        if (bucket >= _buckets.Length) Array.Resize(ref _buckets, bucket + BucketsOfDoubling);
        _buckets[bucket]++;
        Count++;
        if (value > Max) Max = value;
    }

    /// <summary>
    /// A duration that at least <paramref name="share"/> of all do not exceed: the upper end of its bucket, and never above <see cref="Max"/>; zero when
    /// there is none.
    /// </summary>
    /// <param name="share">Above 0, at most 1: 0.99 for the 99th percentile.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(1, Count));
        var seen = 0L;
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += _buckets[bucket];
            if (seen < rank) continue;
            var end = TimeSpan.FromMicroseconds((double)EndOf(bucket));
            return end < Max ? end : Max;
        }

        return TimeSpan.Zero;
    }

    /// <summary>How many are in the buckets that begin below <paramref name="limit"/>.</summary>
    public long CountBelow(TimeSpan limit)
    {
        if (limit <= TimeSpan.Zero) return 0;
        var end = Math.Min(_buckets.Length, BucketOf((limit.Ticks - 1) / TimeSpan.TicksPerMicrosecond) + 1);
        return _buckets.AsSpan(0, end).ToArray().Sum();
    }

    public LatencySummary Summarize() => new(Count, Percentile(0.5), Percentile(0.9), Percentile(0.99), Percentile(0.999), Max);

    private static int BucketOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds) - (ExactBits - 1));
        return (shift * BucketsOfDoubling) + (int)(microseconds >> shift);
    }

    /// <returns>The greatest whole number of microseconds that belongs there.</returns>
    private static long EndOf(int bucket)
    {
        var shift = Math.Max(0, (bucket / BucketsOfDoubling) - 1);
        return ((bucket - ((long)shift * BucketsOfDoubling) + 1) << shift) - 1;
    }
}
