using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Agent;

/// <summary>The environment variables of a module: what edgeAgent gives, what the manifest says, and what having no containers needs.</summary>
public static class ModuleEnvironment
{
    /// <summary>
    /// Without these a process does not run; a container has its own. Nothing else is passed on, lest a variable of the user's shell change a module.
    /// </summary>
    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "LD_LIBRARY_PATH",
    ];

    public static Dictionary<string, string> OfThisMachine()
    {
        var variables = new Dictionary<string, string>();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
        }

        return variables;
    }

    public static IReadOnlyDictionary<string, string> Create(ModuleDeployment module, ModuleIdentity identity, ModulePlace place)
    {
        var variables = OfThisMachine();
        variables["RuntimeLogLevel"] = place.LogLevel;
        foreach (var (name, value) in module.Environment) variables[name] = value;
        variables["IOTEDGE_WORKLOADURI"] = place.WorkloadUri;
        variables["IOTEDGE_IOTHUBHOSTNAME"] = place.IotHubHostName;
        variables["IOTEDGE_GATEWAYHOSTNAME"] = place.GatewayHostName;
        variables["IOTEDGE_DEVICEID"] = identity.DeviceId;
        variables["IOTEDGE_MODULEID"] = identity.ModuleId;
        variables["IOTEDGE_MODULEGENERATIONID"] = identity.GenerationId;
        variables["IOTEDGE_AUTHSCHEME"] = "sasToken";
        variables["IOTEDGE_APIVERSION"] = "2018-06-28";
        variables["EdgeHubMqttPort"] = $"{place.HubPort}";
        variables["EdgeHubHttpsPort"] = $"{place.HttpsPort}";
        if (place.HubMetricsPort is { } page) variables["EdgeHubMetricsPort"] = $"{page}";
        variables["MetricsPort"] = $"{place.MetricsPort}";
        variables["MetricsHost"] = "localhost";
        variables["StateDirectory"] = place.StateDirectory;
        return variables;
    }
}

/// <summary>What a container would have of its own, and modules on one machine must share out.</summary>
/// <param name="HubMetricsPort">Of the metrics page of edgeHub; null when there is none.</param>
public sealed record ModulePlace(
    string WorkloadUri, string IotHubHostName, string GatewayHostName, int HubPort, int HttpsPort, int? HubMetricsPort, int MetricsPort, string StateDirectory, string LogLevel);
