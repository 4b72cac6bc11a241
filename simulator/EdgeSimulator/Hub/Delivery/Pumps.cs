using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>One pump for each endpoint that a route names, or named once; and the cleaner of their queues. Thread-safe.</summary>
internal sealed partial class Pumps(
    MessageStore messages, ConnectionTable connections, HubOptions options, UpstreamPump upstream, ExpiryLog expiry,
    HubMetrics metrics, TimeProvider clock, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<Pumps>();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<StoredEndpoint> _served = [];
    private readonly List<Task> _running = [];
    private HashSet<string>? _named;
    private bool _started;
    private bool _ended;

    /// <summary>Raised just before a message is handed to a module. Handlers must be quick and must not throw.</summary>
    public event Action<HubDelivery>? Delivering;

    public void Start()
    {
        lock (_gate)
        {
            if (_ended) return;
            _started = true;
            Run(upstream.RunAsync);
            Run(new MessageCleaner(messages, options.Environment, expiry, clock, loggers).RunAsync);
            foreach (var endpoint in messages.Endpoints) Serve(endpoint);
        }
    }

    /// <summary>Opens the endpoints and, after <see cref="Start"/>, delivers to them; what others hold goes on being delivered.</summary>
    /// <returns>Endpoints that were named until now, or in an earlier process, are not any more, and hold messages.</returns>
    public IReadOnlyList<StoredEndpoint> Serve(IReadOnlyList<RouteEndpoint> endpoints)
    {
        lock (_gate)
        {
            foreach (var endpoint in endpoints.Select(messages.Open)) Serve(endpoint);
            var (before, named) = (_named, endpoints.Select(endpoint => endpoint.Id).ToHashSet());
            _named = named;
            return [.. messages.Endpoints.Where(open =>
                before?.Contains(open.Endpoint.Id) != false && !named.Contains(open.Endpoint.Id) && open.Book.QueuedMessages > 0)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _ended = true;
            running = [.. _running];
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Serve(StoredEndpoint endpoint)
    {
        if (!_started || _ended || endpoint.Endpoint.Module is null || !_served.Add(endpoint)) return;
        Run(new ModulePump(endpoint, messages, connections, options, expiry, metrics, delivery => Delivering?.Invoke(delivery), clock, loggers).RunAsync);
    }

    private void Run(Func<CancellationToken, Task> pump) => _running.Add(RunAsync(pump, _stopping.Token));

    /// <summary>Ends without an error when the hub stops; a pump that ends in any other way is a fault of the hub itself, and is said.</summary>
    private async Task RunAsync(Func<CancellationToken, Task> pump, CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => pump(cancellation), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
        }
        catch (Exception error)
        {
            LogPumpFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Delivery to an endpoint has ended.")]
    private partial void LogPumpFailed(Exception error);
}
