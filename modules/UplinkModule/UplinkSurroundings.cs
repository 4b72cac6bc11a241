using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.State;
using Microsoft.Extensions.Configuration;

namespace EdgeModules.Uplink;

/// <summary>What the module reaches beside edgeHub.</summary>
/// <param name="Batches">Folder of the sealed batches that wait.</param>
/// <param name="ProbeHost">That is connected to when the settings name none: the parent gateway of a nested device, else the IoT Hub.</param>
public sealed record UplinkSurroundings(IFileFolder Batches, IUpstreamProbe Probe, string ProbeHost)
{
    public static UplinkSurroundings Of(ModuleEnvironment environment, IConfiguration variables, TimeProvider clock)
    {
        var (credentials, address) = (environment.Credentials, environment.Credentials.Address);
        var page = new UriBuilder(Uri.UriSchemeHttp, address.GatewayHostName, environment.HubMetricsPort, "metrics").Uri;
        var probe = new UpstreamProbe(
            page, new SocketsHttpHandler { UseProxy = false }, () => new DownloadHandler(credentials.GetTrustedRootsAsync), clock);
        return new UplinkSurroundings(
            new FileFolder(Path.Combine(environment.StateDirectory, $"{address.ModuleId}.batches")), probe,
            variables["IOTEDGE_PARENTHOSTNAME"] is { Length: > 0 } parent ? parent : address.HubHostName);
    }
}
