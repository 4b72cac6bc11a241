using EdgeSimulator.Hub.Twins;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>IoT Hub's limits of desired properties: of modules, and of <c>$edgeAgent</c> and <c>$edgeHub</c>, which are twins too.</summary>
internal static class TwinRules
{
    public static void Check(Deployment deployment)
    {
        foreach (var (name, entry) in deployment.Content ?? [])
        {
            if (entry?.SelectObject(LayerKeys.Desired) is not { } desired) continue;
            var deployed = name == "$edgeAgent" ? AsDeployed(desired) : desired;
            foreach (var mistake in ReportedPropertiesValidator.FindMistakes(deployed)) Tell(deployment, mistake, desired, deployed);
            var size = TwinSize.Of(deployed);
            if (size > TwinSize.Most)
                deployment.Findings.Add(
                    LintRules.TwinSize, desired, $"The desired properties of {name} have {size} bytes; it must be {TwinSize.Most} at most.");
        }
    }

    /// <summary>Container options as the strings that they become.</summary>
    private static JObject AsDeployed(JObject agent)
    {
        var deployed = (JObject)agent.DeepClone();
        foreach (var section in new[] { "systemModules", "modules" })
        {
            var modules = (deployed[section] as JObject ?? []).Properties().Select(module => module.Value);
            foreach (var settings in modules.Select(module => module.SelectObject("settings")).OfType<JObject>())
            {
                // What is a string stays as it is: it may be longer than IoT Hub takes.
                if (settings["createOptions"] is JObject) CreateOptions.Read(new ManifestNode("", settings, new ManifestMistakes())).WriteChunks(settings);
            }
        }

        return deployed;
    }

    /// <returns>What stands in the one where the token does in the other, or the last above it that is there.</returns>
    private static JToken Counterpart(JToken token, JObject deployed, JObject desired)
    {
        JToken at = desired;
        foreach (var above in token.AncestorsAndSelf().TakeWhile(above => above != deployed).Reverse())
        {
            var next = above switch
            {
                JProperty property => (at as JObject)?[property.Name],
                { Parent: JArray array } => (at as JArray)?.ElementAtOrDefault(array.IndexOf(above)),
                _ => at,
            };
            if (next is null) return at;
            at = next;
        }

        return at;
    }

    private static void Tell(Deployment deployment, TwinMistake mistake, JObject desired, JObject deployed)
    {
        var rule = mistake.Kind switch
        {
            TwinMistakeKind.Key => LintRules.TwinKey,
            TwinMistakeKind.Depth => LintRules.TwinDepth,
            TwinMistakeKind.Text => LintRules.TwinString,
            TwinMistakeKind.Integer => LintRules.TwinInteger,
            _ => LintRules.TwinArrayNull,
        };
        // Of modules and variables the names have rules of their own.
        var above = (mistake.At.Parent?.Parent as JObject)?.Parent is JProperty named ? named.Name : "";
        if (desired != deployed && mistake.Kind is TwinMistakeKind.Key && above is "modules" or "env") return;
        var at = desired == deployed ? mistake.At : Counterpart(mistake.At, deployed, desired);
        deployment.Findings.Add(rule, at, mistake.Problem);
    }
}
