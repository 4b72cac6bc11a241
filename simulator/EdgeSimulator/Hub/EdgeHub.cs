using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Https;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.Hub.Storage;
using EdgeSimulator.Hub.Twins;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub;

/// <summary>Puts the parts of the hub together, starts them and ends them.</summary>
public sealed partial class EdgeHub(HubOptions options, TimeProvider clock, ILoggerFactory loggers) : IEdgeHub
{
    private readonly ILogger _logger = loggers.CreateLogger<EdgeHub>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConnectionTable _connections = new();
    private readonly List<Task> _pumps = [];
    private Database? _database;
    private HubCertificates? _certificates;
    private WorkloadApi? _workload;
    private CloudFile? _cloud;
    private Broker? _broker;
    private HttpsHead? _https;
    private Parts? _parts;

    public event Action<string, JObject>? Reported;

    public string CaCertificateFile { get; } = Path.Combine(Path.GetFullPath(options.StateDirectory), "ca.pem");

    public string WorkloadUri => (_workload ?? throw NotStarted()).Uri;

    /// <summary>The port listened on; chosen by the system when the options say 0.</summary>
    public int Port => (_broker ?? throw NotStarted()).Port;

    /// <summary>The port of the methods API; chosen by the system when the options say 0.</summary>
    public int HttpsPort => (_https ?? throw NotStarted()).Port;

    public bool UpstreamOnline
    {
        get => Started.Upstream.Online;
        set => Started.Upstream.Online = value;
    }

    private Parts Started => _parts ?? throw NotStarted();

    public async Task StartAsync(CancellationToken cancellation)
    {
        var routes = RouteTable.Compile(options.DeviceId, options.Routes);
        _database = Database.Open(Path.Combine(options.StateDirectory, "hub"));
        _cloud = new CloudFile(options.CloudFile, options.DeviceId);
        _certificates = HubCertificates.Create(options.GatewayHostName, clock.GetUtcNow());
        await File.WriteAllTextAsync(CaCertificateFile, _certificates.AuthorityPem, cancellation).ConfigureAwait(false);

        var identities = new IdentityStore(_database, options.DeviceId, options.Desired.Keys);
        var messages = new MessageStore(_database);
        foreach (var endpoint in routes.Endpoints) messages.Open(endpoint);
        var twins = new TwinService(_database, _connections, options.Desired, loggers);
        twins.Reported += (module, patch) => Reported?.Invoke(module, patch);
        var methods = new DirectMethods(_connections, clock);
        var upstream = new UpstreamPump(messages.Open(RouteEndpoint.Upstream), messages, _cloud, clock, loggers);
        _workload = new WorkloadApi(_certificates.AuthorityPem, identities, options.StateDirectory);
        await _workload.StartAsync(cancellation).ConfigureAwait(false);
        var dispatcher = new PublishDispatcher(options.DeviceId, routes, messages, twins, methods, clock, loggers);
        var authenticator = new Authenticator(options, identities);
        _broker = new Broker(options, _certificates.Server, authenticator, _connections, dispatcher, _database, clock, loggers);
        await _broker.StartAsync().ConfigureAwait(false);
        var methodsApi = new MethodsApi(options, authenticator, methods, clock, loggers);
        _https = await HttpsHead.StartAsync(options.HttpsPort, _certificates.Server, methodsApi, cancellation).ConfigureAwait(false);
        _parts = new Parts(identities, messages, twins, methods, upstream);

        _pumps.Add(RunAsync(upstream.RunAsync));
        foreach (var endpoint in messages.Endpoints.Where(open => open.Endpoint.Module is not null))
            _pumps.Add(RunAsync(new ModulePump(endpoint, messages, _connections, options, clock, loggers).RunAsync));
    }

    public ModuleIdentity GetIdentity(string module) =>
        Started.Identities.Find(module) ?? throw new SimulatorException($"There is no module '{module}'.");

    public HubStatus GetStatus()
    {
        var (outputs, endpoints, cloud) = Started.Messages.GetStatus();
        return new HubStatus(
            outputs,
            endpoints,
            [.. _connections.All.Select(connection => connection.Module).Order(StringComparer.Ordinal)],
            new UpstreamStatus(
                UpstreamOnline, cloud.Messages, cloud.Readings, cloud.Bytes, cloud.MeteredUnits, cloud.DuplicateMessages, cloud.DuplicateReadings));
    }

    public JObject GetTwin(string module) => Started.Twins.Get(module);

    public long PatchDesired(string module, JObject patch) => Started.Twins.PatchDesired(module, patch);

    public Task<MethodResult> InvokeMethodAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation) =>
        Started.Methods.InvokeAsync(module, method, payload, timeout, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_https is not null) await _https.DisposeAsync().ConfigureAwait(false);
        if (_broker is not null) await _broker.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_pumps).ConfigureAwait(false);
        if (_workload is not null) await _workload.DisposeAsync().ConfigureAwait(false);
        // Last: until here a publish in progress can still be stored.
        _database?.Dispose();
        _cloud?.Dispose();
        _certificates?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Ends without an error when the hub stops; a pump that ends in any other way is a fault of the hub itself, and is said.</summary>
    private async Task RunAsync(Func<CancellationToken, Task> pump)
    {
        try
        {
            await Task.Run(() => pump(_stopping.Token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
        }
        catch (Exception error)
        {
            LogPumpFailed(error);
        }
    }

    private static InvalidOperationException NotStarted() => new("The hub is not started.");

    [LoggerMessage(Level = LogLevel.Critical, Message = "Delivery to an endpoint has ended.")]
    private partial void LogPumpFailed(Exception error);

    private sealed record Parts(IdentityStore Identities, MessageStore Messages, TwinService Twins, DirectMethods Methods, UpstreamPump Upstream);
}
