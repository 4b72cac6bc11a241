using System.IO.Compression;
using System.Text;
using EdgeModules.Hosting.Connection;

namespace EdgeModules.Hosting.State;

/// <summary>
/// One transaction of a module: which message it was, what it did to the state, how the books stand after it, and what is to be sent.
/// Outputs of the last record of a journal may not have been sent; those of all earlier ones were.
/// </summary>
public sealed record JournalRecord
{
    private const byte Format = 1;
    private const byte CompressedFormat = 2;

    // Below it there is nothing to save: the disk is written in blocks of 4 KB.
    private const int CompressAtBytes = 512;

    // The fastest: flash is to be spared, not at the price of the processor.
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 18;

    // Far above what a module makes; a length that is damage must not ask for all memory.
    private const int MostBytes = 256 << 20;

    /// <summary>Keys of handled messages, by input; one in an ordinary record, none for a tick, all that are remembered in a snapshot.</summary>
    public IReadOnlyList<(string Input, MessageKey Key)> Messages { get; init; } = [];

    /// <summary>What the module needs to repeat the effect on its state.</summary>
    public ReadOnlyMemory<byte> StateChange { get; init; }

    /// <summary>The books, whole, after this transaction; null leaves them as they were.</summary>
    public IReadOnlyList<LedgerEntry>? Ledger { get; init; }

    /// <summary>To be sent; without those that the module can make again.</summary>
    public IReadOnlyList<OutboundMessage> Outbox { get; init; } = [];

    /// <summary>The module has to make outputs again too.</summary>
    public bool HasRecreatable { get; init; }

    public ReadOnlyMemory<byte> Encode()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) Write(writer);
        var plain = stream.GetBuffer().AsMemory(0, (int)stream.Length);
        return plain.Length < CompressAtBytes ? plain : Compress(plain);
    }

    /// <exception cref="InvalidDataException">The bytes are of another format.</exception>
    public static JournalRecord Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return reader.ReadByte() switch
        {
            Format => Read(reader),
            CompressedFormat => Read(Decompress(reader)),
            var format => throw new InvalidDataException($"The journal record has format {format}; it must be {Format} or {CompressedFormat}."),
        };
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> plain)
    {
        // Head: format, and the length in up to five bytes.
        var target = new byte[6 + BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        using var head = new BinaryWriter(new MemoryStream(target));
        head.Write(CompressedFormat);
        head.Write7BitEncodedInt(plain.Length);
        var start = (int)head.BaseStream.Position;
        return BrotliEncoder.TryCompress(plain.Span, target.AsSpan(start), out var written, BrotliQuality, BrotliWindow) && start + written < plain.Length
            ? target.AsMemory(0, start + written)
            : plain;
    }

    private static byte[] Decompress(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        if (length is < 0 or > MostBytes) throw new InvalidDataException($"The journal record has {length} bytes; it must have 0 to {MostBytes}.");
        var plain = new byte[length];
        var packed = reader.ReadBytes((int)(reader.BaseStream.Length - reader.BaseStream.Position));
        if (!BrotliDecoder.TryDecompress(packed, plain, out var written) || written != length)
            throw new InvalidDataException($"The journal record cannot be decompressed to its {length} bytes.");
        return plain;
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(Format);
        writer.Write7BitEncodedInt(Messages.Count);
        foreach (var (input, key) in Messages)
        {
            writer.Write(input);
            key.Write(writer);
        }

        writer.Write7BitEncodedInt(StateChange.Length);
        writer.Write(StateChange.Span);
        writer.Write(Ledger is not null);
        if (Ledger is not null)
        {
            writer.Write7BitEncodedInt(Ledger.Count);
            foreach (var entry in Ledger)
            {
                writer.Write(entry.Counter);
                writer.Write(entry.Reason);
                writer.Write7BitEncodedInt64(entry.Readings);
            }
        }

        writer.Write(HasRecreatable);
        writer.Write7BitEncodedInt(Outbox.Count);
        foreach (var message in Outbox) Write(writer, message);
    }

    private static JournalRecord Read(BinaryReader reader)
    {
        return new JournalRecord
        {
            Messages = ReadList(reader, static r => (r.ReadString(), MessageKey.Read(r))),
            StateChange = reader.ReadBytes(reader.Read7BitEncodedInt()),
            Ledger = reader.ReadBoolean() ? ReadList(reader, static r => new LedgerEntry(r.ReadString(), r.ReadString(), r.Read7BitEncodedInt64())) : null,
            HasRecreatable = reader.ReadBoolean(),
            Outbox = ReadList(reader, ReadMessage),
        };
    }

    private static void Write(BinaryWriter writer, OutboundMessage message)
    {
        writer.Write(message.Output);
        writer.Write(message.MessageId ?? "");
        writer.Write(message.MessageType);
        writer.Write(message.Priority);
        writer.Write7BitEncodedInt(message.Count);
        writer.Write7BitEncodedInt(message.Properties.Count);
        foreach (var (name, value) in message.Properties)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write7BitEncodedInt(message.Body.Length);
        writer.Write(message.Body.Span);
    }

    private static OutboundMessage ReadMessage(BinaryReader reader) => new()
    {
        Output = reader.ReadString(),
        MessageId = reader.ReadString() is { Length: > 0 } id ? id : null,
        MessageType = reader.ReadString(),
        Priority = reader.ReadString(),
        Count = reader.Read7BitEncodedInt(),
        Properties = ReadList(reader, static r => KeyValuePair.Create(r.ReadString(), r.ReadString())).ToDictionary(),
        Body = reader.ReadBytes(reader.Read7BitEncodedInt()),
    };

    private static List<T> ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.Read7BitEncodedInt();
        var list = new List<T>(Math.Min(count, 1024));
        for (var i = 0; i < count; i++) list.Add(read(reader));
        return list;
    }
}
