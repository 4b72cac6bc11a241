using EdgeModules.Messages.Batches;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>A message as the cloud takes it in: one that is a batch is unpacked.</summary>
/// <param name="Batch">Null when it is none.</param>
internal sealed record CloudArrival(QueuedMessage Queued, CloudBatch? Batch)
{
    public HubMessage Message => Queued.Message;

    public static CloudArrival Of(QueuedMessage queued) => new(queued, CloudBatch.Of(queued.Message));
}

/// <param name="Members">Each as if it had come alone, but for its output and the system properties, which a batch does not keep. None when it cannot be unpacked.</param>
/// <param name="DoubleMembers">Those that are in it twice.</param>
/// <param name="DoubleItems">Readings or items in these.</param>
/// <param name="Error">Why it cannot be unpacked; null when it can.</param>
internal sealed record CloudBatch(IReadOnlyList<HubMessage> Members, int DoubleMembers, long DoubleItems, string? Error)
{
    private const string MessageType = "batch";

    /// <summary>Content type and encoding, which every message of the suite has.</summary>
    private const int UsualPropertyBytes = 47;

    /// <returns>Null when it is no batch.</returns>
    public static CloudBatch? Of(HubMessage message)
    {
        if (message.MessageType != MessageType) return null;
        try
        {
            // Of this batch alone: what came before is for the books to know.
            var batch = new BatchReader().Read(message.Body, message.ContentEncoding);
            return new CloudBatch([.. batch.Members.Select(member => ToMessage(member, message.EnqueuedTime))], batch.Duplicates, batch.DuplicateItems, null);
        }
        catch (BatchFormatException error)
        {
            return new CloudBatch([], 0, 0, error.Message);
        }
    }

    /// <summary>What a member would weigh, had it come alone.</summary>
    public static long BytesAlone(HubMessage member) => member.MeteredBytes + UsualPropertyBytes;

    private static HubMessage ToMessage(BatchMember member, DateTimeOffset enqueued) =>
        new(member.Module, null, enqueued, [.. member.Properties], [new(SystemPropertyMap.MessageId, member.Id)], member.Body);
}
