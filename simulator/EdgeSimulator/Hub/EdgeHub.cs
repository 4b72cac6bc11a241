using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Https;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.Hub.Storage;
using EdgeSimulator.Hub.Twins;
using EdgeSimulator.Manifests;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub;

/// <summary>Puts the parts of the hub together, starts them and ends them.</summary>
public sealed class EdgeHub(HubOptions options, TimeProvider clock, ILoggerFactory loggers) : IEdgeHub
{
    private readonly ConnectionTable _connections = new();
    private int _ended;
    private Database? _database;
    private HubCertificates? _certificates;
    private WorkloadApi? _workload;
    private CloudFile? _cloud;
    private Broker? _broker;
    private HttpsHead? _https;
    private Pumps? _pumps;
    private MetricsPage? _page;
    private Parts? _parts;

    public event Action<string, JObject>? Reported;

    public event Action<HubMessage>? Published;

    public event Action<HubDelivery>? Delivering;

    public string CaCertificateFile { get; } = Path.Combine(Path.GetFullPath(options.StateDirectory), "ca.pem");

    public string WorkloadUri => (_workload ?? throw NotStarted()).Uri;

    /// <summary>The port listened on; chosen by the system when the options say 0.</summary>
    public int Port => (_broker ?? throw NotStarted()).Port;

    /// <summary>The port of the methods API; chosen by the system when the options say 0.</summary>
    public int HttpsPort => (_https ?? throw NotStarted()).Port;

    public int? MetricsPort => _page?.Port;

    public bool UpstreamOnline
    {
        get => Started.Upstream.Online;
        set => Started.Upstream.Online = value;
    }

    public UpstreamQuality UpstreamQuality
    {
        get => Started.Upstream.Quality;
        set => Started.Upstream.Quality = value;
    }

    private Parts Started => _parts ?? throw NotStarted();

    public async Task StartAsync(CancellationToken cancellation)
    {
        // Before anything is touched: a hub whose deployment is bad does not start.
        var deployed = HubConfigurationReader.Read(new ManifestNode("The deployment of " + HubTwin.Name, options.HubDesired), options.DeviceId);
        _database = Database.Open(Path.Combine(options.StateDirectory, "hub"));
        _cloud = new CloudFile(options.CloudFile, options.DeviceId);
        _certificates = HubCertificates.LoadOrCreate(Path.Combine(options.StateDirectory, HubCertificates.FileName), options.GatewayHostName, clock.GetUtcNow());
        await File.WriteAllTextAsync(CaCertificateFile, _certificates.AuthorityPem, cancellation).ConfigureAwait(false);

        var identities = new IdentityStore(_database, options.DeviceId, options.Desired.Keys);
        var messages = new MessageStore(_database);
        var desired = new Dictionary<string, JObject>(options.Desired) { [HubTwin.Name] = options.HubDesired };
        var metrics = new HubMetrics(options, clock);
        metrics.Watch(messages, _connections);
        var twins = new TwinService(_database, _connections, desired, metrics, clock, loggers);
        twins.Reported += (module, patch) => Reported?.Invoke(module, patch);
        _connections.Changed += (module, connected) => twins.Report(HubTwin.Name, connected
            ? HubReport.Connected($"{options.DeviceId}/{module}", clock.GetUtcNow())
            : HubReport.Disconnected($"{options.DeviceId}/{module}", clock.GetUtcNow()));
        var methods = new DirectMethods(_connections, metrics, clock);
        var expiry = new ExpiryLog(metrics, loggers);
        var link = new CloudLink(options.Upstream, metrics, loggers);
        var upstream = new UpstreamPump(messages.Open(RouteEndpoint.Upstream), messages, _cloud, link, expiry, metrics, clock, loggers);
        _pumps = new Pumps(messages, _connections, options, upstream, expiry, metrics, clock, loggers);
        _pumps.Delivering += delivery => Delivering?.Invoke(delivery);
        var configuration = new ConfigurationService(options, deployed, _database, twins, _pumps, loggers);
        _workload = new WorkloadApi(_certificates.AuthorityPem, identities, options.StateDirectory);
        await _workload.StartAsync(cancellation).ConfigureAwait(false);
        var dispatcher = new PublishDispatcher(options.DeviceId, configuration, messages, twins, methods, metrics, clock, loggers);
        dispatcher.Published += message => Published?.Invoke(message);
        var authenticator = new Authenticator(options, identities);
        _broker = new Broker(options, _certificates.Server, authenticator, _connections, dispatcher, _database, metrics, clock, loggers);
        await _broker.StartAsync().ConfigureAwait(false);
        var methodsApi = new MethodsApi(options, authenticator, methods, clock, loggers);
        _https = await HttpsHead.StartAsync(options.HttpsPort, _certificates.Server, methodsApi, cancellation).ConfigureAwait(false);
        if (options.MetricsPort is { } port) _page = await MetricsPage.StartAsync(metrics, port, loggers, cancellation).ConfigureAwait(false);
        _parts = new Parts(identities, messages, configuration, twins, methods, link);
        _pumps.Start();
    }

    public ModuleIdentity GetIdentity(string module) =>
        Started.Identities.Find(module) ?? throw new SimulatorException($"There is no module '{module}'.");

    public HubStatus GetStatus()
    {
        var (outputs, endpoints, cloud) = Started.Messages.GetStatus();
        var (streams, batched, batches) = Started.Messages.GetStreams();
        return new HubStatus(
            outputs,
            endpoints,
            [.. _connections.All.Select(connection => connection.Module).Order(StringComparer.Ordinal)],
            new UpstreamStatus(
                UpstreamOnline, cloud.Messages, cloud.Readings, cloud.Bytes, cloud.MeteredUnits, cloud.DuplicateMessages, cloud.DuplicateReadings))
        {
            Quality = UpstreamQuality,
            Streams = streams,
            BatchedStreams = batched,
            Batches = batches,
        };
    }

    public JObject GetTwin(string module) => Started.Twins.Get(module);

    public string? ConfigurationRefusal => Started.Configuration.Refusal;

    public long PatchDesired(string module, JObject patch) => Started.Twins.PatchDesired(module, patch);

    public Task<MethodResult> InvokeMethodAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation) =>
        Started.Methods.InvokeAsync(module, method, payload, timeout, cancellation);

    public string Send(string module, string input, InjectedMessage message) =>
        new MessageInjector(options.DeviceId, Started.Messages, Started.Configuration, clock).Inject(module, input, message);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        if (_https is not null) await _https.DisposeAsync().ConfigureAwait(false);
        if (_page is not null) await _page.DisposeAsync().ConfigureAwait(false);
        if (_broker is not null) await _broker.DisposeAsync().ConfigureAwait(false);
        if (_pumps is not null) await _pumps.DisposeAsync().ConfigureAwait(false);
        if (_workload is not null) await _workload.DisposeAsync().ConfigureAwait(false);
        // Last: until here a publish in progress can still be stored.
        _database?.Dispose();
        _cloud?.Dispose();
        _certificates?.Dispose();
    }

    private static InvalidOperationException NotStarted() => new("The hub is not started.");

    private sealed record Parts(
        IdentityStore Identities, MessageStore Messages, ConfigurationService Configuration, TwinService Twins, DirectMethods Methods, CloudLink Upstream);
}
