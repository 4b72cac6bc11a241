using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeModules.Messages;

/// <summary>An item of the output <c>invalid</c>: <c>{reason, path, error}</c> with the reading as it came, or the body as text or base64.</summary>
public static class InvalidItem
{
    // What is shown of something that does not fit: even at six bytes an escape it stays within the limit.
    private const int ShownBytes = 40_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="body">The whole body in which the reading was found.</param>
    /// <returns>UTF-8 JSON; with <c>truncated: true</c> and <c>bytes</c>, the true size, when the original is too large to travel inside it.</returns>
    public static ReadOnlyMemory<byte> Encode(in InvalidReading invalid, ReadOnlySpan<byte> body)
    {
        var original = body.Slice(invalid.Offset, invalid.Length);
        var whole = Encode(invalid, original, truncated: false);
        return whole.Length <= MessageLimits.EmittedItem ? whole : Encode(invalid, original, truncated: true);
    }

    private static ReadOnlyMemory<byte> Encode(in InvalidReading invalid, ReadOnlySpan<byte> original, bool truncated)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Min(original.Length, ShownBytes) + 512);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("reason", invalid.Reason);
        json.WriteString("path", invalid.Path);
        json.WriteString("error", invalid.Error);
        var isJson = invalid.Reason is not (InvalidReasons.NotJson or InvalidReasons.NotUtf8);
        if (isJson && !truncated)
        {
            json.WritePropertyName("reading");
            json.WriteRawValue(original, skipInputValidation: true);
        }
        else
        {
            var shown = truncated ? original[..Math.Min(original.Length, ShownBytes)] : original;
            if (invalid.Reason == InvalidReasons.NotUtf8) json.WriteBase64String("bodyBase64", shown);
            else json.WriteString("body", Encoding.UTF8.GetString(shown));
            if (truncated)
            {
                json.WriteBoolean("truncated", true);
                json.WriteNumber("bytes", original.Length);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
