using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>How much a container may do, and how much it may take.</summary>
internal static class ContainerRules
{
    /// <summary>A label of the container with this and the id of a rule gives the reason why the rule does not hold for it.</summary>
    private const string ReasonLabel = "lint.";

    /// <summary>Folders of the host's system: what is in them is the host.</summary>
    private static readonly string[] SystemFolders =
        ["/", "/etc", "/root", "/boot", "/proc", "/sys", "/dev", "/usr", "/lib", "/bin", "/sbin", "/var", "/var/lib", "/var/lib/docker", "/run", "/home"];

    private static readonly string[] EngineSockets = ["docker.sock", "containerd.sock", "podman.sock", "iotedge/mgmt.sock"];

    public static void Check(Deployment deployment)
    {
        foreach (var module in deployment.Modules)
        {
            // Options that cannot be read have been told of.
            if (module.Options is null || module.Settings is null) continue;
            CheckForbidden(deployment, module);
            CheckMounts(deployment, module);
            CheckLogs(deployment, module);
            if (!module.IsSystem) CheckHardening(deployment, module);
        }
    }

    private static void CheckForbidden(Deployment deployment, DeployedModule module)
    {
        if (module.Host.IsTrue("Privileged")) Tell(deployment, LintRules.ContainerPrivileged, module, $"{module.Name} runs with Privileged.", "Privileged");
        if (module.Host?["RestartPolicy"] is JObject policy && policy.Text("Name") is not (null or "" or "no"))
            Tell(
                deployment, LintRules.ContainerRestartPolicy, module,
                $"{module.Name} has the engine's restart policy {policy.Text("Name")}.", "RestartPolicy");
    }

    private static void CheckMounts(Deployment deployment, DeployedModule module)
    {
        foreach (var (key, source) in Mounts.SourcesOf(module))
        {
            var folder = source.Length > 1 ? source.TrimEnd('/') : source;
            if (EngineSockets.Any(socket => folder.EndsWith(socket, StringComparison.Ordinal)))
                Tell(deployment, LintRules.ContainerDockerSocket, module, $"{module.Name} mounts {source}.", key);
            else if (SystemFolders.Contains(folder))
                Tell(deployment, LintRules.ContainerHostRoot, module, $"{module.Name} mounts {source} of the host.", key);
        }
    }

    private static void CheckLogs(Deployment deployment, DeployedModule module)
    {
        var log = module.Host?["LogConfig"] as JObject;
        // Other drivers keep their logs elsewhere.
        if (log.Text("Type") is not (null or "" or "json-file" or "local")) return;
        var config = log?["Config"] as JObject;
        if (config?["max-size"] is null || (config["max-file"] is null && log.Text("Type") != "local"))
            Tell(deployment, LintRules.ContainerLogs, module, $"The logs of {module.Name} have no max-size and max-file.", "LogConfig");
    }

    private static void CheckHardening(Deployment deployment, DeployedModule module)
    {
        if ((module.Host?["Memory"] as JValue)?.Value is not (long and > 0))
            Tell(deployment, LintRules.ContainerMemory, module, $"{module.Name} has no limit of memory.", "Memory");
        if (!module.Host.Texts("CapDrop").Contains("ALL", StringComparer.OrdinalIgnoreCase))
            Tell(deployment, LintRules.ContainerCapabilities, module, $"{module.Name} does not drop all capabilities.", "CapDrop");
        if (!module.Host.Texts("SecurityOpt").Any(option => option.Replace('=', ':') is "no-new-privileges" or "no-new-privileges:true"))
            Tell(deployment, LintRules.ContainerNewPrivileges, module, $"{module.Name} runs without no-new-privileges.", "SecurityOpt");
        if (module.Host.IsTrue("ReadonlyRootfs")) CheckTemporaryFolders(deployment, module);
        else
            Tell(deployment, LintRules.ContainerWritableRoot, module, $"{module.Name} can write to its root file system.", "ReadonlyRootfs");
    }

    private static void CheckTemporaryFolders(Deployment deployment, DeployedModule module)
    {
        foreach (var folder in new[] { "/tmp", module.Variable("HOME") }.OfType<string>())
        {
            if (!Mounts.TargetsOf(module).Any(target => Mounts.IsAtOrBelow(folder, target)))
                Tell(deployment, LintRules.ContainerTmpfs, module, $"{module.Name} cannot write to {folder}.", "Tmpfs");
        }
    }

    /// <summary>At the key among the options where the file has them as an object, else at their string.</summary>
    internal static void Tell(Deployment deployment, LintRule rule, DeployedModule module, string message, string key)
    {
        if (rule.Severity < Severity.Error && (module.Options?["Labels"] as JObject).Text(ReasonLabel + rule.Id) is { Length: > 0 }) return;
        if (module.Settings!["createOptions"] is not JObject options) deployment.Findings.Add(rule, module.Settings, "createOptions", message);
        else if (options["HostConfig"] is JObject host) deployment.Findings.Add(rule, host, key, message);
        else deployment.Findings.Add(rule, options, "HostConfig", message);
    }
}
