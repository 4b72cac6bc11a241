using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Bench;

/// <summary>The verb <c>bench hub</c>.</summary>
internal static class HubBenchVerb
{
    private const int SmallBytes = 200;
    private const int ReadingsInArray = 100;
    private const int ManyInFlight = 20;
    private const double PacePerSecond = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <param name="seconds">Of each measurement.</param>
    public static async Task<int> RunAsync(double seconds, Terminal terminal, TimeProvider clock, CancellationToken cancellation)
    {
        var time = TimeSpan.FromSeconds(seconds);
        await using var bench = new HubBench(clock);
        await bench.StartAsync(cancellation);
        terminal.Plain($"Module to module through the hub, TLS, store on disk, sender and receiver in this process; {seconds:0.#} s each.");
        await bench.ThroughputAsync(SmallBytes, ManyInFlight, WarmUp, cancellation);
        var small = await bench.ThroughputAsync(SmallBytes, inFlight: 1, time, cancellation);
        terminal.Plain($"{SmallBytes} bytes, one in flight:      {small,8:N0} messages/s");
        var many = await bench.ThroughputAsync(SmallBytes, ManyInFlight, time, cancellation);
        terminal.Plain($"{SmallBytes} bytes, {ManyInFlight} in flight:       {many,8:N0} messages/s");
        var arrays = await bench.ThroughputAsync(SmallBytes * ReadingsInArray, inFlight: 1, time, cancellation);
        terminal.Plain($"arrays of {ReadingsInArray} such, one in flight: {arrays,6:N0} messages/s = {arrays * ReadingsInArray:N0} readings/s");
        var latencies = await bench.LatencyAsync(SmallBytes, PacePerSecond, time, cancellation);
        terminal.Plain(
            $"{SmallBytes} bytes at {PacePerSecond:0}/s, {latencies.Count} messages: p50 {latencies.Percentile(0.5).TotalMilliseconds:0.0} ms, "
            + $"p99 {latencies.Percentile(0.99).TotalMilliseconds:0.0} ms, max {latencies.Max.TotalMilliseconds:0.0} ms from publish to receipt");
        return ExitCodes.Done;
    }
}
