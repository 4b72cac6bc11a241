using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>Looks for expired messages from time to time, so that those for a module that is away do not fill the disk.</summary>
internal sealed partial class MessageCleaner(MessageStore store, HubEnvironment environment, ExpiryLog expiry, TimeProvider clock, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<MessageCleaner>();

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(environment.MessageCleanupInterval, clock, cancellation).ConfigureAwait(false);
            foreach (var endpoint in store.Endpoints)
            {
                try
                {
                    expiry.Tell(endpoint, store.RemoveExpired(endpoint, clock.GetUtcNow(), environment.CheckEntireQueueOnCleanup));
                }
                catch (Exception error) when (error is not ObjectDisposedException)
                {
                    LogFailed(error, endpoint.Endpoint.Id);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The queues of {Endpoint} could not be cleaned up; it will be tried again.")]
    private partial void LogFailed(Exception error, string endpoint);
}
