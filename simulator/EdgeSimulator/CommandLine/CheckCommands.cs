using System.CommandLine;
using EdgeSimulator.Bench;
using EdgeSimulator.RouteCases;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>routes</c> and <c>bench</c>: what the hub says, and how fast it is; they need no running simulator.</summary>
internal static class CheckCommands
{
    public static IEnumerable<Command> Create(VerbHost host) => [Routes(host), Bench(host)];

    private static Verb Routes(VerbHost host)
    {
        var file = new Argument<string>("FILE") { Description = RoutesVerb.FileDescription };
        var verb = new Verb("routes", RoutesVerb.Description, "routes cases.jsonl") { file };
        verb.SetAction((result, cancellation) => RoutesVerb.RunAsync(result.GetRequiredValue(file), host.Terminal, host.Clock, cancellation));
        return verb;
    }

    private static Verb Bench(VerbHost host) =>
        new("bench", "Measure what this machine can do; needs no running simulator", "bench hub", "bench latency") { HubBench(host), LatencyBench(host) };

    private static Verb HubBench(VerbHost host)
    {
        var seconds = new Option<double>("--seconds") { Description = "Length of each measurement", HelpName = "N", DefaultValueFactory = _ => 5 };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 3600)) result.AddError("--seconds must be a number from 1 to 3600.");
        });
        var hub = new Verb("hub", "Measure the hub alone, from module to module", "bench hub --seconds 10") { seconds };
        hub.SetAction((result, cancellation) => HubBenchVerb.RunAsync(result.GetValue(seconds), host.Terminal, host.Clock, cancellation));
        return hub;
    }

    private static Verb LatencyBench(VerbHost host)
    {
        var rate = Whole("--rate", "Readings a second", usual: 1000, least: 1, most: 100_000);
        var array = Whole("--array", "Readings in a message", usual: 10, least: 1, most: 1000);
        var devices = Whole("--devices", "So many more devices send a reading a second each beside them, in large arrays", usual: 0, least: 0, most: 100_000);
        var duration = new Option<TimeSpan?>("--duration")
        {
            Description = "Measure for so many seconds, after 10 s of warm-up [default: 60]",
            HelpName = "SECONDS",
            CustomParser = result => Seconds(result, 1, 3600),
        };
        var report = Text("--report", "FILE.json", "Write the figures as JSON");
        var latency = new Verb(
            "latency",
            "Measure the way of an alarm: from a reading reaching the hub, through the AlertModule, to its command reaching the actuator",
            "bench latency",
            "bench latency --devices 10000 --duration 120 --report latency.json") { rate, array, duration, devices, report };
        latency.SetAction((result, cancellation) => LatencyBenchVerb.RunAsync(
            new LatencyBenchOptions(
                result.GetValue(rate),
                result.GetValue(array),
                result.GetValue(duration) ?? TimeSpan.FromSeconds(60),
                result.GetValue(devices),
                result.GetValue(report)),
            host.Terminal,
            host.Clock,
            cancellation));
        return latency;
    }
}
