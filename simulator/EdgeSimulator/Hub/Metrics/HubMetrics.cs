using System.Globalization;
using System.Text;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Hub.Metrics;

/// <summary>
/// The metrics of edgeHub under its own names and labels, as far as the simulated hub has them to tell. Ids are <c>device/module</c>, and
/// <c>upstream</c> for the cloud.
/// </summary>
internal sealed class HubMetrics
{
    public const string Upstream = "upstream";
    private const string Hub = "edge_hub";
    private const string Telemetry = "ms_telemetry";

    /// <summary>edgeHub marks what Microsoft may collect.</summary>
    private const string Yes = "True";

    private readonly string _deviceId;
    private readonly string _common;
    private readonly TimeProvider _clock;
    private readonly List<MetricFamily> _families = [];
    private readonly CounterFamily _received, _sent, _dropped, _unacknowledged, _retries, _getTwin, _reported, _methods;
    private readonly CounterFamily _offline, _connectFailed, _connected, _disconnected;
    private readonly SummaryFamily _size, _sendDuration, _processDuration, _getTwinDuration, _reportedDuration, _methodDuration, _offlineDuration;
    private long _offlineSince;

    public HubMetrics(HubOptions options, TimeProvider clock)
    {
        (_deviceId, _clock) = (options.DeviceId, clock);
        _common = LabelSet.Write(["iothub", "edge_device", "instance_number"], options.IotHubHostName, options.DeviceId, Guid.NewGuid().ToString());
        string[] route = ["from", "to", "from_route_output", "to_route_input"];
        string[] reason = ["reason", "from", "from_route_output", Telemetry];
        _received = Counter("messages_received", "Number of messages received from client", "id", "route_output", Telemetry);
        _sent = Counter("messages_sent", "Messages sent from edge hub", [.. route, "priority", Telemetry]);
        _dropped = Counter("messages_dropped", "Messages dropped", reason);
        _unacknowledged = Counter("messages_unack", "Messages not acknowledged", reason);
        _retries = Counter("operation_retry", "Operation retries", "id", "operation", Telemetry);
        _getTwin = Counter("gettwin", "Get twin calls", "source", "id", Telemetry);
        _reported = Counter("reported_properties", "Reported properties update calls", "target", "id", Telemetry);
        _methods = Counter("direct_methods", "Direct methods routed through EdgeHub", "from", "to", Telemetry);
        _offline = Counter("offline_count", "EdgeHub offline count", "id", Telemetry);
        _connectFailed = Counter("client_connect_failed", "Total number of times each client failed to connect to edgeHub", "id", "reason", Telemetry);
        _connected = Counter("client_connect_success", "Total number of times each client successfully connected to edgeHub", "id");
        _disconnected = Counter("client_disconnect", "Total number of times each client disconnected from edgeHub", "id");
        _size = Summary("message_size_bytes", "Size of messages received by EdgeHub", "id");
        _sendDuration = Summary("message_send_duration_seconds", "Time taken to send a message", route);
        _processDuration = Summary("message_process_duration_seconds", "Time taken to process message in EdgeHub", "from", "to", "priority", Telemetry);
        _getTwinDuration = Summary("gettwin_duration_seconds", "Time taken to get twin", "source", "id");
        _reportedDuration = Summary("reported_properties_update_duration_seconds", "Time taken to update reported properties", "target", "id");
        _methodDuration = Summary("direct_method_duration_seconds", "Time taken to call direct method", "from", "to");
        _offlineDuration = Summary("offline_duration_seconds", "EdgeHub offline time", "id", Telemetry);
    }

    /// <summary>Adds what is only looked up when the page is asked for.</summary>
    public void Watch(MessageStore messages, ConnectionTable connections)
    {
        _families.Add(new GaugeFamily(
            "edgehub_queue_length", "Number of messages pending to be processed for the endpoint",
            () => messages.GetQueues().Select(queue => (new[] { queue.Endpoint, Text(queue.Priority), Yes }, (double)queue.Messages)),
            "endpoint", "priority", Telemetry));
        _families.Add(new GaugeFamily(
            "edgehub_connected_clients", "Current number of clients connected to edgeHub", () => [([], connections.All.Count)]));
        connections.Changed += (module, connected) => (connected ? _connected : _disconnected).Add(1, IdOf(module));
    }

