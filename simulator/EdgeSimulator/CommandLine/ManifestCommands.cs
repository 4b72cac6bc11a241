using System.CommandLine;
using EdgeSimulator.Manifests;
using static EdgeSimulator.CommandLine.OptionParsing;

namespace EdgeSimulator.CommandLine;

/// <summary><c>genconfig</c>: what becomes of a template; needs no running simulator.</summary>
internal static class ManifestCommands
{
    private static readonly string[] Platforms = ["amd64", "arm64v8", "arm32v7"];

    public static IEnumerable<Command> Create(VerbHost host) => [GenerateConfig(host)];

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
