using EdgeSimulator.Linting.Knowledge;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What edgeAgent reads beside the modules: the runtime, itself, edgeHub.</summary>
internal static class RuntimeRules
{
    /// <summary>The last minor version of 1 that is out of support.</summary>
    private const int LastUnsupported = 5;

    public static void Check(Deployment deployment)
    {
        if (deployment.Agent is not { } agent || deployment.IsLayer) return;
        var mistakes = new ManifestMistakes();
        var node = new ManifestNode("", agent, mistakes);
        node.AllowOnly("schemaVersion", "runtime", "systemModules", "modules", "integrity");
        node.Try<object?>(ReadRuntime, null);
        node.Try<object?>(desired => ReadSystemModules(desired.Object("systemModules")), null);
        ManifestRules.Tell(deployment, mistakes);

        CheckHubIsKeptRunning(deployment);
        CheckStartupOrder(deployment, agent.Text("schemaVersion"));
        CheckVersions(deployment);
    }

    private static object? ReadRuntime(ManifestNode agent)
    {
        var runtime = agent.Object("runtime");
        runtime.AllowOnly("type", "settings");
        runtime.Try(node => node.Choice("type", ("docker", 0)), 0);
        var settings = runtime.Object("settings");
        settings.AllowOnly("minDockerVersion", "loggingOptions", "registryCredentials");
        if (settings.OptionalObject("registryCredentials") is not { } registries) return null;
        foreach (var name in registries.Names) registries.Try<object?>(node => ReadRegistry(node.Object(name)), null);
        return null;
    }

    private static object? ReadRegistry(ManifestNode registry)
    {
        registry.AllowOnly("address", "username", "password");
        foreach (var key in new[] { "address", "username", "password" }) registry.Try(node => node.String(key), "");
        return null;
    }

    private static object? ReadSystemModules(ManifestNode modules)
    {
        modules.AllowOnly("edgeAgent", "edgeHub");
        foreach (var name in new[] { "edgeAgent", "edgeHub" }) modules.Try<object?>(node => ReadSystemModule(name, node.Object(name)), null);
        return null;
    }

    private static object? ReadSystemModule(string name, ManifestNode module)
    {
        module.AllowOnly("type", "version", "status", "restartPolicy", "startupOrder", "imagePullPolicy", "env", "settings");
        module.Try(node => node.Choice("type", ("docker", 0)), 0);
        if (module.Has("imagePullPolicy")) module.Try(node => node.Choice("imagePullPolicy", ("on-create", 0), ("never", 0)), 0);
        if (name == "edgeHub" && module.Has("startupOrder")) module.Try(node => node.Integer("startupOrder", 0, uint.MaxValue), 0);
        // The reader of manifests reads the variables of edgeHub.
        if (name == "edgeAgent") module.Try(node => node.Environment(), []);
        var settings = module.Object("settings");
        settings.Try(node => node.String("image"), "");
        settings.Try(node => CreateOptions.Read(node).Environment(), []);
        return null;
    }

    private static void CheckHubIsKeptRunning(Deployment deployment)
    {
        foreach (var hub in deployment.Modules.Where(module => module is { IsSystem: true, Name: "edgeHub" }))
        {
            foreach (var (key, meant) in new[] { ("status", "running"), ("restartPolicy", "always") })
            {
                if (hub.Json.Text(key) is var found && found != meant)
                    deployment.Findings.Add(LintRules.HubNotKeptRunning, hub.Json, key, $"{key} of edgeHub is {found ?? "absent"}; it must be {meant}.");
            }
        }
    }

    private static void CheckStartupOrder(Deployment deployment, string? schemaVersion)
    {
        foreach (var module in deployment.Modules.Where(module => module.Json.ContainsKey("startupOrder")))
        {
            if (module is { IsSystem: true, Name: "edgeAgent" })
                deployment.Findings.Add(
                    LintRules.StartupOrderIgnored, module.Json, "startupOrder", "edgeAgent has a startupOrder; it starts the others, and before them.");
            else if (schemaVersion == "1.0")
                deployment.Findings.Add(
                    LintRules.StartupOrderIgnored, module.Json, "startupOrder", $"{module.Name} has a startupOrder, which schemaVersion 1.0 does not know.");
        }
    }

    private static void CheckVersions(Deployment deployment)
    {
        var system = deployment.Modules.Where(module => module.IsSystem && IsMicrosofts(module.Image)).ToList();
        foreach (var module in system)
        {
            if (VersionOf(module) is { Major: 1, Minor: <= LastUnsupported } version)
                deployment.Findings.Add(
                    LintRules.RuntimeOutOfSupport, module.Settings!["image"]!,
                    $"{module.Name} is of version {version}; supported are 1.{LastUnsupported + 1} and later.");
        }

        if (system is [{ } one, { } other] && ImageName.Parse(one.Image!).Tag != ImageName.Parse(other.Image!).Tag)
        {
            deployment.Findings.Add(
                LintRules.RuntimeVersionsDiffer, other.Settings!["image"]!,
                $"{other.Name} has the tag {ImageName.Parse(other.Image!).Tag ?? "latest"}, {one.Name} has {ImageName.Parse(one.Image!).Tag ?? "latest"}.");
        }
    }

    private static bool IsMicrosofts(string? image) => image?.StartsWith("mcr.microsoft.com/azureiotedge-", StringComparison.OrdinalIgnoreCase) == true;

    private static Version? VersionOf(DeployedModule module)
    {
        var digits = new string([.. (ImageName.Parse(module.Image!).Tag ?? "").TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        return Version.TryParse(digits.Trim('.'), out var version) ? version : null;
    }
}
