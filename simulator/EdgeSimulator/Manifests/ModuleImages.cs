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
    private const string ModuleFile = "module.json";

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

        var place = PlaceOf(match);
        return new ModuleImage(place.Path, place.Name, place.Platform, ReadTag(module, image, place.Path, place.Platform));
    }

    /// <summary>Whether an image is named by a placeholder, whether or not it can be resolved.</summary>
    internal static bool IsPlaceholder(string image) => image.StartsWith("${", StringComparison.Ordinal);

    /// <returns>What an image's placeholder stands for, whether or not it is there; null for an image that is no placeholder.</returns>
    public ModuleFolder? Find(string image) => Placeholder().Match(image) is { Success: true } match ? PlaceOf(match) : null;

    /// <returns>Every module of this solution with a <c>module.json</c> that can be read, and its repository: <c>localhost:5000/filtermodule</c>.</returns>
    public IEnumerable<(ModuleFolder Place, string Repository)> All()
    {
        var modules = Path.Combine(root, ModulesPath);
        if (!Directory.Exists(modules)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(modules).Order(StringComparer.Ordinal))
        {
            if (!File.Exists(Path.Combine(folder, ModuleFile))) continue;
            var place = new ModuleFolder(Path.GetFullPath(folder), Path.GetFileName(folder), UsualPlatform);
            if (RepositoryOf(place) is { } repository) yield return (place, repository);
        }
    }

    /// <summary>The platforms of a module, with their Dockerfiles.</summary>
    /// <exception cref="SimulatorException">Its <c>module.json</c> is absent or cannot be read.</exception>
    public IReadOnlyDictionary<string, string> PlatformsOf(ModuleFolder place)
    {
        var platforms = TagOf(place.Path).Object("platforms");
        return platforms.Names.ToDictionary(name => name, platforms.String);
    }

    private string? RepositoryOf(ModuleFolder place)
    {
        try
        {
            return ImageOf(place.Path).String("repository");
        }
        catch (SimulatorException)
        {
            return null;
        }
    }

    private ModuleFolder PlaceOf(Match match)
    {
        var folder = match.Groups["name"] is { Success: true, Value: var name }
            ? Path.Combine(root, ModulesPath, name)
            : Path.Combine(root, match.Groups["path"].Value);
        folder = Path.GetFullPath(folder);
        var platform = match.Groups["platform"] is { Success: true, Value: var named } ? named : UsualPlatform;
        if (match.Groups["debug"].Success) platform += ".debug";
        return new ModuleFolder(folder, Path.GetFileName(folder), platform);
    }

    private string ModulesPath => lookup("MODULES_PATH") is { Length: > 0 } path ? path : "modules";

    private string UsualPlatform => lookup("DEFAULT_PLATFORM") is { Length: > 0 } configured ? configured : "amd64";

    private string ReadTag(string module, string placeholder, string folder, string platform)
    {
        var file = Path.Combine(folder, ModuleFile);
        if (!File.Exists(file)) throw new SimulatorException($"Module {module} has the image \"{placeholder}\", but {file} is absent.");
        var image = ImageOf(folder);
        var tag = image.Object("tag");
        tag.Object("platforms").String(platform);
        return $"{image.Json.Value<string>("repository")}:{tag.String("version")}-{platform}";
    }

    private ManifestNode TagOf(string folder) => ImageOf(folder).Object("tag");

    private ManifestNode ImageOf(string folder)
    {
        var file = Path.Combine(folder, ModuleFile);
        try
        {
            return new ManifestNode(file, (JObject)JsonText.Parse(Placeholders.Expand(File.ReadAllText(file), lookup))).Object("image");
        }
        catch (Exception error) when (error is JsonException or InvalidCastException or IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"{file} cannot be read: {error.Message}", error);
        }
    }

    [GeneratedRegex(@"^\$\{(MODULES\.(?<name>[A-Za-z0-9_-]+)|MODULEDIR<(?<path>[^<>]+)>)(\.(?!debug\b)(?<platform>[a-z0-9]+))?(?<debug>\.debug)?\}$")]
    private static partial Regex Placeholder();
}

/// <param name="Name">The folder's name, which is the name of project and assembly too.</param>
/// <param name="Platform"><c>amd64</c>, <c>arm64v8.debug</c>, …</param>
/// <param name="Tag"><c>repository:version-platform</c>.</param>
public sealed record ModuleImage(string Folder, string Name, string Platform, string Tag);

/// <param name="Path">Whole; the folder need not exist.</param>
/// <param name="Name">The folder's name, which is the name of project and assembly too.</param>
/// <param name="Platform"><c>amd64</c>, <c>arm64v8.debug</c>, …; the one that the placeholder names, or the usual one.</param>
public sealed record ModuleFolder(string Path, string Name, string Platform);
