using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>What a deployment manifest asks of one device, as far as edgeAgent and edgeHub act on it.</summary>
/// <param name="Twins">Module name → desired properties; a module without an entry has none.</param>
/// <param name="Warnings">What is legal and yet hardly meant; each one sentence.</param>
public sealed record DeploymentManifest(
    string File,
    IReadOnlyList<ModuleDeployment> Modules,
    HubDeployment Hub,
    IReadOnlyDictionary<string, JObject> Twins,
    IReadOnlyList<string> Warnings);

/// <param name="Desired">The desired properties of <c>$edgeHub</c>; they can be read without a mistake.</param>
public sealed record HubDeployment(JObject Desired, HubConfiguration Configuration, HubEnvironment Environment);

/// <param name="Image">As written, placeholders of modules not resolved: <c>${MODULES.FilterModule}</c>.</param>
/// <param name="StartupOrder">0 first; the default is last.</param>
/// <param name="Environment">Of <c>createOptions.Env</c> and, over it, of <c>env</c>.</param>
public sealed record ModuleDeployment(
    string Name,
    string Image,
    ModuleStatus Status,
    RestartPolicy RestartPolicy,
    uint StartupOrder,
    IReadOnlyDictionary<string, string> Environment);

public enum ModuleStatus
{
    Running,
    Stopped,
}

/// <summary>In edgeAgent's order: each restarts in more cases than the one before.</summary>
public enum RestartPolicy
{
    Never,
    OnFailure,

    /// <summary>As <see cref="OnFailure"/>: the runtime never finds a module unhealthy.</summary>
    OnUnhealthy,
    Always,
}
