using System.CommandLine;
using EdgeSimulator.Control;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>restart</c>, <c>stop</c>, <c>start</c>, <c>credentials</c>: one module at a time.</summary>
internal static class ModuleCommands
{
    public static IEnumerable<Command> Create(VerbHost host) =>
    [
        Start(host, ModuleCommand.Restart, "Stop a module in good order and start it again, as iotedge restart"),
        Stop(host),
        Start(host, ModuleCommand.Start, "Start a module that was stopped, or waits for its restart"),
        Credentials(host),
    ];

    private static Verb Start(VerbHost host, ModuleCommand command, string description)
    {
        var name = command.ToString().ToLowerInvariant();
        var module = VerbHost.ModuleArgument();
        return host.Calling(new Verb(name, description, $"{name} FilterModule") { module }, (client, result, cancellation) =>
            ModuleVerbs.StartAsync(client, result.GetRequiredValue(module), command, host.Terminal, host.Clock, cancellation));
    }

    private static Verb Stop(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var verb = new Verb("stop", "Stop a module in good order; it stays stopped until it is started again", "stop FilterModule") { module };
        return host.Calling(verb, (client, result, cancellation) =>
            ModuleVerbs.StopAsync(client, result.GetRequiredValue(module), host.Terminal, cancellation));
    }

    private static Verb Credentials(VerbHost host)
    {
        var module = VerbHost.ModuleArgument();
        var json = VerbHost.JsonOption("Print the \"env\" object of a launch.json instead of shell commands");
        var output = Text("--output", "FILE", "Write NAME=value lines to this file instead, as envFile of a launch.json reads them");
        var verb = new Verb(
            "credentials",
            "Print the environment with which a module runs in a debugger against this simulator",
            "stop FilterModule && eval \"$(EdgeSimulator credentials FilterModule)\" && dotnet run --project modules/FilterModule",
            "credentials FilterModule --json",
            "credentials FilterModule --output FilterModule.env")
        {
            module,
            json,
            output,
        };
        return host.Calling(verb, (client, result, cancellation) => CredentialsVerb.RunAsync(
            client,
            result.GetRequiredValue(module),
            new CredentialsTarget(result.GetValue(json), result.GetValue(output)),
            host.Terminal,
            host.Notes,
            cancellation));
    }
}
