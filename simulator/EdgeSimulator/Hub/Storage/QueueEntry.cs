namespace EdgeSimulator.Hub.Storage;

/// <summary>What a queue stores of a message besides the message itself.</summary>
/// <param name="Repeat">Its sender sent the id before; it is delivered, and not counted.</param>
/// <param name="ExpiryTicks">UTC ticks from which it must not be delivered any more; <see cref="Never"/> when there are none.</param>
/// <param name="Queues">Numbers of all queues that got the message, this one too.</param>
internal readonly record struct QueueEntry(bool Repeat, long ExpiryTicks, uint[] Queues)
{
    public const long Never = long.MaxValue;
    private const long RepeatFlag = 1;

    /// <summary>Without it the entry is of a version that knew no expiry.</summary>
    private const long ExpiryFlag = 2;

    public byte[] Encode() => BookCodec.Encode([ExpiryFlag | (Repeat ? RepeatFlag : 0), ExpiryTicks, .. Queues.Select(number => (long)number)]);

    public static QueueEntry Decode(ReadOnlySpan<byte> stored)
    {
        var values = BookCodec.Decode(stored);
        var hasExpiry = (values[0] & ExpiryFlag) != 0;
        return new QueueEntry(
            (values[0] & RepeatFlag) != 0,
            hasExpiry ? values[1] : Never,
            [.. values.Skip(hasExpiry ? 2 : 1).Select(number => (uint)number)]);
    }
}
