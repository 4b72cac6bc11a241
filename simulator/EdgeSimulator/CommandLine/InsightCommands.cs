using System.CommandLine;
using EdgeSimulator.Control;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>status</c>, <c>logs</c>: how the run is.</summary>
internal static class InsightCommands
{
    private const int MostTailLines = 1_000_000;

    public static IEnumerable<Command> Create(VerbHost host) => [Status(host), Logs(host)];

    private static Verb Status(VerbHost host)
    {
        var json = VerbHost.JsonOption("Print it as JSON");
        return host.Calling(new Verb("status", "Show modules, queues and cloud", "status", "status --json") { json }, (client, result, cancellation) =>
            StatusVerb.RunAsync(client, result.GetValue(json), host.Terminal, cancellation));
    }

    private static Verb Logs(VerbHost host)
    {
        var source = new Argument<string>("MODULE") { Description = "Name of the module in the manifest, or edgeHub" };
        var tail = Parsed<int?>("--tail", "N", "Print only the last N lines", result => (int?)Number(result, 0, MostTailLines, whole: true));
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is logged, until Ctrl+C or the end of the simulator" };
        var verb = new Verb("logs", "Print the log of a module of this run", "logs FilterModule --tail 20 -f", "logs edgeHub") { source, tail, follow };
        return host.Calling(verb, (client, result, cancellation) => LogsVerb.RunAsync(
            client,
            new LogRequest(result.GetRequiredValue(source), result.GetValue(tail), result.GetValue(follow)),
            host.Terminal,
            host.Notes,
            cancellation));
    }
}
