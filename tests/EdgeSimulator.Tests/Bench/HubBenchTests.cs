using EdgeSimulator.Bench;

namespace EdgeSimulator.Tests.Bench;

/// <summary>That it measures what it says; the figures themselves are no matter of tests.</summary>
public sealed class HubBenchTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Throughput_SeveralInFlight_EveryMessageArrives()
    {
        await using var bench = new HubBench(TimeProvider.System);
        await bench.StartAsync(CancellationToken.None);
        Assert.True(await bench.ThroughputAsync(200, inFlight: 3, Short, CancellationToken.None) > 0);
    }

    [Fact]
    public async Task Latency_AtAPace_HasATimePerMessage()
    {
        await using var bench = new HubBench(TimeProvider.System);
        await bench.StartAsync(CancellationToken.None);
        var latencies = await bench.LatencyAsync(200, perSecond: 200, Short, CancellationToken.None);
        Assert.True(latencies.Count > 0);
        Assert.InRange(latencies.Percentile(0.5), TimeSpan.FromTicks(1), latencies.Max);
    }
}
