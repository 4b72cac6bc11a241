using EdgeSimulator.Linting.Rules;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>One deployment out of a base and layers, or out of a layer alone.</summary>
internal static class Layering
{
    /// <summary>What a layer lies on when its base is not known: nothing can be wrong with it.</summary>
    private const string AnyBase = """
        { "modulesContent": {
          "$edgeAgent": { "properties.desired": {
            "schemaVersion": "1.1",
            "runtime": { "type": "docker", "settings": {} },
            "systemModules": {
              "edgeAgent": { "type": "docker", "settings": { "image": "mcr.microsoft.com/azureiotedge-agent:1.6" } },
              "edgeHub": {
                "type": "docker", "status": "running", "restartPolicy": "always", "settings": { "image": "mcr.microsoft.com/azureiotedge-hub:1.6" }
              }
            },
            "modules": {}
          } },
          "$edgeHub": { "properties.desired": { "schemaVersion": "1.3", "routes": {}, "storeAndForwardConfiguration": { "timeToLiveSecs": 7200 } } }
        } }
        """;

    /// <param name="isLayer">All are layers, and the base is not known.</param>
    /// <param name="mistakes">Takes what is wrong with the layers.</param>
    public static JObject Compose(IReadOnlyList<JsonSource> sources, bool isLayer, ManifestMistakes mistakes, Findings findings)
    {
        var bottom = isLayer ? JObject.Parse(AnyBase) : sources[0].Json!;
        var layers = new List<DeploymentLayer>();
        foreach (var source in sources.Skip(isLayer ? 0 : 1))
        {
            var layer = DeploymentLayer.Parse(source.Json!, source.File, mistakes);
            LayerRules.Check(layer, source.Json!, findings);
            layers.Add(layer);
        }

        return LayeredDeployment.Compose(bottom, sources[0].File, layers, mistakes);
    }
}
