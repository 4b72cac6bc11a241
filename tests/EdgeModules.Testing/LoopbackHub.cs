using EdgeModules.Hosting.Connection;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing;

/// <summary>The simulated edgeHub in this process, on a free port with TLS, and clients that connect to it as modules do.</summary>
public sealed class LoopbackHub : IAsyncDisposable
{
    public const string Device = "gateway";

    private const string HubHostName = "hub.azure-devices.net";
    private const string GatewayHostName = "localhost";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("loopback-hub-");
    private HubOptions _options;

    /// <param name="routes">Route name → route.</param>
    /// <param name="desired">Module → its desired properties.</param>
    public LoopbackHub(IReadOnlyDictionary<string, string> routes, IReadOnlyDictionary<string, JObject> desired, TimeSpan? ackTimeout = null)
    {
        _options = new HubOptions(
            HubHostName, GatewayHostName, Device, Port: 0, Path.Combine(_directory.FullName, "hub"), Path.Combine(_directory.FullName, "cloud.jsonl"),
            ackTimeout ?? TimeSpan.FromSeconds(30),
            [.. routes.Select(route => new RouteDefinition(route.Key, route.Value))], desired);
        Hub = Create();
    }

    public EdgeHub Hub { get; private set; }

    public async Task StartAsync()
    {
        await Hub.StartAsync(CancellationToken.None);
        // Whatever port it found, a later start takes the same one.
        _options = _options with { Port = Hub.Port };
    }

    public Task StopAsync() => Hub.DisposeAsync().AsTask();

    /// <summary>After <see cref="StopAsync"/>: the next process on the same port and state.</summary>
    public Task StartAgainAsync()
    {
        Hub = Create();
        return StartAsync();
    }

    public static ModuleAddress Address(string module) => new(HubHostName, GatewayHostName, Device, module);

    public MqttModuleClient CreateClient(string module, TimeSpan? tokenLife = null)
    {
        var credentials = new ConnectionStringCredentials(
            $"HostName={HubHostName};GatewayHostName={GatewayHostName};DeviceId={Device};ModuleId={module};SharedAccessKey={Hub.GetIdentity(module).Key}",
            Hub.CaCertificateFile);
        return new MqttModuleClient(credentials, _options.Port, httpsPort: 443, TimeProvider.System, NullLogger<MqttModuleClient>.Instance)
        {
            TokenLife = tokenLife ?? TimeSpan.FromHours(1),
        };
    }

    public Task WaitUntilQuietAsync() =>
        Waiting.ForAsync(() => Hub.GetStatus().Endpoints.All(endpoint => endpoint.QueuedMessages == 0), "no queue holds a message");

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private EdgeHub Create() => new(_options, TimeProvider.System, NullLoggerFactory.Instance);
}
