using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>The hub, with routes from <c>Sender</c> to <c>Receiver</c>, and peers that go with it.</summary>
internal sealed class NodeRig : IAsyncDisposable
{
    public const string Sender = "Sender";
    public const string Receiver = "Receiver";
    private const string ToReceiver = "INTO BrokeredEndpoint(\"/modules/Receiver/inputs/in1\")";
    private readonly List<NodePeer> _peers = [];

    private NodeRig(LoopbackHub loopback, RecordingLogger log) => (Loopback, Log) = (loopback, log);

    public LoopbackHub Loopback { get; }

    public EdgeHub Hub => Loopback.Hub;

    public RecordingLogger Log { get; }

    /// <summary>Skips the test where there is no Node SDK.</summary>
    public static async Task<NodeRig> StartAsync(TimeProvider? clock = null, TimeSpan? ackTimeout = null, params (string Name, string Route)[] moreRoutes)
    {
        NodeSdk.Require();
        var log = new RecordingLogger();
        var routes = new Dictionary<string, string>
        {
            ["out1"] = $"FROM /messages/modules/{Sender}/outputs/out1 {ToReceiver}",
            ["cloud"] = $"FROM /messages/modules/{Sender}/* INTO $upstream",
        };
        foreach (var (name, route) in moreRoutes) routes.Add(name, route);
        var desired = new Dictionary<string, JObject>
        {
            [Sender] = [],
            [Receiver] = new() { ["interval"] = 5, ["zones"] = new JObject { ["a"] = 1, ["b"] = new JObject { ["deep"] = true } } },
        };
        var loopback = new LoopbackHub(routes, desired, ackTimeout, clock, log);
        await loopback.StartAsync();
        return new NodeRig(loopback, log);
    }

    /// <summary>A peer that is not connected yet.</summary>
    /// <param name="authorityFile">Null: the hub's.</param>
    public NodePeer Create(string module, string? authorityFile = null) => Add(NodePeer.Start(new Dictionary<string, string>
    {
        ["EdgeHubConnectionString"] = Loopback.ConnectionString(module, Gateway),
        ["EdgeModuleCACertificateFile"] = authorityFile ?? Hub.CaCertificateFile,
    }));

    /// <summary>A peer that is not connected yet and will use the workload API.</summary>
    public NodePeer CreateOnWorkloadApi(string module, string? generation = null) => Add(NodePeer.Start(new Dictionary<string, string>
    {
        ["IOTEDGE_WORKLOADURI"] = Hub.WorkloadUri,
        ["IOTEDGE_DEVICEID"] = LoopbackHub.Device,
        ["IOTEDGE_MODULEID"] = module,
        ["IOTEDGE_MODULEGENERATIONID"] = generation ?? Hub.GetIdentity(module).GenerationId,
        ["IOTEDGE_IOTHUBHOSTNAME"] = LoopbackHub.HubHostName,
        ["IOTEDGE_GATEWAYHOSTNAME"] = Gateway,
        ["IOTEDGE_AUTHSCHEME"] = "sasToken",
    }));

    public async Task<NodePeer> OpenAsync(string module)
    {
        var peer = Create(module);
        await peer.AskAsync("open");
        return peer;
    }

    public Task<MethodResult> CallAsync(string method, JToken? payload = null) =>
        Hub.InvokeMethodAsync(Receiver, method, payload, Waiting.Deadline, CancellationToken.None);

    public EndpointStatus Input(string input = "in1") => Hub.GetStatus().Endpoints.Single(endpoint => endpoint.Module == Receiver && endpoint.Input == input);

    public int Count(string logged) => Log.Lines.Count(line => line.Text.Contains(logged, StringComparison.Ordinal));

    /// <summary>Each connection of a module is one line of the hub's log.</summary>
    public int Connections(string module) => Log.Lines.Count(line => line.Text == $"{module} connected.");

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
        await Loopback.DisposeAsync();
    }

    /// <summary>The SDK knows no setting for the port, but builds its address by putting <c>mqtts://</c> before the gateway's name.</summary>
    private string Gateway => $"{LoopbackHub.GatewayHostName}:{Hub.Port}";

    private NodePeer Add(NodePeer peer)
    {
        _peers.Add(peer);
        return peer;
    }
}
