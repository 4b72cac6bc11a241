using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeSimulator.Control;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>offline</c>, <c>online</c>, <c>cloud latency</c>, <c>cloud loss</c>, <c>monitor</c>: the way to the cloud.</summary>
internal static class CloudCommands
{
    public static IEnumerable<Command> Create(VerbHost host) =>
    [
        Switch(host, "offline", "Cut the cloud off; messages for it wait in the hub. A period of run --offline still ends when it says", online: false),
        Switch(host, "online", "Let the cloud be reached again. A period of run --offline still begins when it says", online: true),
        new Verb("cloud", "Make the way to the cloud slow or lossy, or good again", "cloud latency 5000", "cloud loss 0")
        {
            Quality(
                host, "latency", "MS", "Let each call to the cloud take so much longer", UpstreamArguments.Latency,
                latency => new CloudQualityChange(latency, null)),
            Quality(
                host, "loss", "PERCENT", "Let so many of the calls to the cloud fail; the hub tries them again", UpstreamArguments.Loss,
                loss => new CloudQualityChange(null, loss)),
        },
        Monitor(host),
    ];

    private static Verb Switch(VerbHost host, string name, string description, bool online) =>
        host.Calling(new Verb(name, description, name), (client, _, cancellation) =>
            CloudVerbs.SwitchAsync(client, online, host.Terminal, cancellation));

    private static Verb Quality(
        VerbHost host, string name, string unit, string description, Func<ArgumentResult, double?> parse, Func<double, CloudQualityChange> change)
    {
        var value = new Argument<double?>(unit) { Description = description, Arity = ArgumentArity.ExactlyOne, CustomParser = parse };
        return host.Calling(new Verb(name, description, $"cloud {name} 50") { value }, (client, result, cancellation) =>
            CloudVerbs.SetQualityAsync(client, change(result.GetRequiredValue(value) ?? 0), host.Terminal, cancellation));
    }

    private static Verb Monitor(VerbHost host)
    {
        var module = Text("--module", "MODULE", "Show only messages of this module");
        var fromStart = new Option<bool>("--from-start") { Description = "Begin with what has reached the cloud since the start of the run" };
        var count = Parsed<int?>("--count", "N", "End after so many messages", result => (int?)Number(result, 1, int.MaxValue, whole: true));
        var json = VerbHost.JsonOption("Print every message whole, as a line of JSON");
        var verb = new Verb(
            "monitor",
            "Show what reaches the cloud as it arrives, until Ctrl+C or the end of the simulator",
            "monitor --module FilterModule",
            "monitor --from-start --json > messages.jsonl")
        {
            module,
            fromStart,
            count,
            json,
        };
        return host.Calling(verb, (client, result, cancellation) => MonitorVerb.RunAsync(
            client,
            new MonitorRequest(result.GetValue(module), result.GetValue(fromStart), result.GetValue(count), result.GetValue(json)),
            host.Terminal,
            host.Notes,
            cancellation));
    }
}
