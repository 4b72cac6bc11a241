using System.Globalization;
using EdgeSimulator.CommandLine;
using EdgeSimulator.Reporting;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Bench;

/// <summary>The verb <c>bench latency</c>.</summary>
internal static class LatencyBenchVerb
{
    public static async Task<int> RunAsync(LatencyBenchOptions options, Terminal terminal, TimeProvider clock, CancellationToken cancellation)
    {
        var report = options.Report is null ? null : ReportFile.Check(options.Report);
        var plan = new SpikePlan(options.Rate, options.Array);
        var between = plan.Interval * plan.MessagesPerSpike;
        if (options.Duration < between)
        {
            throw new SimulatorException(
                $"--duration is {options.Duration.TotalSeconds:0.###}; a spike comes every {between.TotalSeconds:0.###} s, and it must hold one.");
        }

        await using var bench = new LatencyBench(terminal, clock);
        await bench.StartAsync(cancellation);
        terminal.Plain(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Rate:N0} readings/s in arrays of {options.Array:N0}, a spike every {between.TotalMilliseconds:0} ms, "
            + $"{options.Duration.TotalSeconds:0.#} s after {options.WarmUp.TotalSeconds:0.#} s of warm-up"
            + $"{(options.Devices == 0 ? "" : $"; beside them {options.Devices:N0} devices at a reading a second")}."));
        terminal.Plain("Hub over TLS with its store on disk, sender and actuator in this process; AlertModule in its own, its state on disk.");
        var result = await bench.MeasureAsync(options, cancellation);
        Show(result, options, terminal);
        if (report is not null) ReportFile.Write(report, result.ToJson(options));
        return result.Missing == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Show(LatencyBenchResult result, LatencyBenchOptions options, Terminal terminal)
    {
        terminal.Plain($"From the reading reaching the hub to its command reaching the actuator, {result.Total.Count:N0} alarms:");
        terminal.Plain($"  {result.Total.Summarize()}");
        terminal.Plain($"    hub to AlertModule        {result.ToModule.Summarize()}");
        terminal.Plain($"    AlertModule, there & back {result.InModule.Summarize()}");
        terminal.Plain($"    hub to actuator           {result.ToActuator.Summarize()}");
        terminal.Plain("  " + string.Join(", ", result.Histogram().Select(part => part.BelowMilliseconds is { } limit
            ? string.Create(CultureInfo.InvariantCulture, $"below {limit} ms {part.Count:N0}")
            : $"longer {part.Count:N0}")));
        if (result.Missing > 0)
            terminal.Error($"{result.Missing:N0} of {result.Spikes:N0} spikes had no command within {options.Deadline.TotalSeconds:0.#} s.");
    }
}
