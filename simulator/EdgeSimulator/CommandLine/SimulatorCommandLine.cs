using System.CommandLine;
using EdgeSimulator.Bench;
using EdgeSimulator.Control;
using EdgeSimulator.RouteCases;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.CommandLine;

/// <summary>The verbs, their options, and the one place where errors become a line and an exit code.</summary>
public sealed class SimulatorCommandLine(
    Terminal terminal, TextWriter errors, TimeProvider clock, Func<RunOptions, CancellationToken, Task<int>> run)
{
    private const string DefaultVerb = "run";

    private static readonly string[] NoVerbNeeded = ["--help", "-h", "-?", "/?", "/h", "--version"];

    public async Task<int> InvokeAsync(string[] arguments)
    {
        var root = CreateRoot();
        // run is the default: its options may be given without it.
        if (arguments.Length == 0 || (arguments[0].StartsWith('-') && !NoVerbNeeded.Contains(arguments[0]))) arguments = [DefaultVerb, .. arguments];
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0) return Complain(Describe(parsed), ExitCodes.Usage);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (SimulatorException error)
        {
            return Complain(error.Message, ExitCodes.Usage);
        }
        catch (OperationCanceledException)
        {
            return Complain("Interrupted.", ExitCodes.Interrupted);
        }
        catch (Exception error)
        {
            return Complain($"This is a fault of the simulator. {error}", ExitCodes.Internal);
        }
    }

    private RootCommand CreateRoot()
    {
        var options = new RunArguments();
        var root = new RootCommand(
            "Runs an IoT Edge deployment on this machine, without containers and without the cloud. "
            + "Without a verb it is \"run\"; see run --help for its options.");
        var verb = new Command(DefaultVerb, "Start the hub and every module of the manifest; end with the data, and close the books");
        foreach (var option in options.All) verb.Options.Add(option);
        verb.SetAction((result, cancellation) => run(options.Read(result), cancellation));
        root.Subcommands.Add(verb);
        root.Subcommands.Add(CreateTwin(options.ApiPort));
        var status = new Command("status", "Show modules, queues and cloud of the running simulator");
        status.Options.Add(options.ApiPort);
        status.SetAction((result, cancellation) => CallAsync(result.GetValue(options.ApiPort), client => StatusVerb.RunAsync(client, terminal, cancellation)));
        root.Subcommands.Add(status);
        root.Subcommands.Add(CreateRoutes());
        root.Subcommands.Add(CreateBench());
        return root;
    }

    private Command CreateTwin(Option<int> apiPort)
    {
        var module = new Argument<string>("MODULE") { Description = "Name of the module in the manifest" };
        var assignments = new Argument<string[]>("path=value")
        {
            Description = "Like deadbands.temperature=5; the value is JSON, else a text; null removes",
            Arity = ArgumentArity.OneOrMore,
        };
        var get = new Command("get", "Show the twin of a module") { module };
        get.Options.Add(apiPort);
        get.SetAction((result, cancellation) =>
            CallAsync(result.GetValue(apiPort), client => TwinVerbs.GetAsync(client, result.GetRequiredValue(module), terminal, cancellation)));
        var set = new Command("set", "Change desired properties of a module, and wait for its acknowledgement") { module, assignments };
        set.Options.Add(apiPort);
        set.SetAction((result, cancellation) => CallAsync(
            result.GetValue(apiPort),
            client => TwinVerbs.SetAsync(client, result.GetRequiredValue(module), result.GetRequiredValue(assignments), terminal, clock, cancellation)));
        return new Command("twin", "Read or change the twin of a module of the running simulator") { get, set };
    }

    private Command CreateBench()
    {
        var seconds = new Option<double>("--seconds") { Description = "Length of each measurement", HelpName = "N", DefaultValueFactory = _ => 5 };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 3600)) result.AddError("--seconds must be a number from 1 to 3600.");
        });
        var hub = new Command("hub", "Measure the hub alone, from module to module; needs no running simulator") { seconds };
        hub.SetAction((result, cancellation) => HubBenchVerb.RunAsync(result.GetValue(seconds), terminal, clock, cancellation));
        return new Command("bench", "Measure what this machine can do") { hub };
    }

    private Command CreateRoutes()
    {
        var file = new Argument<string>("FILE") { Description = "Lines of JSON, each with a case (routes and a message) and what it is expected to give" };
        var routes = new Command("routes", RoutesVerb.Description) { file };
        routes.SetAction((result, cancellation) => RoutesVerb.RunAsync(result.GetRequiredValue(file), terminal, clock, cancellation));
        return routes;
    }

    private static async Task<int> CallAsync(int port, Func<ControlClient, Task<int>> call)
    {
        using var client = new ControlClient(port);
        return await call(client);
    }

    /// <summary>One line; the parser's remark that a verb is missing says less than that the word given is none.</summary>
    private static string Describe(ParseResult parsed)
    {
        var messages = parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ").Replace("\t", "")).ToList();
        return parsed.UnmatchedTokens.Count > 0
            ? $"\"{parsed.UnmatchedTokens[0]}\" is no verb or option of {parsed.CommandResult.Command.Name}; see --help."
            : string.Join(" ", messages);
    }

    private int Complain(string message, int exitCode)
    {
        errors.WriteLine($"error: {message}");
        return exitCode;
    }
}
