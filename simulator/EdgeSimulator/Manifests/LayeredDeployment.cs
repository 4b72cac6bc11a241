using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>Merges layered deployments over the one at the bottom, as IoT Hub does for each device that all of them target.</summary>
public static class LayeredDeployment
{
    private const string Desired = "properties.desired";

    /// <param name="bottom">A whole manifest; it is left as it is.</param>
    /// <param name="layers">In any order: of two that set the same path the one of higher priority wins.</param>
    /// <returns>A whole manifest, in the form of <paramref name="bottom"/>.</returns>
    /// <exception cref="SimulatorException">IoT Hub would not apply a layer, or which one wins would be a matter of their age.</exception>
    public static JObject Compose(JObject bottom, string file, IEnumerable<DeploymentLayer> layers) => Compose(bottom, file, layers, mistakes: null);

    /// <param name="mistakes">Takes all mistakes; what is wrong is laid over all the same, where that can be done. Null to stop at the first.</param>
    internal static JObject Compose(JObject bottom, string file, IEnumerable<DeploymentLayer> layers, ManifestMistakes? mistakes)
    {
        var manifest = (JObject)bottom.DeepClone();
        var root = new ManifestNode(Path.GetFileName(file), manifest, mistakes);
        if (root.Try(_ => ManifestReader.ContentOf(manifest) ?? throw root.Wrong("modulesContent", "an object"), null) is not { } content) return manifest;
        var bottomPriority = root.Has("priority") ? root.Try(node => node.Integer("priority", 0, int.MaxValue), 0) : 0;
        var owners = new Dictionary<string, (DeploymentLayer Layer, LayerChange Change)>();
        foreach (var layer in layers.OrderBy(layer => layer.Priority))
        {
            root.Try<object?>(_ => RefuseBelow(bottomPriority, file, layer), null);
            foreach (var change in layer.Changes)
            {
                if (owners.TryGetValue(change.Target, out var other) && other.Layer.Priority == layer.Priority && other.Layer != layer)
                    root.Try<object?>(_ => throw Conflict(change, other.Layer), null);
                owners[change.Target] = (layer, change);
                root.Try<object?>(_ => Apply(content, change), null);
            }
        }

        return manifest;
    }

    private static object? RefuseBelow(long bottomPriority, string file, DeploymentLayer layer)
    {
        if (layer.Priority > bottomPriority || layer.Changes.Count == 0) return null;
        var problem = $"is {layer.Priority}; it must be higher than that of {Path.GetFileName(file)} ({bottomPriority}), or IoT Hub does not apply the layer.";
        var root = (JObject)layer.Changes[0].Entry.Root;
        throw new ManifestException($"{Path.GetFileName(layer.File)}: priority {problem}", ManifestMistake.LayerPriority, root, "priority", problem);
    }

    private static ManifestException Conflict(LayerChange change, DeploymentLayer other)
    {
        var problem = $"is also set by {Path.GetFileName(other.File)}, which has the same priority {other.Priority}; the two must differ, "
            + "or IoT Hub takes the layer that was created last.";
        return new ManifestException($"{change.Place} {problem}", ManifestMistake.LayerConflict, change.Entry, change.Key, problem);
    }

    private static object? Apply(JObject content, LayerChange change)
    {
        if (content[change.Module] is not JObject entry) content[change.Module] = entry = [];
        if (change.Path.Count == 0)
        {
            entry[Desired] = change.Value.DeepClone();
            return null;
        }

        if (entry[Desired] is not JObject above) entry[Desired] = above = [];
        foreach (var part in change.Path.SkipLast(1))
        {
            if (above[part] is null) above[part] = new JObject();
            above = above[part] as JObject
                ?? throw Below(change, part);
        }

        above[change.Path[^1]] = change.Value.DeepClone();
        return null;
    }

    private static ManifestException Below(LayerChange change, string part)
    {
        var problem = $"is below {part}, which holds no properties; it must be below an object.";
        return new ManifestException($"{change.Place} {problem}", ManifestMistake.LayerKey, change.Entry, change.Key, problem);
    }
}
