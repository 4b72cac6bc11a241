using System.CommandLine;
using EdgeSimulator.Control;

namespace EdgeSimulator.CommandLine;

/// <summary><c>twin get</c>, <c>twin set</c>.</summary>
internal static class TwinCommands
{
    public static IEnumerable<Command> Create(VerbHost host) =>
        [new Verb("twin", "Read or change the twin of a module", "twin get FilterModule") { Get(host), Set(host) }];

    private static Verb Get(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var verb = new Verb("get", "Show the twin of a module: desired and reported properties, as JSON", "twin get FilterModule") { module };
        return host.Calling(verb, (client, result, cancellation) =>
            TwinVerbs.GetAsync(client, result.GetRequiredValue(module), host.Terminal, cancellation));
    }

    private static Verb Set(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var assignments = new Argument<string[]>("path=value")
        {
            Description = "Like deadbands.temperature=5; the value is JSON, else a text; null removes",
            Arity = ArgumentArity.OneOrMore,
        };
        var verb = new Verb(
            "set",
            "Change desired properties of a module, and wait for its acknowledgement",
            "twin set FilterModule deadbands.temperature=5",
            "twin set FilterModule deadbands.temperature=null maxSilenceSeconds=60")
        {
            module,
            assignments,
        };
        return host.Calling(verb, (client, result, cancellation) => TwinVerbs.SetAsync(
            client, result.GetRequiredValue(module), result.GetRequiredValue(assignments), host.Terminal, host.Clock, cancellation));
    }
}