    /// <param name="bytes">As edgeHub counts them.</param>
    public void MessageReceived(HubMessage message, long bytes)
    {
        _size.Observe(bytes, IdOf(message.Module));
        _received.Add(1, IdOf(message.Module), message.Output ?? "", Yes);
    }

    public void MessageUnrouted(HubMessage message) => _dropped.Add(1, "no_route", IdOf(message.Module), message.Output ?? "", Yes);

    public void MessagesExpired(ExpiredMessages expired)
    {
        foreach (var ((module, output), messages) in expired.BySender) _dropped.Add(messages, "ttl_expiry", IdOf(module), output ?? "", Yes);
    }

    public void MessageNotStored(HubMessage message) => _unacknowledged.Add(1, "storage_failure", IdOf(message.Module), message.Output ?? "", Yes);

    /// <param name="module">Null for the cloud.</param>
    public void MessageSent(HubMessage message, string? module, string? input, int priority)
    {
        var (from, to) = (IdOf(message.Module), module is null ? Upstream : IdOf(module));
        _sent.Add(1, from, to, message.Output ?? "", input ?? "", Text(priority), Yes);
        _processDuration.Observe((_clock.GetUtcNow() - message.EnqueuedTime).TotalSeconds, from, to, Text(priority), Yes);
    }

    /// <param name="since">A timestamp of the clock.</param>
    public void MessageTaken(HubMessage message, string? module, string? input, long since) => _sendDuration.Observe(
        SecondsSince(since), IdOf(message.Module), module is null ? Upstream : IdOf(module), message.Output ?? "", input ?? "");

    /// <summary>The blank at the start of an operation is edgeHub's own.</summary>
    public void SendingRetried(StoredEndpoint endpoint) =>
        _retries.Add(1, endpoint.Endpoint.Id, endpoint.Endpoint.Module is null ? " SendMessageToCloud" : " SendMessageToModule", Yes);

    public void TwinRead(string module, long since)
    {
        _getTwin.Add(1, Hub, IdOf(module), Yes);
        _getTwinDuration.Observe(SecondsSince(since), Hub, IdOf(module));
    }

    public void TwinReported(string module, long since)
    {
        _reported.Add(1, Hub, IdOf(module), Yes);
        _reportedDuration.Observe(SecondsSince(since), Hub, IdOf(module));
    }

    /// <summary>As edgeHub, which counts the calls of modules only.</summary>
    /// <param name="from"><c>device/module</c>, or <see cref="Upstream"/>.</param>
    public void MethodRouted(string from, string module)
    {
        if (from != Upstream) _methods.Add(1, from, IdOf(module), Yes);
    }

    /// <param name="from"><c>device/module</c>, or <see cref="Upstream"/>.</param>
    public void MethodCalled(string from, string module, long since) => _methodDuration.Observe(SecondsSince(since), from, IdOf(module));

    public void ConnectFailed(string id) => _connectFailed.Add(1, id, "not_authenticated", Yes);

    public void UpstreamChanged(bool online)
    {
        var id = IdOf(Configuration.HubTwin.Name);
        if (online)
        {
            _offlineDuration.Observe(SecondsSince(Interlocked.Read(ref _offlineSince)), id, Yes);
            return;
        }

        Interlocked.Exchange(ref _offlineSince, _clock.GetTimestamp());
        _offline.Add(1, id, Yes);
    }

    public string WritePage()
    {
        var page = new StringBuilder();
        foreach (var family in _families) family.Write(page, _common);
        return page.ToString();
    }

    private static string Text(int priority) => priority.ToString(CultureInfo.InvariantCulture);

    private string IdOf(string module) => $"{_deviceId}/{module}";

    private double SecondsSince(long timestamp) => _clock.GetElapsedTime(timestamp).TotalSeconds;

    private CounterFamily Counter(string name, string help, params string[] labels)
    {
        var family = new CounterFamily($"edgehub_{name}_total", help, labels);
        _families.Add(family);
        return family;
    }

    private SummaryFamily Summary(string name, string help, params string[] labels)
    {
        var family = new SummaryFamily($"edgehub_{name}", help, _clock, labels);
        _families.Add(family);
        return family;
    }
}
