using System.Text.RegularExpressions;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>
/// Finds the module behind an image placeholder: <c>${MODULES.X}</c>, <c>${MODULEDIR&lt;path&gt;}</c>, each with an optional platform and
/// <c>.debug</c>. Platform and tag come from the <c>module.json</c> in the module's folder, as in the field's tools.
/// </summary>
/// <param name="root">Folder of the solution; relative paths in placeholders start here.</param>
/// <param name="lookup">Of <c>MODULES_PATH</c>, <c>DEFAULT_PLATFORM</c>, and of the variables in <c>module.json</c>.</param>
public sealed partial class ModuleImages(string root, Func<string, string?> lookup)
{
    /// <exception cref="SimulatorException">The image is not one of this solution, or its <c>module.json</c> does not have that platform.</exception>
    public ModuleImage Resolve(ModuleDeployment module) => Resolve(module.Name, module.Image);

    /// <exception cref="SimulatorException">As above.</exception>
    public ModuleImage Resolve(string module, string image)
    {
        var match = Placeholder().Match(image);
        if (!match.Success)
        {
            throw new SimulatorException(
                $"Module {module} has the image \"{image}\", which cannot run without a container engine; "
                + "it must be a module of this solution, ${MODULES.NAME} or ${MODULEDIR<path>}, or have the status stopped.");
        }

        var folder = match.Groups["name"] is { Success: true, Value: var name }
            ? Path.Combine(root, lookup("MODULES_PATH") is { Length: > 0 } path ? path : "modules", name)
            : Path.Combine(root, match.Groups["path"].Value);
        folder = Path.GetFullPath(folder);
        var usual = lookup("DEFAULT_PLATFORM") is { Length: > 0 } configured ? configured : "amd64";
        var platform = match.Groups["platform"] is { Success: true, Value: var named } ? named : usual;
        if (match.Groups["debug"].Success) platform += ".debug";
        return new ModuleImage(folder, Path.GetFileName(folder), platform, ReadTag(module, image, folder, platform));
    }

    /// <summary>Whether an image is named by a placeholder, whether or not it can be resolved.</summary>
    internal static bool IsPlaceholder(string image) => image.StartsWith("${", StringComparison.Ordinal);

    private string ReadTag(string module, string placeholder, string folder, string platform)
    {
        var file = Path.Combine(folder, "module.json");
        if (!File.Exists(file)) throw new SimulatorException($"Module {module} has the image \"{placeholder}\", but {file} is absent.");
        JObject json;
        try
        {
            json = (JObject)JsonText.Parse(Placeholders.Expand(File.ReadAllText(file), lookup));
        }
        catch (Exception error) when (error is JsonException or InvalidCastException or IOException)
        {
            throw new SimulatorException($"{file} cannot be read: {error.Message}", error);
        }

        var image = new ManifestNode(file, json).Object("image");
        var tag = image.Object("tag");
        tag.Object("platforms").String(platform);
        return $"{image.Json.Value<string>("repository")}:{tag.String("version")}-{platform}";
    }

    [GeneratedRegex(@"^\$\{(MODULES\.(?<name>[A-Za-z0-9_-]+)|MODULEDIR<(?<path>[^<>]+)>)(\.(?!debug\b)(?<platform>[a-z0-9]+))?(?<debug>\.debug)?\}$")]
    private static partial Regex Placeholder();
}

/// <param name="Name">The folder's name, which is the name of project and assembly too.</param>
/// <param name="Platform"><c>amd64</c>, <c>arm64v8.debug</c>, …</param>
/// <param name="Tag"><c>repository:version-platform</c>.</param>
public sealed record ModuleImage(string Folder, string Name, string Platform, string Tag);
