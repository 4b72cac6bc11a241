using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What a layer can only be asked in a deployment at scale. <see cref="ManifestRules"/> tells of what cannot be read or laid over the base.</summary>
internal static class LayerRules
{
    private const string Target = "targetCondition";

    /// <summary>What <c>properties.desired.</c> of the system modules may go on with in a layer.</summary>
    private static readonly string[] AgentKeys = ["modules", "systemModules"];
    private static readonly string[] HubKeys = ["routes", "storeAndForwardConfiguration"];

    public static void Check(DeploymentLayer layer, JObject json, Findings findings)
    {
        if (layer.TargetCondition.Length == 0) findings.Add(LintRules.LayerTarget, json, Target, "The layer has no targetCondition.");
        foreach (var change in layer.Changes)
        {
            var known = change.Module switch
            {
                "$edgeAgent" => AgentKeys,
                "$edgeHub" => HubKeys,
                _ => null,
            };
            if (known is null || (change.Path.Count > 1 && known.Contains(change.Path[0]))) continue;
            findings.Add(
                LintRules.LayerKey, change.Entry, change.Key,
                $"{change.Key} of {change.Module} is the base's; a layer sets {string.Join(" or ", known.Select(key => $"{LayerKeys.Desired}.{key}.NAME"))}.");
        }
    }
}
