using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>
/// Brings the queues of <c>$upstream</c> to the cloud file: append, then checkpoint. What fails of the batch in hand is tried again and again after the
/// back-off of edgeHub, which the cloud's return does not cut short.
/// </summary>
internal sealed partial class UpstreamPump(
    StoredEndpoint endpoint, MessageStore store, CloudFile cloud, CloudLink link, ExpiryLog expiry, HubMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
{
    private const int BatchSize = 100;
    private readonly ILogger _logger = loggers.CreateLogger<UpstreamPump>();

    public async Task RunAsync(CancellationToken cancellation)
    {
        // A batch once taken is sent before a better priority is looked at, however long that takes.
        IReadOnlyList<QueuedMessage> batch = [];
        var priority = 0;
        var failures = 0;
        var recovered = false;
        link.Open();
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

                batch = await SendAsync(batch, priority, cancellation).ConfigureAwait(false);
                if (batch.Count == 0)
                {
                    failures = 0;
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

    /// <returns>What could not be sent, in order.</returns>
    private async Task<IReadOnlyList<QueuedMessage>> SendAsync(IReadOnlyList<QueuedMessage> batch, int priority, CancellationToken cancellation)
    {
        if (!link.Online) return batch;
        var rounds = CloudCall.Rounds(batch);
        // Nothing happens between calls that take no time: one write does for all.
        if (link.Quality == UpstreamQuality.Good) rounds = [[.. rounds.SelectMany(round => round)]];
        var failed = new HashSet<string>();
        var delivered = new HashSet<long>();
        foreach (var round in rounds)
        {
            // After a call that failed edgeHub lets the rest of that sender fail too: its order stays.
            var calls = round.Where(call => !failed.Contains(call.Sender)).ToList();
            if (calls.Count == 0) continue;
            var start = clock.GetTimestamp();
            if (link.Quality.Latency is { Ticks: > 0 } latency) await Task.Delay(latency, clock, cancellation).ConfigureAwait(false);
            var passed = calls.Where(_ => link.Passes()).ToList();
            foreach (var call in calls.Except(passed)) failed.Add(call.Sender);
            Deliver([.. passed.SelectMany(call => call.Messages).OrderBy(queued => queued.Sequence)], priority);
            delivered.UnionWith(passed.SelectMany(call => call.Messages).Select(queued => queued.Sequence));
            foreach (var call in calls) metrics.CloudCalled(call.Messages[0].Message, start);
        }

        return [.. batch.Where(queued => !delivered.Contains(queued.Sequence))];
    }

    private void Deliver(IReadOnlyList<QueuedMessage> messages, int priority)
    {
        if (messages.Count == 0) return;
        var arrivals = messages.Select(CloudArrival.Of).ToList();
        cloud.Append(arrivals, clock.GetUtcNow());
        store.AcknowledgeUpstream(endpoint, arrivals, cloud.Length);
        foreach (var arrival in arrivals)
        {
            metrics.MessageSent(arrival.Message, null, null, priority);
            if (arrival.Batch?.Error is { } error) LogNoBatch(arrival.Message.MessageId, arrival.Message.Module, error);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The cloud cannot unpack the batch {BatchId} of {Module}. {Reason}")]
    private partial void LogNoBatch(string? batchId, string module, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cloud file could not be written; it will be tried again.")]
    private partial void LogFailed(Exception error);
}
