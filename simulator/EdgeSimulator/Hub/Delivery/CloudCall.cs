using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>Messages of one sender that edgeHub sends to the cloud with one call, which succeeds or fails as a whole.</summary>
/// <param name="Messages">In order; at least one.</param>
internal sealed record CloudCall(string Sender, IReadOnlyList<QueuedMessage> Messages)
{
    private const int FanOut = 10;
    private const int MostMessages = 10;

    /// <summary>
    /// Divides a batch as edgeHub does: ten senders side by side, for each one call after the other, of ten messages, or of so many of the size of its largest
    /// as make up the size limit of one.
    /// </summary>
    /// <returns>Calls that go at the same time; a sender has at most one in each.</returns>
    public static IEnumerable<IReadOnlyList<CloudCall>> Rounds(IReadOnlyList<QueuedMessage> batch)
    {
        foreach (var senders in batch.GroupBy(queued => queued.Message.Module).Chunk(FanOut))
        {
            var calls = senders.Select(sender => sender.Chunk(MessagesIn(sender)).Select(messages => new CloudCall(sender.Key, messages)).ToList()).ToList();
            for (var round = 0; round < calls.Max(sender => sender.Count); round++)
                yield return [.. calls.Where(sender => round < sender.Count).Select(sender => sender[round])];
        }
    }

    private static int MessagesIn(IEnumerable<QueuedMessage> messages) =>
        (int)Math.Clamp(HubMessage.MaxBytes / Math.Max(1, messages.Max(queued => queued.Message.MeteredBytes)), 1, MostMessages);
}
