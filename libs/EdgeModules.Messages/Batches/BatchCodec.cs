using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeModules.Messages.Batches;

/// <summary>
/// Writes batches: <c>{"batchId":…,"priority":…,"count":…,"firstTimestamp":…,"lastTimestamp":…,"messages":[…]}</c>, compressed. A message in it is
/// <c>{"id":…,"device":…,"module":…,"properties":{…},"body":…}</c>, with <c>bodyBase64</c> in the place of <c>body</c> when the body is no JSON.
/// </summary>
public static class BatchCodec
{
    /// <summary>Of a body that goes into a batch as JSON.</summary>
    internal const int MaxDepth = 64;

    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value of the system property content encoding.</summary>
    public static string ContentEncodingOf(BatchCompression compression) => compression switch
    {
        BatchCompression.Gzip => "gzip",
        BatchCompression.Brotli => "br",
        _ => "utf-8",
    };

    /// <returns>What <see cref="Encode"/> takes.</returns>
    public static byte[] EncodeMember(BatchMember member)
    {
        var buffer = new ArrayBufferWriter<byte>(member.Body.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, Unchecked))
        {
            writer.WriteStartObject();
            writer.WriteString("id", member.Id);
            if (member.Device.Length > 0) writer.WriteString("device", member.Device);
            writer.WriteString("module", member.Module);
            writer.WriteStartObject("properties");
            foreach (var (name, value) in member.Properties) writer.WriteString(name, value);
            writer.WriteEndObject();
            if (IsJson(member.Body.Span))
            {
                writer.WritePropertyName("body");
                writer.WriteRawValue(member.Body.Span, skipInputValidation: true);
            }
            else
            {
                writer.WriteBase64String("bodyBase64", member.Body.Span);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="members">Each as <see cref="EncodeMember"/> gave it.</param>
    public static byte[] Encode(BatchHeader header, IEnumerable<ReadOnlyMemory<byte>> members, BatchCompression compression)
    {
        var target = new MemoryStream();
        using (var stream = Compress(target, compression))
        {
            stream.Write(HeaderOf(header));
            var isFirst = true;
            foreach (var member in members)
            {
                if (!isFirst) stream.Write(","u8);
                stream.Write(member.Span);
                isFirst = false;
            }

            stream.Write("]}"u8);
        }

        return target.ToArray();
    }

    /// <summary>All up to the first message.</summary>
    private static ReadOnlySpan<byte> HeaderOf(BatchHeader header)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Unchecked))
        {
            writer.WriteStartObject();
            writer.WriteString("batchId", header.Id);
            writer.WriteString("priority", header.Priority);
            writer.WriteNumber("count", header.Count);
            writer.WriteNumber("firstTimestamp", header.FirstTimestamp);
            writer.WriteNumber("lastTimestamp", header.LastTimestamp);
            writer.WriteStartArray("messages");
        }

        return buffer.WrittenSpan;
    }

    private static Stream Compress(MemoryStream target, BatchCompression compression) => compression switch
    {
        BatchCompression.Gzip => new GZipStream(target, CompressionLevel.Optimal),
        BatchCompression.Brotli => new BrotliStream(target, CompressionLevel.Optimal),
        _ => target,
    };

    /// <summary>Whether exactly one JSON value, which the reader at the other end takes.</summary>
    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var isValue = reader.Read();
            while (reader.Read())
            {
            }

            return isValue;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
