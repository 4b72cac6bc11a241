using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What the simulator's own reader of manifests finds, all of it, and the keys that it passes over.</summary>
internal static class ManifestRules
{
    private const int MostModules = 50;

    private static readonly string[] RootKeys = ["modulesContent", "moduleContent"];
    private static readonly string[] ScaleKeys = ["id", "priority", "targetCondition", "content", "labels", "metrics", "schemaVersion", "etag"];

    public static void Check(Deployment deployment)
    {
        Tell(deployment, deployment.Mistakes);
        foreach (var remark in deployment.Mistakes.Remarks) Tell(deployment, remark);
        CheckRoot(deployment);
        var count = deployment.OwnModules.Count();
        if (count > MostModules && deployment.Agent is { } agent)
            deployment.Findings.Add(LintRules.ModulesMany, agent, "modules", $"There are {count} modules; IoT Hub keeps at most {MostModules} for a device.");
    }

    /// <summary>Mistakes of any reader that goes by <see cref="ManifestNode"/>.</summary>
    public static void Tell(Deployment deployment, ManifestMistakes mistakes)
    {
        foreach (var mistake in mistakes.All)
        {
            if (mistake is HubConfigurationException route) TellOfRoute(deployment, route);
            else if (mistake.Mistake is not ManifestMistake.TwinWithoutModule || IsWhole(deployment)) TellOf(deployment, mistake);
        }
    }

    /// <summary>A module that is not in it is not deployed.</summary>
    private static bool IsWhole(Deployment deployment) => deployment.HasAllModules && !deployment.IsLayer;

    private static void TellOf(Deployment deployment, ManifestException mistake)
    {
        var rule = mistake.Mistake switch
        {
            ManifestMistake.Missing => LintRules.MissingKey,
            ManifestMistake.Unknown => LintRules.UnknownKey,
            ManifestMistake.Undefined => LintRules.PlaceholderUndefined,
            ManifestMistake.ModuleName => LintRules.ModuleName,
            ManifestMistake.TwinWithoutModule => LintRules.TwinWithoutModule,
            ManifestMistake.LayeredKey => LintRules.LayeredKey,
            ManifestMistake.CreateOptions => LintRules.CreateOptionsInvalid,
            ManifestMistake.LayerKey => LintRules.LayerKey,
            ManifestMistake.LayerWhole => LintRules.LayerWhole,
            ManifestMistake.LayerPriority => LintRules.LayerPriority,
            ManifestMistake.LayerConflict => LintRules.LayerSamePriority,
            _ => LintRules.WrongValue,
        };
        deployment.Findings.Add(rule, mistake.Parent, mistake.Name, $"{mistake.Name} {mistake.Problem}");
    }

    private static void TellOfRoute(Deployment deployment, HubConfigurationException mistake)
    {
        var rule = mistake.TypeMismatch ? LintRules.RouteTypes : LintRules.RouteSyntax;
        var text = mistake.Parent[mistake.Name] is JObject route ? route["route"] : mistake.Parent[mistake.Name];
        deployment.Findings.Add(rule, text!, mistake.Problem, index: mistake.Refusal.Column - 1);
    }

    private static void Tell(Deployment deployment, HubRemark remark)
    {
        var message = $"{remark.Name} {remark.Problem}";
        if (remark.Kind is HubRemarkKind.Unknown)
        {
            deployment.Findings.Add(LintRules.UnknownKey, remark.Parent, remark.Name, message);
        }
        else if (remark.Kind is HubRemarkKind.ExpiresAtOnce)
        {
            var isForAny = deployment.Manifest.Hub.Configuration.Definitions.Any(route => route.TimeToLiveSeconds == 0);
            deployment.Findings.Add(LintRules.ExpireAtOnce, remark.Parent, remark.Name, message, severity: isForAny ? Severity.Error : Severity.Warning);
        }
        else if (remark.Name != "integrity")
        {
            // Only the simulated hub does nothing with integrity.
            var rule = LintRules.HubNoEffect;
            var isInMemory = deployment.Modules.Any(module => module is { IsSystem: true, Name: "edgeHub" } && StorageIsInMemory(module));
            if (remark.Name != "storeLimits" || !isInMemory) deployment.Findings.Add(rule, remark.Parent, remark.Name, message);
        }
    }

    internal static bool StorageIsInMemory(DeployedModule hub) =>
        string.Equals(hub.Variable("UsePersistentStorage"), "false", StringComparison.OrdinalIgnoreCase);

    private static void CheckRoot(Deployment deployment)
    {
        if (deployment.IsLayer) return;
        var root = deployment.Json;
        if (root.ContainsKey("moduleContent"))
            deployment.Findings.Add(LintRules.OlderKey, root, "moduleContent", "The modules are under moduleContent; it must be modulesContent.");
        string[] known = deployment.IsTemplate ? [.. RootKeys, .. ScaleKeys, "$schema-template"] : [.. RootKeys, .. ScaleKeys];
        foreach (var name in root.Properties().Select(property => property.Name).Except(known).ToList())
            deployment.Findings.Add(LintRules.UnknownKey, root, name, $"{name} is not known at the root of a manifest.");
    }
}
