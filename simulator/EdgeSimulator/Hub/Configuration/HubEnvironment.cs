namespace EdgeSimulator.Hub.Configuration;

/// <summary>What edgeHub takes from its environment variables.</summary>
/// <param name="MessageAckTimeout">How long a module may take to acknowledge a message.</param>
/// <param name="MessageCleanupInterval">How often expired messages are looked for in queues; edgeHub makes it 30 seconds or more.</param>
/// <param name="CheckEntireQueueOnCleanup">Otherwise only from the head of each queue to the first message that has not expired.</param>
public sealed record HubEnvironment(TimeSpan MessageAckTimeout, TimeSpan MessageCleanupInterval, bool CheckEntireQueueOnCleanup)
{
    public static TimeSpan LeastCleanupInterval { get; } = TimeSpan.FromSeconds(30);

    public static HubEnvironment Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1800), false);
}
