using System.CommandLine;
using EdgeSimulator.Bench;
using EdgeSimulator.RouteCases;

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

    private static Verb Bench(VerbHost host)
    {
        var seconds = new Option<double>("--seconds") { Description = "Length of each measurement", HelpName = "N", DefaultValueFactory = _ => 5 };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 3600)) result.AddError("--seconds must be a number from 1 to 3600.");
        });
        var hub = new Verb("hub", "Measure the hub alone, from module to module; needs no running simulator", "bench hub --seconds 10") { seconds };
        hub.SetAction((result, cancellation) => HubBenchVerb.RunAsync(result.GetValue(seconds), host.Terminal, host.Clock, cancellation));
        return new Verb("bench", "Measure what this machine can do", "bench hub") { hub };
    }
}
