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
    public static JObject Compose(JObject bottom, string file, IEnumerable<DeploymentLayer> layers)
    {
        var manifest = (JObject)bottom.DeepClone();
        var root = new ManifestNode(Path.GetFileName(file), manifest);
        var content = ManifestReader.ContentOf(manifest) ?? throw root.Wrong("modulesContent", "an object");
        var bottomPriority = root.Has("priority") ? root.Integer("priority", 0, int.MaxValue) : 0;
        var owners = new Dictionary<string, (DeploymentLayer Layer, LayerChange Change)>();
        foreach (var layer in layers.OrderBy(layer => layer.Priority))
        {
            if (layer.Priority <= bottomPriority)
            {
                throw new SimulatorException(
                    $"{Path.GetFileName(layer.File)}: priority is {layer.Priority}; it must be higher than that of {Path.GetFileName(file)} ({bottomPriority}), "
                    + "or IoT Hub does not apply the layer.");
            }

            foreach (var change in layer.Changes)
            {
                if (owners.TryGetValue(change.Target, out var other) && other.Layer.Priority == layer.Priority && other.Layer != layer)
                {
                    throw new SimulatorException(
                        $"{change.Place} is also set by {Path.GetFileName(other.Layer.File)}, which has the same priority {layer.Priority}; the two must differ, "
                        + "or IoT Hub takes the layer that was created last.");
                }

                owners[change.Target] = (layer, change);
                Apply(content, change);
            }
        }

        return manifest;
    }

    private static void Apply(JObject content, LayerChange change)
    {
        if (content[change.Module] is not JObject entry) content[change.Module] = entry = [];
        if (change.Path.Count == 0)
        {
            entry[Desired] = change.Value.DeepClone();
            return;
        }

        if (entry[Desired] is not JObject above) entry[Desired] = above = [];
        foreach (var part in change.Path.SkipLast(1))
        {
            if (above[part] is null) above[part] = new JObject();
            above = above[part] as JObject
                ?? throw new SimulatorException($"{change.Place} is below {part}, which holds no properties; it must be below an object.");
        }

        above[change.Path[^1]] = change.Value.DeepClone();
    }
}
