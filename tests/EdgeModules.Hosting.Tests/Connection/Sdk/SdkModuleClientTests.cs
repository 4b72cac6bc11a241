using System.Net;
using System.Net.Sockets;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Testing;
using Microsoft.Azure.Devices.Client;
using Microsoft.Azure.Devices.Client.Transport.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>The contract through Microsoft's SDK itself; in builds with <c>AzureDeviceSdk=true</c>.</summary>
[CollectionDefinition(nameof(SdkModuleClientTests), DisableParallelization = true)]
[Collection(nameof(SdkModuleClientTests))]
public sealed class SdkModuleClientTests() : ModuleClientContract(Port)
{
    /// <summary>The only one that the SDK connects to.</summary>
    private const int Port = 8883;

    public override Task InitializeAsync()
    {
        Skip.IfNot(IsFree(), $"Microsoft's SDK connects to port {Port} only, and on this machine another process has it.");
        return base.InitializeAsync();
    }

    // Microsoft's SDK acknowledges by itself what finds no handler, so one that comes while inputs are being stopped is held back until the connection ends.
    protected override bool MayLeaveAMessageToTheNextConnection => true;

    protected override IModuleClient Create(string module, TimeSpan? tokenLife)
    {
        var text = Loopback.ConnectionString(module);
        var credentials = new ConnectionStringCredentials(text, Loopback.Hub.CaCertificateFile);
        return new SdkModuleClient(
            credentials, SdkTransport.Mqtt, Loopback.Hub.HttpsPort, options => new SdkClient(options, CreateAsync), TimeProvider.System,
            NullLogger<SdkModuleClient>.Instance)
        {
            TokenLife = tokenLife ?? TimeSpan.FromHours(1),
            ModelId = LoopbackHub.ModelId(module),
        };

        // Not from the environment, of which a process has one only; and without a root certificate in the user's store.
        async Task<ModuleClient> CreateAsync(ITransportSettings[] transports, ClientOptions options)
        {
            var roots = await credentials.GetTrustedRootsAsync(CancellationToken.None);
            foreach (var transport in transports.OfType<MqttTransportSettings>())
            {
                transport.RemoteCertificateValidationCallback =
                    (_, certificate, chain, errors) => GatewayCertificate.IsTrusted(certificate, chain, errors, roots);
            }

            return ModuleClient.CreateFromConnectionString(text, transports, options);
        }
    }

    private static bool IsFree()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
