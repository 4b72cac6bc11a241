using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace EdgeModules.Messages.Batches;

/// <summary>
/// For whoever takes batches: gives the messages in them. Everything travels at least once, so a message may be in two batches, and a batch may come twice; what
/// was seen before, by its gateway, module and id, is left out. Not for several threads at a time.
/// </summary>
/// <param name="remembered">Ids that are kept, at least 1; the oldest is forgotten first. Some 150 bytes each.</param>
public sealed class BatchReader(int remembered = 100_000)
{
    /// <summary>A body of 256 KB that is more than this is no batch but an attack.</summary>
    private const int MostBytes = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = BatchCodec.MaxDepth + 4 };

    private readonly HashSet<string> _seen = [];
    private readonly Queue<string> _order = [];

    /// <param name="body">Of the message.</param>
    /// <param name="contentEncoding">Its system property: <c>gzip</c>, <c>br</c>, <c>utf-8</c> or none.</param>
    /// <exception cref="BatchFormatException">It is no batch; no id was remembered.</exception>
    public Batch Read(ReadOnlyMemory<byte> body, string? contentEncoding)
    {
        BatchHeader header;
        List<BatchMember> all;
        try
        {
            using var document = JsonDocument.Parse(Decompress(body, contentEncoding), Options);
            (header, all) = Parse(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new BatchFormatException($"The batch is not JSON: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            // Brotli says the latter.
            throw new BatchFormatException($"The batch cannot be decompressed as {contentEncoding}: {error.Message}", error);
        }

        var members = all.Where(IsNew).ToList();
        return new Batch(header, members, all.Count - members.Count, all.Sum(member => (long)member.Count) - members.Sum(member => (long)member.Count));
    }

    /// <summary>Two modules may give the same id, and so may one module on two gateways.</summary>
    private bool IsNew(BatchMember member)
    {
        var id = $"{member.Device}\n{member.Module}\n{member.Id}";
        if (!_seen.Add(id)) return false;
        _order.Enqueue(id);
        if (_order.Count > remembered) _seen.Remove(_order.Dequeue());
        return true;
    }

    private static ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> body, string? contentEncoding)
    {
        var source = new MemoryStream(body.ToArray(), writable: false);
        using Stream stream = contentEncoding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            null or "" or "utf-8" => source,
            _ => throw new BatchFormatException($"The content encoding is \"{contentEncoding}\"; it must be gzip, br or utf-8."),
        };
        var target = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (stream.Read(buffer) is > 0 and var read)
        {
            target.Write(buffer.AsSpan(0, read));
            if (target.Length > MostBytes) throw new BatchFormatException($"The batch has more than {MostBytes} bytes when decompressed.");
        }

        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }

    private static (BatchHeader, List<BatchMember>) Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new BatchFormatException($"The batch is of the kind {root.ValueKind}; it must be an object.");
        var header = new BatchHeader(
            Text(root, "batchId", "$"), Text(root, "priority", "$"), Number(root, "count"), Number(root, "firstTimestamp"), Number(root, "lastTimestamp"));
        if (!root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
            throw new BatchFormatException("$.messages is missing or no array; it must be an array of messages.");
        return (header, [.. messages.EnumerateArray().Select((message, index) => ParseMember(message, $"$.messages[{index}]"))]);
    }

    private static BatchMember ParseMember(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object) throw new BatchFormatException($"{path} is of the kind {message.ValueKind}; it must be an object.");
        var properties = new Dictionary<string, string>();
        if (!message.TryGetProperty("properties", out var bag) || bag.ValueKind != JsonValueKind.Object)
            throw new BatchFormatException($"{path}.properties is missing or no object.");
        foreach (var property in bag.EnumerateObject()) properties[property.Name] = Text(bag, property.Name, $"{path}.properties");
        return new BatchMember(Text(message, "id", path), Text(message, "module", path), properties, BodyOf(message, path))
        {
            Device = message.TryGetProperty("device", out _) ? Text(message, "device", path) : "",
        };
    }

    private static byte[] BodyOf(JsonElement message, string path)
    {
        if (message.TryGetProperty("body", out var body)) return Encoding.UTF8.GetBytes(body.GetRawText());
        return message.TryGetProperty("bodyBase64", out var base64) && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new BatchFormatException($"{path} has neither body nor bodyBase64, which must be Base64.");
    }

    private static string Text(JsonElement parent, string name, string path) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new BatchFormatException($"{path}.{name} is missing or no string.");

    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw new BatchFormatException($"$.{name} is missing or no whole number.");
}
