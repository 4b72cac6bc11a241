using System.Globalization;
using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>One deployment as the rules see it: whole, or a layer on a base that is not known.</summary>
/// <param name="Json">Composed.</param>
/// <param name="Manifest">What can be read of it.</param>
/// <param name="IsTemplate">What must be so in a manifest only is left alone.</param>
/// <param name="IsLayer">Nothing can be said of modules that are not in it.</param>
internal sealed record Deployment(
    JObject Json,
    DeploymentManifest Manifest,
    ManifestMistakes Mistakes,
    IReadOnlyList<DeployedModule> Modules,
    ModuleImages Images,
    Findings Findings,
    bool IsTemplate,
    bool IsLayer)
{
    public JObject? Agent => DesiredOf("$edgeAgent");

    public JObject? Hub => DesiredOf("$edgeHub");

    /// <summary>Nothing is missing in <see cref="Modules"/> because it cannot be read.</summary>
    public bool HasAllModules => Agent?["modules"] is JObject;

    /// <summary>No route is missing because edgeHub would refuse it.</summary>
    public bool HasAllRoutes => Hub?["routes"] is JObject routes && routes.Count == Manifest.Hub.Configuration.Definitions.Count;

    /// <summary>All but edgeAgent and edgeHub.</summary>
    public IEnumerable<DeployedModule> OwnModules => Modules.Where(module => !module.IsSystem);

    public JObject? Content => ManifestReader.ContentOf(Json);

    private JObject? DesiredOf(string name) => Content?[name]?.SelectObject("properties.desired");
}

/// <param name="Json">Its entry in <c>$edgeAgent</c>.</param>
/// <param name="Options">Of its container, whatever their form; null when they cannot be read.</param>
/// <param name="Known">Null for a module from elsewhere.</param>
/// <param name="Description">Null for a module from elsewhere, and for one that cannot be asked.</param>
/// <param name="Refused">Settings that it would refuse.</param>
/// <param name="Unasked">Why it could not be asked; null when it could, or is from elsewhere.</param>
internal sealed record DeployedModule(
    string Name,
    bool IsSystem,
    JObject Json,
    JObject? Options,
    JObject? Twin,
    KnownModule? Known = null,
    ModuleDescription? Description = null,
    IReadOnlyList<RefusedSetting>? Refused = null,
    string? Unasked = null)
{
    public JObject? Settings => Json["settings"] as JObject;

    public string? Image => (Settings?["image"] as JValue)?.Value as string;

    public JObject? Host => Options?["HostConfig"] as JObject;

    public JObject? Variables => Json["env"] as JObject;

    /// <summary>What a variable is set to, in <c>env</c> or among the container's options.</summary>
    public string? Variable(string name)
    {
        if ((Variables?[name] as JObject)?["value"] is JValue { Value: not null } value) return value.ToString(CultureInfo.InvariantCulture);
        return Options.Texts("Env").FirstOrDefault(text => text.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    /// <summary>Whether this says that the container's process is not root: this solution's images are made so.</summary>
    public bool IsUnprivileged => Options.Text("User") is { Length: > 0 } user ? user.Split(':')[0] is not ("0" or "root") : Known is not null;
}

internal static class JsonObjects
{
    public static JObject? SelectObject(this JToken token, string name) => (token as JObject)?[name] as JObject;

    public static string? Text(this JObject? json, string name) => (json?[name] as JValue)?.Value as string;

    public static bool IsTrue(this JObject? json, string name) => (json?[name] as JValue)?.Value is true;

    /// <returns>The texts of an array; of anything else none.</returns>
    public static IEnumerable<string> Texts(this JObject? json, string name) =>
        (json?[name] as JArray ?? []).Select(item => (item as JValue)?.Value as string).OfType<string>();
}
