using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing;

/// <summary>The simulated edgeHub in this process, on a free port with TLS, and clients that connect to it as modules do.</summary>
public sealed class LoopbackHub : IAsyncDisposable
{
    public const string Device = "gateway";

    public const string HubHostName = "hub.azure-devices.net";
    public const string GatewayHostName = "localhost";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("loopback-hub-");
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private HubOptions _options;

    /// <param name="routes">Route name → route.</param>
    /// <inheritdoc cref="LoopbackHub(JObject, IReadOnlyDictionary{string, JObject}, TimeSpan?, TimeProvider?, ILoggerFactory?, int)"/>
    public LoopbackHub(
        IReadOnlyDictionary<string, string> routes, IReadOnlyDictionary<string, JObject> desired, TimeSpan? ackTimeout = null, TimeProvider? clock = null,
        ILoggerFactory? loggers = null, int port = 0)
        : this(new JObject(routes.Select(route => new JProperty(route.Key, route.Value))), desired, ackTimeout, clock, loggers, port)
    {
    }

    /// <param name="routes">As in the desired properties of <c>$edgeHub</c>.</param>
    /// <param name="desired">Module → its desired properties.</param>
    /// <param name="clock">The hub's.</param>
    /// <param name="loggers">The hub's.</param>
    /// <param name="port">The hub's for MQTT; 0 for any that is free.</param>
    public LoopbackHub(
        JObject routes, IReadOnlyDictionary<string, JObject> desired, TimeSpan? ackTimeout = null, TimeProvider? clock = null,
        ILoggerFactory? loggers = null, int port = 0)
    {
        (_clock, _loggers) = (clock ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);
        _options = new HubOptions(
            HubHostName, GatewayHostName, Device, port, Path.Combine(_directory.FullName, "hub"), Path.Combine(_directory.FullName, "cloud.jsonl"),
            HubEnvironment.Default with { MessageAckTimeout = ackTimeout ?? HubEnvironment.Default.MessageAckTimeout },
            HubDesired.Create(routes), desired);
        Hub = Create();
    }

    public EdgeHub Hub { get; private set; }

    public async Task StartAsync()
    {
        await Hub.StartAsync(CancellationToken.None);
        // Whatever ports it found, a later start takes the same ones.
        _options = _options with { Port = Hub.Port, HttpsPort = Hub.HttpsPort };
    }

    public Task StopAsync() => Hub.DisposeAsync().AsTask();

    /// <summary>After <see cref="StopAsync"/>: the next process on the same port and state.</summary>
    public Task StartAgainAsync()
    {
        Hub = Create();
        return StartAsync();
    }

    public static ModuleAddress Address(string module) => new(HubHostName, GatewayHostName, Device, module);

    /// <summary>What a client of this module announces.</summary>
    public static string ModelId(string module) => $"dtmi:edgemodules:{module};1";

    public string ConnectionString(string module, string gateway = GatewayHostName) =>
        $"HostName={HubHostName};GatewayHostName={gateway};DeviceId={Device};ModuleId={module};SharedAccessKey={Hub.GetIdentity(module).Key}";

    /// <param name="clock">The client's; the hub's own goes on as always.</param>
    public MqttModuleClient CreateClient(string module, TimeSpan? tokenLife = null, TimeProvider? clock = null)
    {
        var credentials = new ConnectionStringCredentials(ConnectionString(module), Hub.CaCertificateFile);
        return new MqttModuleClient(credentials, _options.Port, Hub.HttpsPort, clock ?? TimeProvider.System, NullLogger<MqttModuleClient>.Instance)
        {
            TokenLife = tokenLife ?? TimeSpan.FromHours(1),
            ModelId = ModelId(module),
        };
    }

    public Task WaitUntilQuietAsync() =>
        Waiting.ForAsync(() => Hub.GetStatus().Endpoints.All(endpoint => endpoint.QueuedMessages == 0), "no queue holds a message");

    /// <returns>What has reached the cloud, in order.</returns>
    public IReadOnlyList<JObject> ReadCloud() => [.. CloudLines().Select(line => (JObject)JsonText.Parse(line))];

    /// <returns>The same as text, read as it is asked for.</returns>
    public IEnumerable<string> CloudLines()
    {
        using var file = new StreamReader(new FileStream(_options.CloudFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } line) yield return line;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private EdgeHub Create() => new(_options, _clock, _loggers);
}
