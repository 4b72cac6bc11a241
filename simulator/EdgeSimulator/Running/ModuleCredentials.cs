using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Running;

/// <summary>How a module that the simulator does not start connects to its hub: the environment for a debugger.</summary>
public sealed class ModuleCredentials(
    IEdgeHub hub, DeploymentManifest manifest, string stateDirectory, string iotHubHostName, string gatewayHostName, int hubPort, int httpsPort)
{
    /// <summary>
    /// Its variables in the manifest too; the state is where the module has it when the simulator runs it, so that its books go on.
    /// The metrics page is off: its usual port may be in use.
    /// </summary>
    /// <exception cref="SimulatorException">No such module.</exception>
    public IReadOnlyDictionary<string, string> Of(string module)
    {
        var identity = hub.GetIdentity(module);
        var state = Path.Combine(stateDirectory, "modules", module);
        Directory.CreateDirectory(state);
        var variables = new Dictionary<string, string>
        {
            ["EdgeHubConnectionString"] = $"HostName={iotHubHostName};DeviceId={identity.DeviceId};ModuleId={identity.ModuleId};"
                + $"SharedAccessKey={identity.Key};GatewayHostName={gatewayHostName}",
            ["EdgeModuleCACertificateFile"] = hub.CaCertificateFile,
            ["EdgeHubMqttPort"] = $"{hubPort}",
            ["EdgeHubHttpsPort"] = $"{httpsPort}",
            ["StateDirectory"] = state,
            ["MetricsPort"] = "0",
        };
        if (hub.MetricsPort is { } page) variables["EdgeHubMetricsPort"] = $"{page}";
        foreach (var (name, value) in manifest.Modules.First(deployed => deployed.Name == module).Environment) variables.TryAdd(name, value);
        return variables;
    }
}
