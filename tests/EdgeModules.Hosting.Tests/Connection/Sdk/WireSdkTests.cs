using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>The contract through everything but Microsoft's own assembly, in every build.</summary>
public sealed class WireSdkTests : ModuleClientContract
{
    // Microsoft's SDK acknowledges by itself what finds no handler, so one that comes while inputs are being stopped is held back until the connection ends.
    protected override bool MayLeaveAMessageToTheNextConnection => true;

    protected override IModuleClient Create(string module, TimeSpan? tokenLife)
    {
        var credentials = new ConnectionStringCredentials(Loopback.ConnectionString(module), Loopback.Hub.CaCertificateFile);
        var port = Loopback.Hub.Port;
        return new SdkModuleClient(
            credentials, SdkTransport.Mqtt, Loopback.Hub.HttpsPort, options => new WireSdkClient(credentials, port, options), TimeProvider.System,
            NullLogger<SdkModuleClient>.Instance)
        {
            TokenLife = tokenLife ?? TimeSpan.FromHours(1),
            ModelId = LoopbackHub.ModelId(module),
        };
    }
}
