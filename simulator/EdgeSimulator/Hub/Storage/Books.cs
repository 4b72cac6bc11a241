using System.Buffers.Binary;
using EdgeModules.Messages;

namespace EdgeSimulator.Hub.Storage;

/// <summary>Sums of one output of one module; the meaning of each is in <see cref="OutputStatus"/>.</summary>
internal sealed record OutputBook(long Messages, long AcceptedReadings, long UnroutedReadings, long RepeatedMessages, long RepeatedReadings)
{
    public static OutputBook Empty { get; } = new(0, 0, 0, 0, 0);

    public byte[] Encode() => BookCodec.Encode(Messages, AcceptedReadings, UnroutedReadings, RepeatedMessages, RepeatedReadings);

    public static OutputBook Decode(byte[] stored) =>
        BookCodec.Decode(stored) is [var messages, var accepted, var unrouted, var repeatedMessages, var repeatedReadings, ..]
            ? new(messages, accepted, unrouted, repeatedMessages, repeatedReadings)
            : Empty;
}

/// <summary>Sums of one endpoint; the meaning of each is in <see cref="EndpointStatus"/>.</summary>
internal sealed record EndpointBook(
    long AcceptedReadings, long AcknowledgedReadings, long ExpiredReadings, long DroppedReadings, long AcknowledgedMessages, long QueuedMessages, long Redeliveries)
{
    public static EndpointBook Empty { get; } = new(0, 0, 0, 0, 0, 0, 0);

    public long QueuedReadings => AcceptedReadings - AcknowledgedReadings - ExpiredReadings - DroppedReadings;

    public byte[] Encode() =>
        BookCodec.Encode(AcceptedReadings, AcknowledgedReadings, ExpiredReadings, DroppedReadings, AcknowledgedMessages, QueuedMessages, Redeliveries);

    public static EndpointBook Decode(byte[] stored) =>
        BookCodec.Decode(stored) is [var accepted, var acknowledged, var expired, var dropped, var messages, var queued, var redeliveries, ..]
            ? new(accepted, acknowledged, expired, dropped, messages, queued, redeliveries)
            : Empty;
}

/// <summary>Sums of the cloud side; the meaning of each is in <see cref="UpstreamStatus"/>.</summary>
/// <param name="FileId">Which file they are in.</param>
/// <param name="FileBytes">How long that file was when these sums were true.</param>
internal sealed record CloudBook(
    long Messages, long Readings, long Bytes, long MeteredUnits, long DuplicateMessages, long DuplicateReadings, long FileId, long FileBytes)
{
    public static CloudBook Empty { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <param name="readings">That count.</param>
    /// <param name="bytes">As they are metered.</param>
    public CloudBook With(long readings, long bytes, bool duplicate) => duplicate
        ? this with { DuplicateMessages = DuplicateMessages + 1, DuplicateReadings = DuplicateReadings + readings }
        : this with
        {
            Messages = Messages + 1,
            Readings = Readings + readings,
            Bytes = Bytes + bytes,
            MeteredUnits = MeteredUnits + MeteredUnit.CountOf(bytes),
        };

    public byte[] Encode() => BookCodec.Encode(Messages, Readings, Bytes, MeteredUnits, DuplicateMessages, DuplicateReadings, FileId, FileBytes);

    public static CloudBook Decode(byte[] stored) =>
        BookCodec.Decode(stored) is [var messages, var readings, var bytes, var units, var duplicates, var duplicateReadings, var fileId, var fileBytes, ..]
            ? new(messages, readings, bytes, units, duplicates, duplicateReadings, fileId, fileBytes)
            : Empty;
}

/// <summary>Sums of the batches of one priority; the meaning of each is in <see cref="BatchStatus"/>.</summary>
internal sealed record BatchBook(
    long Batches, long Items, long Bytes, long BodyBytes, long MeteredUnits, long Unreadable, long Members, long MemberItems,
    long DuplicateMembers, long DuplicateItems, long MeteredUnitsAlone)
{
    public static BatchBook Empty { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public byte[] Encode() => BookCodec.Encode(
        Batches, Items, Bytes, BodyBytes, MeteredUnits, Unreadable, Members, MemberItems, DuplicateMembers, DuplicateItems, MeteredUnitsAlone);

    public static BatchBook Decode(byte[] stored) => BookCodec.Decode(stored) is
        [
            var batches, var items, var bytes, var bodyBytes, var units, var unreadable, var members, var memberItems, var duplicates, var duplicateItems,
            var unitsAlone, ..
        ]
            ? new(batches, items, bytes, bodyBytes, units, unreadable, members, memberItems, duplicates, duplicateItems, unitsAlone)
            : Empty;
}

internal static class BookCodec
{
    public static byte[] Encode(params ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return bytes;
    }

    public static long[] Decode(ReadOnlySpan<byte> stored)
    {
        var values = new long[stored.Length / sizeof(long)];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadInt64LittleEndian(stored[(i * sizeof(long))..]);
        return values;
    }
}
