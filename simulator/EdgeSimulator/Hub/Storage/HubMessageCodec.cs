using System.Buffers.Binary;

namespace EdgeSimulator.Hub.Storage;

/// <summary>A message as bytes in the store: length of the head (4 bytes, little endian), head, body.</summary>
internal static class HubMessageCodec
{
    /// <returns>All but the body, which follows it.</returns>
    public static byte[] EncodeHead(HubMessage message)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(0);
        writer.Write(message.EnqueuedTime.UtcTicks);
        writer.Write(message.Module);
        writer.Write(message.Output is not null);
        writer.Write(message.Output ?? "");
        Write(writer, message.ApplicationProperties);
        Write(writer, message.SystemProperties);
        writer.Flush();
        var head = bytes.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(head, head.Length - sizeof(int));
        return head;
    }

    public static HubMessage Decode(byte[] stored)
    {
        var headBytes = BinaryPrimitives.ReadInt32LittleEndian(stored);
        using var reader = new BinaryReader(new MemoryStream(stored, sizeof(int), headBytes));
        var enqueuedTime = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var module = reader.ReadString();
        var hasOutput = reader.ReadBoolean();
        var output = reader.ReadString();
        var application = Read(reader);
        var system = Read(reader);
        return new HubMessage(module, hasOutput ? output : null, enqueuedTime, application, system, stored.AsMemory(sizeof(int) + headBytes));
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        writer.Write7BitEncodedInt(properties.Count);
        foreach (var (name, value) in properties)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private static KeyValuePair<string, string>[] Read(BinaryReader reader)
    {
        var properties = new KeyValuePair<string, string>[reader.Read7BitEncodedInt()];
        for (var i = 0; i < properties.Length; i++) properties[i] = new(reader.ReadString(), reader.ReadString());
        return properties;
    }
}
