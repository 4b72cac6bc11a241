using System.CommandLine;
using EdgeSimulator.Linting;
using EdgeSimulator.Linting.Reports;
using EdgeSimulator.Manifests;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>genconfig</c> and <c>lint</c>: what becomes of a template, and what is wrong with it; they need no running simulator.</summary>
internal static class ManifestCommands
{
    private static readonly string[] Platforms = ["amd64", "arm64v8", "arm32v7"];
    private static readonly string[] Formats = [.. Enum.GetNames<LintFormat>().Select(name => name.ToLowerInvariant())];

    public static IEnumerable<Command> Create(VerbHost host) => [GenerateConfig(host), Lint(host)];

    private static Verb Lint(VerbHost host)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Templates, manifests or layers [default: deployment.template.json here or above]", Arity = ArgumentArity.ZeroOrMore,
        };
        var layers = Several("--layer", "FILE", "Lay this layered deployment over FILE, and look at what comes of it; may be given several times");
        var ignored = Several("--ignore", "RULE", "Leave out what this rule finds; may be given several times");
        var environment = Text("--env", "FILE", "Values for ${NAME} [default: .env beside the file, else at the root of the solution]");
        var platform = Text("--platform", string.Join('|', Platforms), "Platform of the images [default: DEFAULT_PLATFORM, else amd64]");
        platform.AcceptOnlyFromAmong(Platforms);
        var format = Text("--format", string.Join('|', Formats), "Form of the findings [default: text]");
        format.AcceptOnlyFromAmong(Formats);
        var output = Text("--output", "FILE", "Write the findings to this file");
        var strict = new Option<bool>("--strict") { Description = "Warnings fail too" };
        var verb = new Verb(
            "lint",
            "Find what IoT Hub, edgeAgent, edgeHub or the modules would refuse, lose or never do",
            "lint",
            "lint --strict --format sarif --output lint.sarif",
            "lint deployments/base.template.json --layer deployments/analytics.template.json")
        {
            files, layers, environment, platform, ignored, strict, format, output,
        };
        verb.SetAction((result, cancellation) => LintVerb.RunAsync(
            new LintOptions(
                result.GetValue(files) ?? [],
                result.GetValue(layers) ?? [],
                result.GetValue(environment),
                result.GetValue(platform),
                result.GetValue(ignored) ?? [],
                result.GetValue(strict),
                result.GetValue(format) is { } form ? Enum.Parse<LintFormat>(form, ignoreCase: true) : LintFormat.Text,
                result.GetValue(output)),
            host.Terminal,
            Environment.CurrentDirectory,
            cancellation));
        return verb;
    }

    private static Option<string[]> Several(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    private static Verb GenerateConfig(VerbHost host)
    {
        var manifest = Text("--manifest", "FILE", "Deployment template [default: deployment.template.json here or above]");
        var environment = Text("--env", "FILE", "Values for ${NAME} in the template [default: .env beside it, else at the root]");
        var platform = Text("--platform", string.Join('|', Platforms), "Platform of the images [default: DEFAULT_PLATFORM, else amd64]");
        platform.AcceptOnlyFromAmong(Platforms);
        var layers = LayersOption();
        var output = Text("--output", "FILE", "Write to this file or folder [default: config/deployment.PLATFORM.json]");
        var verb = new Verb(
            "genconfig",
            "Write the deployment manifest that IoT Hub takes, as iotedgedev genconfig",
            "genconfig",
            "genconfig --manifest deployment.debug.template.json --platform arm64v8",
            "genconfig --manifest deployments/analytics.template.json")
        {
            manifest,
            layers,
            environment,
            platform,
            output,
        };
        verb.SetAction(result =>
        {
            var directory = Environment.CurrentDirectory;
            var workspace = Workspace.Find(result.GetValue(manifest), result.GetValue(environment), directory);
            var config = ConfigFile.Create(workspace, Paths(result.GetValue(layers), directory), result.GetValue(platform), result.GetValue(output), directory);
            foreach (var warning in config.Warnings) host.Notes.WriteLine($"warning: {warning}");
            config.Write();
            host.Terminal.Plain(
                $"Wrote {config.Path} from {workspace.Manifest}: {config.Routes} routes and {config.Images.Count} modules for {config.Platform}.");
            var width = config.Images.Keys.Select(name => name.Length).DefaultIfEmpty().Max();
            foreach (var (module, image) in config.Images) host.Terminal.Plain($"  {module.PadRight(width)}  {image}");
            return ExitCodes.Done;
        });
        return verb;
    }
}
