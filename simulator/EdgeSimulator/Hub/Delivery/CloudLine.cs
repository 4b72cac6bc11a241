using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using EdgeSimulator.Hub.Configuration;

namespace EdgeSimulator.Hub.Delivery;

/// <summary>A message as the cloud side writes it: one line of JSON, whose first field is the time, always of the same length.</summary>
internal static class CloudLine
{
    /// <summary>Where a line begins that does not depend on the time: after <c>{"enqueuedTimeUtc":"2026-01-31T12:00:00.0000000Z"</c>.</summary>
    public const int TimeEnd = 50;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Appends the line of a message, and behind that of a batch the line of each member.</summary>
    public static void Write(ArrayBufferWriter<byte> buffer, string deviceId, CloudArrival arrival, DateTimeOffset now)
    {
        Write(buffer, deviceId, arrival.Message, batchId: null, now);
        if (arrival.Batch is not { } batch) return;
        foreach (var member in batch.Members) Write(buffer, deviceId, member, arrival.Message.MessageId ?? "", now);
    }

    /// <param name="batchId">Of the batch that it came in.</param>
    private static void Write(ArrayBufferWriter<byte> buffer, string deviceId, HubMessage message, string? batchId, DateTimeOffset now)
    {
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("enqueuedTimeUtc", now.UtcDateTime.ToString(TimeFormat));
            writer.WriteString("deviceId", deviceId);
            // The hub sends its own notifications under its own name.
            writer.WriteString("moduleId", message.IsTwinChange ? HubTwin.Name : message.Module);
            writer.WriteString("messageId", message.MessageId);
            if (batchId is not null) writer.WriteString("batchId", batchId);
            Write(writer, "properties", message.ApplicationProperties);
            Write(writer, "systemProperties", message.SystemProperties
                .Where(set => set.Key is not (SystemPropertyMap.MessageId or SystemPropertyMap.MessageType))
                .Select(set => set.Key == SystemPropertyMap.CorrelationId ? new("correlationId", set.Value) : set));
            WriteBody(writer, message.Body.Span);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> properties)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in properties) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter writer, ReadOnlySpan<byte> body)
    {
        if (!IsJson(body))
        {
            writer.WriteBase64String("bodyBase64", body);
            return;
        }

        writer.WritePropertyName("body");
        if (body.ContainsAny((byte)'\n', (byte)'\r'))
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            document.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(body, skipInputValidation: true);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || !Utf8.IsValid(body)) return false;
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
