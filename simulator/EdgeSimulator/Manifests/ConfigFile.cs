using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>The expanded manifest as the field's tools write it: <c>config/deployment.amd64.json</c>.</summary>
/// <param name="Images">Module → image, as in the manifest.</param>
/// <param name="Warnings">What is legal and yet hardly meant; each one sentence.</param>
public sealed record ConfigFile(
    string Path, string Platform, JObject Json, IReadOnlyDictionary<string, string> Images, int Routes, IReadOnlyList<string> Warnings)
{
    private const string TemplateEnding = ".template.json";
    private const string LayeredModules = "properties.desired.modules.";
    private const string LayeredRoutes = "properties.desired.routes.";

    /// <param name="layers">Files of layered deployments to merge over the manifest; without any, the manifest may be such a file itself.</param>
    /// <param name="platform">Null for the one in <c>DEFAULT_PLATFORM</c>, else amd64.</param>
    /// <param name="output">A file, or a folder that exists; null for the folder in <c>CONFIG_OUTPUT_DIR</c>, else <c>config</c>, at the root.</param>
    /// <exception cref="SimulatorException">The template is not valid, a name is not defined, or an image cannot be resolved.</exception>
    public static ConfigFile Create(Workspace workspace, IReadOnlyList<string> layers, string? platform, string? output, string directory)
    {
        var variables = workspace.Variables();
        var named = platform ?? (variables("DEFAULT_PLATFORM") is { Length: > 0 } usual ? usual : "amd64");
        string? Lookup(string name) => name == "DEFAULT_PLATFORM" ? named : variables(name);

        var template = ManifestReader.ReadJson(workspace.Manifest, layers, Lookup);
        RefuseUndefined(template, workspace.Manifest);
        var images = new ModuleImages(workspace.Root, Lookup);
        var isLayer = DeploymentLayer.IsLayer(template);
        var json = isLayer
            ? DeploymentExpander.ExpandLayer(template, workspace.Manifest, images)
            : DeploymentExpander.Expand(template, workspace.Manifest, images);
        var whole = isLayer ? null : ManifestReader.Parse(template, workspace.Manifest);
        var name = NameOf(workspace.Manifest, named);
        var folder = variables("CONFIG_OUTPUT_DIR") is { Length: > 0 } configured ? configured : "config";
        var path = output is null
            ? System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name), workspace.Root)
            : System.IO.Path.GetFullPath(output, directory);
        return new ConfigFile(
            Directory.Exists(path) ? System.IO.Path.Combine(path, name) : path,
            named,
            json,
            ImagesIn(json),
            whole?.Hub.Configuration.Definitions.Count ?? RoutesIn(json),
            whole?.Warnings ?? []);
    }

    /// <summary>Whole or not at all.</summary>
    /// <exception cref="SimulatorException">The file cannot be written.</exception>
    public void Write()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var unfinished = Path + ".tmp";
            File.WriteAllText(unfinished, Json.ToString(Formatting.Indented) + "\n");
            File.Move(unfinished, Path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The manifest {Path} cannot be written: {error.Message}", error);
        }
    }

    /// <returns>
    /// <c>deployment.template.json</c> → <c>deployment.amd64.json</c>, <c>deployment.debug.template.json</c> → <c>deployment.debug.amd64.json</c>.
    /// </returns>
    public static string NameOf(string template, string platform)
    {
        var file = System.IO.Path.GetFileName(template);
        var stem = file.EndsWith(TemplateEnding, StringComparison.OrdinalIgnoreCase)
            ? file[..^TemplateEnding.Length]
            : System.IO.Path.GetFileNameWithoutExtension(file);
        return $"{stem}.{platform}.json";
    }

    private static Dictionary<string, string> ImagesIn(JObject json)
    {
        var agent = (JObject?)ManifestReader.ContentOf(json)!["$edgeAgent"] ?? [];
        var whole = (JObject?)agent["properties.desired"]?["modules"] ?? [];
        return whole.Properties().Concat(agent.Properties().Where(entry => entry.Name.StartsWith(LayeredModules, StringComparison.Ordinal)))
            .Where(module => module.Value is JObject && module.Value["settings"] is JObject settings && settings["image"] is not null)
            .ToDictionary(module => module.Name.Split('.')[^1], module => (string)module.Value["settings"]!["image"]!);
    }

    private static int RoutesIn(JObject layer) =>
        ((JObject?)ManifestReader.ContentOf(layer)!["$edgeHub"] ?? []).Properties().Count(entry => entry.Name.StartsWith(LayeredRoutes, StringComparison.Ordinal));

    /// <summary>IoT Hub would deploy <c>${NAME}</c> as it stands, to every device.</summary>
    private static void RefuseUndefined(JObject template, string file)
    {
        var undefined = template.DescendantsAndSelf()
            .Select(token => (token.Path, Name: token switch
            {
                JValue { Value: string text } => Placeholders.FirstUndefined(text),
                JProperty property => Placeholders.FirstUndefined(property.Name),
                _ => null,
            }))
            .Where(found => found.Name is not null)
            .ToList();
        if (undefined.Count == 0) return;
        throw new SimulatorException(
            $"{System.IO.Path.GetFileName(file)}: not defined in the environment file or the environment: "
            + string.Join(", ", undefined.Select(found => $"{found.Name} ({found.Path})")) + ".");
    }
}
