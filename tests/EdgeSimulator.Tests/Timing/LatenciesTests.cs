using EdgeSimulator.Timing;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeSimulator.Tests.Timing;

public sealed class LatenciesTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void Percentile_OfOneToAHundredMilliseconds_IsTheNearestRank(double share, int expected)
    {
        var latencies = Of(Enumerable.Range(1, 100).Reverse().Select(value => value * 1000L));
        Assert.InRange(latencies.Percentile(share), TimeSpan.FromMilliseconds(expected), TimeSpan.FromMilliseconds(expected * 1.001));
        Assert.Equal((100, TimeSpan.FromMilliseconds(100)), (latencies.Count, latencies.Max));
    }

    [Fact]
    public void Percentile_OfNone_IsZero()
    {
        Assert.Equal(TimeSpan.Zero, new Latencies().Percentile(0.5));
        Assert.Equal(TimeSpan.Zero, new Latencies().Max);
        Assert.Equal(0, new Latencies().CountBelow(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Percentile_BelowTwoMilliseconds_IsExact() =>
        Assert.Equal([1, 1023, 1024, 2047], ((double[])[0.25, 0.5, 0.75, 0.76]).Select(share => Of([1, 1023, 1024, 2047]).Percentile(share).TotalMicroseconds));

    [Fact]
    public void Add_NegativeTime_CountsAsZero() => Assert.Equal(TimeSpan.Zero, Of([-5]).Percentile(1));

    [Property]
    public void Percentile_OfAnyTimes_IsAtMostATenthOfAPercentAboveTheNearestRank(NonEmptyArray<uint> microseconds, byte percent)
    {
        var share = Math.Max(1, percent % 101) / 100.0;
        var times = microseconds.Get.Select(value => (long)value * value % 100_000_000_000).Order().ToList();
        var exact = times[Math.Max(1, (int)Math.Ceiling(share * times.Count)) - 1];
        Assert.InRange(Of(times).Percentile(share).TotalMicroseconds, exact, Math.Min(exact * 1.001, times[^1]));
    }

    [Fact]
    public void CountBelow_Limits_CutsBetweenBuckets()
    {
        var latencies = Of([0, 499, 500, 999, 1000, 5000, 60_000_000]);
        Assert.Equal([0, 2, 4, 5, 6, 7], ((double[])[0, 0.5, 1, 2, 10, 100_000]).Select(limit => latencies.CountBelow(TimeSpan.FromMilliseconds(limit))));
    }

    [Fact]
    public void Summarize_Times_HasEachPercentile()
    {
        var summary = Of(Enumerable.Range(1, 1000).Select(value => (long)value)).Summarize();
        Assert.Equal(new LatencySummary(1000, Micros(500), Micros(900), Micros(990), Micros(999), Micros(1000)), summary);
        Assert.Equal("p50 0.50, p90 0.90, p99 0.99, p99.9 1.00, max 1.00 ms", summary.ToString());
        Assert.Equal(
            """{"count":1000,"p50Milliseconds":0.5,"p90Milliseconds":0.9,"p99Milliseconds":0.99,"p999Milliseconds":0.999,"maxMilliseconds":1.0}""",
            summary.ToJson().ToString(Newtonsoft.Json.Formatting.None));
    }

    private static TimeSpan Micros(double value) => TimeSpan.FromMicroseconds(value);

    private static Latencies Of(IEnumerable<long> microseconds)
    {
        var latencies = new Latencies();
        foreach (var value in microseconds) latencies.Add(TimeSpan.FromTicks(value * TimeSpan.TicksPerMicrosecond));
        return latencies;
    }
}
