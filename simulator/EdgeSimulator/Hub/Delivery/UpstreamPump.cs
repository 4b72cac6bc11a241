using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>Brings the queues of <c>$upstream</c> to the cloud file while the cloud is online: append, then checkpoint.</summary>
internal sealed partial class UpstreamPump(StoredEndpoint endpoint, MessageStore store, CloudFile cloud, TimeProvider clock, ILoggerFactory loggers)
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
            LogOnline(value ? "online" : "offline");
            endpoint.Wake();
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var failures = 0;
        var recovered = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (!recovered) Recover();
                recovered = true;
                IReadOnlyList<QueuedMessage> batch = _online ? store.Peek(endpoint, BatchSize) : [];
                if (batch.Count == 0)
                {
                    await endpoint.WaitAsync(cancellation).ConfigureAwait(false);
                    continue;
                }

                cloud.Append(batch, clock.GetUtcNow());
                store.AcknowledgeUpstream(endpoint, batch, cloud.Length);
                failures = 0;
                continue;
            }
            catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
            {
                LogFailed(error);
                recovered = false;
            }

            await Task.Delay(RetryBackoff.Delay(failures++), clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>After a crash or a failure between append and checkpoint: counts what the file holds already.</summary>
    private void Recover()
    {
        var book = store.Cloud;
        var queued = store.Peek(endpoint, BatchSize);
        var found = book.FileId == cloud.Id ? cloud.Recover(book.FileBytes, queued) : cloud.Recover(cloud.Length, []);
        if (found > 0) store.AcknowledgeUpstream(endpoint, [.. queued.Take(found)], cloud.Length);
        else store.SetCloudFile(cloud.Id, cloud.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The upstream is {State}.")]
    private partial void LogOnline(string state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cloud file could not be written; it will be tried again.")]
    private partial void LogFailed(Exception error);
}
