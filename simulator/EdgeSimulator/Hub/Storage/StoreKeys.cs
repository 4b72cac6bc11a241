using System.Buffers.Binary;
using System.Text;

namespace EdgeSimulator.Hub.Storage;

/// <summary>Keys of the store: a letter for the kind, then what identifies the entry; numbers are big endian, so that keys sort as they do.</summary>
internal static class StoreKeys
{
    public static byte[] Messages { get; } = [(byte)'M'];

    public static byte[] QueueNames { get; } = [(byte)'N'];

    public static byte[] Endpoints { get; } = [(byte)'E'];

    public static byte[] Outputs { get; } = [(byte)'O'];

    public static byte[] Cloud { get; } = [(byte)'C'];

    public static byte[] CloudStreams { get; } = [(byte)'U'];

    public static byte[] LastGoodConfiguration { get; } = [(byte)'G'];

    public static byte[] Twins { get; } = [(byte)'T'];

    public static byte[] Identities { get; } = [(byte)'I'];

    public static byte[] Subscriptions { get; } = [(byte)'S'];

    public static byte[] SentIds { get; } = [(byte)'R'];

    public static byte[] CloudIds { get; } = [(byte)'D'];

    /// <summary>Of batches, by priority.</summary>
    public static byte[] Batches { get; } = [(byte)'B'];

    /// <summary>Of what came in batches.</summary>
    public static byte[] BatchedStreams { get; } = [(byte)'V'];

    public static byte[] BatchedIds { get; } = [(byte)'P'];

    /// <summary>Module and message type → output.</summary>
    public static byte[] OutputNames { get; } = [(byte)'L'];

    public static byte[] Message(long sequence) => [.. Messages, .. Number(sequence)];

    public static byte[] Queue(uint number) => [(byte)'Q', .. Number(number)];

    public static byte[] QueueEntry(uint number, long sequence) => [.. Queue(number), .. Number(sequence)];

    public static byte[] QueueName(uint number) => [.. QueueNames, .. Number(number)];

    public static byte[] Named(byte[] kind, string name) => [.. kind, .. Encoding.UTF8.GetBytes(name)];

    public static byte[] Slot(byte[] kind, string name, int slot) => [.. Named(kind, name), 0, .. Number((uint)slot)];

    /// <returns>The name in a key made by <see cref="Named"/>.</returns>
    public static string NameIn(byte[] key) => Encoding.UTF8.GetString(key.AsSpan(1));

    /// <returns>The sequence at the end of a key made by <see cref="Message"/> or <see cref="QueueEntry"/>.</returns>
    public static long SequenceIn(byte[] key) => BinaryPrimitives.ReadInt64BigEndian(key.AsSpan(key.Length - sizeof(long)));

    private static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
