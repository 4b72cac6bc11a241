using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>
/// Brings the queues of <c>$upstream</c> to the cloud file: append, then checkpoint. While the cloud is offline the batch in hand is tried again and
/// again after the back-off of edgeHub, which the cloud's return does not cut short.
/// </summary>
internal sealed partial class UpstreamPump(
    StoredEndpoint endpoint, MessageStore store, CloudFile cloud, ExpiryLog expiry, HubMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
{
    private const int BatchSize = 100;
    private readonly ILogger _logger = loggers.CreateLogger<UpstreamPump>();
    private volatile bool _online = true;

    public bool Online
    {
        get => _online;
        set
        {
            if (_online == value) return;
            _online = value;
            metrics.UpstreamChanged(value);
            LogOnline(value ? "online; what waits for it is sent with the next attempt, 60 s from now at the latest" : "offline");
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        // A batch once taken is sent before a better priority is looked at, however long that takes.
        IReadOnlyList<QueuedMessage> batch = [];
        var priority = 0;
        var failures = 0;
        var recovered = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (!recovered)
                {
                    Recover();
                    (recovered, batch) = (true, []);
                }

                if (batch.Count == 0) (priority, batch) = Take();
                if (batch.Count == 0)
                {
                    await endpoint.WaitAsync(cancellation).ConfigureAwait(false);
                    continue;
                }

                if (_online)
                {
                    Send(batch, priority);
                    (batch, failures) = ([], 0);
                    continue;
                }
            }
            catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
            {
                LogFailed(error);
                recovered = false;
            }

            metrics.SendingRetried(endpoint);
            await Task.Delay(RetryBackoff.Delay(failures++), clock, cancellation).ConfigureAwait(false);
        }
    }

    private void Send(IReadOnlyList<QueuedMessage> batch, int priority)
    {
        var start = clock.GetTimestamp();
        cloud.Append(batch, clock.GetUtcNow());
        store.AcknowledgeUpstream(endpoint, batch, cloud.Length);
        foreach (var queued in batch)
        {
            metrics.MessageSent(queued.Message, null, null, priority);
            metrics.MessageTaken(queued.Message, null, null, start);
        }
    }

    private (int Priority, IReadOnlyList<QueuedMessage> Batch) Take()
    {
        var taken = store.Take(endpoint, BatchSize, clock.GetUtcNow());
        expiry.Tell(endpoint, taken.Expired);
        return (taken.Priority, taken.Messages);
    }

    /// <summary>After a crash or a failure between append and checkpoint: counts what the file holds already.</summary>
    private void Recover()
    {
        var book = store.Cloud;
        var found = book.FileId == cloud.Id ? cloud.Recover(book.FileBytes, store.Peek(endpoint, BatchSize)) : cloud.Recover(cloud.Length, []);
        if (found.Count > 0) store.AcknowledgeUpstream(endpoint, found, cloud.Length);
        else store.SetCloudFile(cloud.Id, cloud.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The upstream is {State}.")]
    private partial void LogOnline(string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cloud file could not be written; it will be tried again.")]
    private partial void LogFailed(Exception error);
}
