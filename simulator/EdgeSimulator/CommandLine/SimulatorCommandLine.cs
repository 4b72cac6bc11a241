using System.CommandLine;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.CommandLine;

/// <summary>The verbs, their options, and the one place where errors become a line and an exit code.</summary>
/// <param name="openInput">Standard input, for the verbs that read it.</param>
public sealed class SimulatorCommandLine(
    Terminal terminal, TextWriter errors, Func<Stream> openInput, TimeProvider clock, Func<RunOptions, CancellationToken, Task<int>> run)
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
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = terminal.Writer };
            return await parsed.InvokeAsync(configuration);
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
        var host = new VerbHost(terminal, errors, openInput, clock, options.ApiPort);
        var root = new RootCommand(
            "Runs an IoT Edge deployment on this machine, without containers and without the cloud. "
            + "Without a verb it is \"run\"; most others act on the simulator that runs. VERB --help shows options and examples. "
            + "From the sources, EdgeSimulator is: dotnet run --project simulator/EdgeSimulator --");
        IEnumerable<Command> verbs =
        [
            Run(options),
            .. InsightCommands.Create(host),
            .. TwinCommands.Create(host),
            .. MessageCommands.Create(host),
            .. CloudCommands.Create(host),
            .. ModuleCommands.Create(host),
            .. ManifestCommands.Create(host),
            .. CheckCommands.Create(host),
            SoakCommand.Create(host),
        ];
        foreach (var verb in verbs) root.Subcommands.Add(verb);
        ExamplesHelp.AddTo(root);
        return root;
    }

    private Verb Run(RunArguments options)
    {
        var verb = new Verb(
            DefaultVerb,
            "Start the hub and every module of the manifest; end with the data, and close the books",
            "run",
            "run --speed max --report report.json",
            "run --devices 100 --duration 60 --offline 10-30",
            "run --tour shadow");
        foreach (var option in options.All) verb.Options.Add(option);
        verb.SetAction((result, cancellation) => run(options.Read(result), cancellation));
        return verb;
    }

    /// <summary>One line; the parser's remark that a verb is missing says less than that the word given is none.</summary>
    private static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0)
        {
            var missing = command.Arguments.Where(
                argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is null or { Tokens.Count: 0 });
            var names = string.Join(" and ", missing.Select(argument => argument.Name));
            if (command.Subcommands.Count > 0) names = string.Join(" or ", command.Subcommands.Select(verb => verb.Name));
            if (names.Length > 0) return $"{command.Name} needs {names}; see {command.Name} --help.";
            return string.Join(" ", parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ").Replace("\t", "")).Distinct());
        }

        var typed = parsed.UnmatchedTokens[0];
        var words = typed.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(verb => verb.Name);
        var hint = Suggestion.For(typed, words) is { } meant ? $"did you mean {meant}? See" : "see";
        return $"\"{typed}\" is no verb or option of {command.Name}; {hint} --help.";
    }

    private int Complain(string message, int exitCode)
    {
        errors.WriteLine($"error: {message}");
        return exitCode;
    }
}
