using System.Globalization;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Storage;
using Prometheus;

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

    /// <summary>Those of edgeHub, over the last ten minutes; each with how far off its rank may be.</summary>
    private static readonly QuantileEpsilonPair[] Quantiles = [new(0.1, 0.01), new(0.5, 0.01), new(0.9, 0.01), new(0.99, 0.001)];

    private readonly string _deviceId;
    private readonly TimeProvider _clock;
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly Counter _received, _sent, _dropped, _unacknowledged, _retries, _getTwin, _reported, _methods;
    private readonly Counter _offline, _connectFailed, _connected, _disconnected;
    private readonly Summary _size, _sendDuration, _processDuration, _getTwinDuration, _reportedDuration, _methodDuration, _offlineDuration;
    private long _offlineSince;

    public HubMetrics(HubOptions options, TimeProvider clock)
    {
        (_deviceId, _clock, _offlineSince) = (options.DeviceId, clock, clock.GetTimestamp());
        _factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _registry.SetStaticLabels(new Dictionary<string, string>
        {
            ["iothub"] = options.IotHubHostName,
            ["edge_device"] = options.DeviceId,
            ["instance_number"] = Guid.NewGuid().ToString(),
        });
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
        var queued = _factory.CreateGauge(
            "edgehub_queue_length", "Number of messages pending to be processed for the endpoint", "endpoint", "priority", Telemetry);
        var connected = _factory.CreateGauge("edgehub_connected_clients", "Current number of clients connected to edgeHub");
        _registry.AddBeforeCollectCallback(() =>
        {
            foreach (var queue in messages.GetQueues()) queued.WithLabels(queue.Endpoint, Text(queue.Priority), Yes).Set(queue.Messages);
            connected.Set(connections.All.Count);
        });
        connections.Changed += (module, isConnected) => (isConnected ? _connected : _disconnected).WithLabels(IdOf(module)).Inc();
    }

    /// <param name="bytes">As edgeHub counts them.</param>
    public void MessageReceived(HubMessage message, long bytes)
    {
        _size.WithLabels(IdOf(message.Module)).Observe(bytes);
        _received.WithLabels(IdOf(message.Module), message.Output ?? "", Yes).Inc();
    }

    public void MessageUnrouted(HubMessage message) => _dropped.WithLabels("no_route", IdOf(message.Module), message.Output ?? "", Yes).Inc();

    public void MessagesExpired(ExpiredMessages expired)
    {
        foreach (var ((module, output), messages) in expired.BySender) _dropped.WithLabels("ttl_expiry", IdOf(module), output ?? "", Yes).Inc(messages);
    }

    public void MessageNotStored(HubMessage message) => _unacknowledged.WithLabels("storage_failure", IdOf(message.Module), message.Output ?? "", Yes).Inc();

    /// <param name="module">Null for the cloud.</param>
    public void MessageSent(HubMessage message, string? module, string? input, int priority)
    {
        var (from, to) = (IdOf(message.Module), module is null ? Upstream : IdOf(module));
        _sent.WithLabels(from, to, message.Output ?? "", input ?? "", Text(priority), Yes).Inc();
        _processDuration.WithLabels(from, to, Text(priority), Yes).Observe((_clock.GetUtcNow() - message.EnqueuedTime).TotalSeconds);
    }

    /// <param name="since">A timestamp of the clock.</param>
    public void MessageTaken(HubMessage message, string module, string? input, long since) =>
        _sendDuration.WithLabels(IdOf(message.Module), IdOf(module), message.Output ?? "", input ?? "").Observe(SecondsSince(since));

    /// <summary>As edgeHub, which times a call to the cloud once for all messages in it, also when it fails.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="since">A timestamp of the clock.</param>
    public void CloudCalled(HubMessage first, long since) =>
        _sendDuration.WithLabels(IdOf(first.Module), Upstream, first.Output ?? "", "").Observe(SecondsSince(since));

    /// <summary>The blank at the start of an operation is edgeHub's own.</summary>
    public void SendingRetried(StoredEndpoint endpoint) =>
        _retries.WithLabels(endpoint.Endpoint.Id, endpoint.Endpoint.Module is null ? " SendMessageToCloud" : " SendMessageToModule", Yes).Inc();

    public void TwinRead(string module, long since)
    {
        _getTwin.WithLabels(Hub, IdOf(module), Yes).Inc();
        _getTwinDuration.WithLabels(Hub, IdOf(module)).Observe(SecondsSince(since));
    }

    public void TwinReported(string module, long since)
    {
        _reported.WithLabels(Hub, IdOf(module), Yes).Inc();
        _reportedDuration.WithLabels(Hub, IdOf(module)).Observe(SecondsSince(since));
    }

    /// <summary>As edgeHub, which counts the calls of modules only.</summary>
    /// <param name="from"><c>device/module</c>, or <see cref="Upstream"/>.</param>
    public void MethodRouted(string from, string module)
    {
        if (from != Upstream) _methods.WithLabels(from, IdOf(module), Yes).Inc();
    }

    /// <param name="from"><c>device/module</c>, or <see cref="Upstream"/>.</param>
    public void MethodCalled(string from, string module, long since) => _methodDuration.WithLabels(from, IdOf(module)).Observe(SecondsSince(since));

    public void ConnectFailed(string id) => _connectFailed.WithLabels(id, "not_authenticated", Yes).Inc();

    /// <summary>As edgeHub, whose first connection ends an absence too: that since its start, which was not counted.</summary>
    public void UpstreamChanged(bool online)
    {
        var id = IdOf(Configuration.HubTwin.Name);
        if (online)
        {
            _offlineDuration.WithLabels(id, Yes).Observe(SecondsSince(Interlocked.Read(ref _offlineSince)));
            return;
        }

        Interlocked.Exchange(ref _offlineSince, _clock.GetTimestamp());
        _offline.WithLabels(id, Yes).Inc();
    }

    public async Task<byte[]> WritePageAsync(CancellationToken cancellation)
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page, cancellation).ConfigureAwait(false);
        return page.ToArray();
    }

    private static string Text(int priority) => priority.ToString(CultureInfo.InvariantCulture);

    private string IdOf(string module) => $"{_deviceId}/{module}";

    private double SecondsSince(long timestamp) => _clock.GetElapsedTime(timestamp).TotalSeconds;

    private Counter Counter(string name, string help, params string[] labels) => _factory.CreateCounter($"edgehub_{name}_total", help, labels);

    private Summary Summary(string name, string help, params string[] labels) =>
        _factory.CreateSummary($"edgehub_{name}", help, labels, new SummaryConfiguration { Objectives = Quantiles });
}
