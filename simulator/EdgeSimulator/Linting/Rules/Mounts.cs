using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What a container's options mount, in any of the ways in which they can say it.</summary>
internal static class Mounts
{
    /// <returns>What is mounted, a path of the host or the name of a volume, and the key that says it.</returns>
    public static IEnumerable<(string Key, string Source)> SourcesOf(DeployedModule module)
    {
        foreach (var bind in module.Host.Texts("Binds")) yield return ("Binds", bind.Split(':')[0]);
        foreach (var mount in Objects(module, "Mounts"))
        {
            if (mount.Text("Source") is { } source) yield return ("Mounts", source);
        }
    }

    /// <returns>Folders of the container that outlive it.</returns>
    public static IEnumerable<string> VolumesOf(DeployedModule module) =>
    [
        .. module.Host.Texts("Binds").Select(bind => bind.Split(':')).Where(parts => parts.Length > 1).Select(parts => parts[1]),
        .. Objects(module, "Mounts").Where(mount => mount.Text("Type") is "bind" or "volume").Select(mount => mount.Text("Target")).OfType<string>(),
    ];

    /// <returns>Folders of the container that can be written whatever its root is.</returns>
    public static IEnumerable<string> TargetsOf(DeployedModule module) =>
    [
        .. VolumesOf(module),
        .. Objects(module, "Mounts").Select(mount => mount.Text("Target")).OfType<string>(),
        .. (module.Host?["Tmpfs"] as JObject ?? []).Properties().Select(property => property.Name),
        .. (module.Options?["Volumes"] as JObject ?? []).Properties().Select(property => property.Name),
    ];

    public static bool IsAtOrBelow(string folder, string above)
    {
        var (inner, outer) = (folder.TrimEnd('/'), above.TrimEnd('/'));
        return inner == outer || inner.StartsWith(outer + "/", StringComparison.Ordinal);
    }

    private static IEnumerable<JObject> Objects(DeployedModule module, string name) => (module.Host?[name] as JArray ?? []).OfType<JObject>();
}
