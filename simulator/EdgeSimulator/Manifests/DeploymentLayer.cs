using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>A layered deployment of IoT Hub: what it adds to the deployment below, or sets anew there.</summary>
/// <param name="Priority">The higher one wins; a layer needs a higher one than the deployment at the bottom.</param>
/// <param name="TargetCondition">Which devices it is for, by their tags; empty for none.</param>
/// <param name="Changes">In the order of the file.</param>
public sealed record DeploymentLayer(string File, string Id, int Priority, string TargetCondition, IReadOnlyList<LayerChange> Changes)
{
    private const string Desired = "properties.desired";

    /// <summary>Whether the file is a layer, rather than a manifest that can be deployed alone.</summary>
    public static bool IsLayer(JObject json)
    {
        if (ManifestReader.ContentOf(json) is not { } content) return false;
        if (content["$edgeAgent"] is JObject agent && agent.ContainsKey(Desired)) return false;
        return json["content"] is JObject
            || content.Properties().Any(module => module.Value is JObject entry
                && entry.Properties().Any(property => property.Name.StartsWith(Desired + ".", StringComparison.Ordinal)));
    }

    /// <exception cref="SimulatorException">The file is absent or no layer; one line names file, path, value, and what it must be.</exception>
    public static DeploymentLayer Read(string file, Func<string, string?> lookup) => Parse(ManifestReader.ReadJson(file, lookup), file);

    public static DeploymentLayer Parse(JObject json, string file) => Parse(json, file, mistakes: null);

    /// <param name="mistakes">Takes all mistakes; what is wrong is left out of the layer, or has its default. Null to stop at the first.</param>
    internal static DeploymentLayer Parse(JObject json, string file, ManifestMistakes? mistakes)
    {
        var root = new ManifestNode(Path.GetFileName(file), json, mistakes);
        root.AllowOnly("$schema-template", "id", "schemaVersion", "priority", "targetCondition", "labels", "metrics", "content", "modulesContent");
        return new DeploymentLayer(
            file,
            root.Try(node => node.String("id"), ""),
            root.Try(ReadPriority, int.MaxValue),
            root.Has("targetCondition") ? root.Try(node => node.String("targetCondition"), "") : "",
            root.Try(ReadChanges, []));
    }

    private static int ReadPriority(ManifestNode root) => root.Json["priority"] is JValue { Value: long and >= 0 and <= int.MaxValue and var priority }
        ? (int)priority
        : throw root.Wrong(ManifestMistake.LayerPriority, "priority", $"an integer from 0 to {int.MaxValue}");

    private static List<LayerChange> ReadChanges(ManifestNode root)
    {
        var content = (root.OptionalObject("content") ?? root).Object("modulesContent");
        var changes = new List<LayerChange>();
        foreach (var module in content.Names)
        {
            if (content.Try<ManifestNode?>(node => node.Object(module), null) is not { } entry) continue;
            changes.AddRange(entry.Names.Select(key => entry.Try(node => ReadChange(module, node, key), null)).OfType<LayerChange>());
        }

        return changes;
    }

    private static LayerChange ReadChange(string module, ManifestNode entry, string key)
    {
        var isSystem = module.StartsWith('$');
        if (key != Desired && !key.StartsWith(Desired + ".", StringComparison.Ordinal))
            throw entry.Wrong(ManifestMistake.LayerKey, key, $"named {Desired}.PATH: a layer sets desired properties");
        if (key == Desired && isSystem)
        {
            throw entry.Wrong(
                ManifestMistake.LayerWhole, key, $"absent: the whole of {module} is set by the deployment at the bottom, and a layer sets {Desired}.PATH");
        }

        if (entry.Json[key] is not { } value || value.Type == JTokenType.Null)
            throw entry.Wrong(key, "a value: a layer takes nothing away from the deployments below it");
        var path = key == Desired ? [] : key[(Desired.Length + 1)..].Split('.');
        if (path.Any(part => part.Length == 0)) throw entry.Wrong(ManifestMistake.LayerKey, key, $"named {Desired}.PATH, without empty parts");
        if (key == Desired && value is not JObject) throw entry.Wrong(key, "an object");
        return new LayerChange(module, path, value, entry.PlaceOf(key)) { Entry = entry.Json, Key = key };
    }
}

/// <param name="Path">Below the desired properties; empty where they are set as a whole.</param>
/// <param name="Place">File and path, for a sentence.</param>
public sealed record LayerChange(string Module, IReadOnlyList<string> Path, JToken Value, string Place)
{
    /// <summary>The object in the layer that has it under <see cref="Key"/>.</summary>
    public required JObject Entry { get; init; }

    public required string Key { get; init; }

    public string Target => Path.Count == 0 ? Module : $"{Module}.{string.Join('.', Path)}";
}
