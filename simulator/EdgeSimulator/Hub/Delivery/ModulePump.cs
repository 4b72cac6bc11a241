using System.Text;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>
/// Brings the queues of one endpoint to its module, in order, at least once. The checkpoint follows every message: it costs one small write, and
/// what a crash repeats is at most the message in flight.
/// </summary>
internal sealed partial class ModulePump(
    StoredEndpoint endpoint, MessageStore store, ConnectionTable connections, HubOptions options, ExpiryLog expiry, HubMetrics metrics,
    Action<HubDelivery> delivering, TimeProvider clock, ILoggerFactory loggers)
{
    private const int BatchSize = 10;
    private const int MaxTopicBytes = 65_535;
    private readonly ILogger _logger = loggers.CreateLogger<ModulePump>();
    private readonly string _module = endpoint.Endpoint.Module!;
    private readonly string _input = endpoint.Endpoint.Input!;

    private enum Outcome
    {
        Acknowledged,
        Failed,
        Undeliverable,
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        // A batch once taken is worked off before a better priority is looked at, however long that takes.
        var batch = new Queue<QueuedMessage>();
        var priority = 0;
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (batch.Count == 0) (priority, batch) = Take();
                if (batch.Count == 0)
                {
                    await endpoint.WaitAsync(cancellation).ConfigureAwait(false);
                    continue;
                }

                switch (await TryDeliverAsync(batch.Peek(), priority, cancellation).ConfigureAwait(false))
                {
                    case Outcome.Acknowledged:
                        store.Acknowledge(endpoint, batch.Dequeue());
                        failures = 0;
                        continue;
                    case Outcome.Undeliverable:
                        store.Drop(endpoint, batch.Dequeue());
                        continue;
                }
            }
            catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
            {
                // Whatever it was, the queue in the store is the truth: read it anew.
                LogFailed(error, endpoint.Endpoint.Id);
                batch.Clear();
            }

            metrics.SendingRetried(endpoint);
            await Task.Delay(RetryBackoff.Delay(failures++), clock, cancellation).ConfigureAwait(false);
        }
    }

    private (int Priority, Queue<QueuedMessage> Batch) Take()
    {
        var taken = store.Take(endpoint, BatchSize, clock.GetUtcNow());
        expiry.Tell(endpoint, taken.Expired);
        return (taken.Priority, new Queue<QueuedMessage>(taken.Messages));
    }

    private async Task<Outcome> TryDeliverAsync(QueuedMessage queued, int priority, CancellationToken cancellation)
    {
        if (connections.Find(_module) is not { } connection) return Outcome.Failed;
        var topic = Topics.Input(options.DeviceId, _module, _input, queued.Message);
        if (Encoding.UTF8.GetByteCount(topic) > MaxTopicBytes)
        {
            LogTopicTooLong(endpoint.Endpoint.Id, queued.Message.Module, queued.Message.Readings);
            return Outcome.Undeliverable;
        }

        if (!await TryEnterAsync(connection, cancellation).ConfigureAwait(false)) return Outcome.Failed;
        try
        {
            if (connection.Subscriptions.InputQualityOf(topic) is not { } quality || connection.Closed.IsCancellationRequested) return Outcome.Failed;
            var start = clock.GetTimestamp();
            delivering(new HubDelivery(queued.Message, _module, _input, queued.Deliveries > 0, start));
            if (connection.Deliver(topic, queued.Message.Body, quality) is not { } acknowledged) return Outcome.Failed;
            metrics.MessageSent(queued.Message, _module, _input, priority);
            if (queued.Deliveries++ > 0) store.CountRedelivery(endpoint);
            // Also when the connection ends meanwhile: the real edgeHub waits out its time.
            await acknowledged.WaitAsync(options.Environment.MessageAckTimeout, clock, cancellation).ConfigureAwait(false);
            metrics.MessageTaken(queued.Message, _module, _input, start);
            return Outcome.Acknowledged;
        }
        catch (TimeoutException)
        {
            LogNotAcknowledged(endpoint.Endpoint.Id, options.Environment.MessageAckTimeout.TotalSeconds);
            return Outcome.Failed;
        }
        finally
        {
            connection.DeliveryLock.Release();
        }
    }

    /// <returns>False when the connection ended while another endpoint held it.</returns>
    private static async Task<bool> TryEnterAsync(ModuleConnection connection, CancellationToken cancellation)
    {
        if (await connection.DeliveryLock.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false)) return true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, connection.Closed);
        try
        {
            await connection.DeliveryLock.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Endpoint} did not acknowledge a message within {Seconds} s; it will be delivered again.")]
    private partial void LogNotAcknowledged(string endpoint, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped a message for {Endpoint} from {Sender}: with its properties the topic is longer than MQTT allows. Readings lost: {Readings}.")]
    private partial void LogTopicTooLong(string endpoint, string sender, long readings);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery to {Endpoint} failed; it will be tried again.")]
    private partial void LogFailed(Exception error, string endpoint);
}
