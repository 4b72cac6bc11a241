using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>Says what the real edgeHub keeps to itself: that messages outlived their time to live. One line for each look at a queue.</summary>
internal sealed partial class ExpiryLog(HubMetrics metrics, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<ExpiryLog>();

    public void Tell(StoredEndpoint endpoint, ExpiredMessages expired)
    {
        if (expired.Messages == 0) return;
        metrics.MessagesExpired(expired);
        LogExpired(endpoint.Endpoint.Id, expired.Messages, expired.Readings);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped {Messages} messages for {Endpoint}, which outlived their time to live in the queue. Readings lost: {Readings}.")]
    private partial void LogExpired(string endpoint, long messages, long readings);
}
