using EdgeSimulator.Bench;

namespace EdgeSimulator.Tests.Bench;

public sealed class LatenciesTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void Percentile_OfOneToAHundred_IsTheNearestRank(double share, int expected)
    {
        var latencies = new Latencies();
        foreach (var value in Enumerable.Range(1, 100).Reverse()) latencies.Add(TimeSpan.FromMilliseconds(value));
        Assert.Equal(TimeSpan.FromMilliseconds(expected), latencies.Percentile(share));
        Assert.Equal(TimeSpan.FromMilliseconds(100), latencies.Max);
    }

    [Fact]
    public void Percentile_OfNone_IsZero()
    {
        Assert.Equal(TimeSpan.Zero, new Latencies().Percentile(0.5));
        Assert.Equal(TimeSpan.Zero, new Latencies().Max);
    }
}
