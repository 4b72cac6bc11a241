using EdgeSimulator.Hub;

namespace EdgeSimulator.Running;

/// <summary>How a module that the simulator does not start connects to its hub: environment variables, in the syntax of a shell.</summary>
public static class ConnectionText
{
    public static IEnumerable<string> Lines(IEdgeHub hub, string module, string iotHubHostName, string gatewayHostName, int hubPort, int httpsPort)
    {
        var identity = hub.GetIdentity(module);
        yield return $"export EdgeHubConnectionString='HostName={iotHubHostName};DeviceId={identity.DeviceId};ModuleId={identity.ModuleId};"
            + $"SharedAccessKey={identity.Key};GatewayHostName={gatewayHostName}'";
        yield return $"export EdgeModuleCACertificateFile='{hub.CaCertificateFile}'";
        yield return $"export EdgeHubMqttPort={hubPort}";
        yield return $"export EdgeHubHttpsPort={httpsPort}";
    }
}
