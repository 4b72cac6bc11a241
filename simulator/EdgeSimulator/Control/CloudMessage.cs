using System.Text;
using System.Text.Json;

namespace EdgeSimulator.Control;

/// <summary>A message as the cloud side wrote it, for the eye.</summary>
/// <param name="Body">JSON as it was sent, Base64, or what is compressed in it.</param>
public sealed record CloudMessage(string Time, string Module, string Id, IReadOnlyList<KeyValuePair<string, string>> Properties, string Body)
{
    /// <summary>The id of the batch that it came in; null when it came alone.</summary>
    public string? Batch { get; init; }

    private const int ModuleWidth = 16;
    private const int Wide = 160;

    /// <returns>Null for a line that is no message, as a crash may leave one.</returns>
    public static CloudMessage? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var message = json.RootElement;
            return new CloudMessage(
                message.GetProperty("enqueuedTimeUtc").GetDateTime().ToString("HH:mm:ss.fff"),
                message.GetProperty("moduleId").GetString() ?? "",
                message.GetProperty("messageId").GetString() ?? "-",
                [
                    .. message.GetProperty("properties").EnumerateObject()
                        .Select(property => KeyValuePair.Create(property.Name, property.Value.GetString() ?? "")),
                ],
                message.TryGetProperty("body", out var body) ? body.GetRawText() : BodyOf(message))
            {
                Batch = message.TryGetProperty("batchId", out var batch) ? batch.GetString() : null,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <param name="width">The most columns; of what does not fit, properties and body give way, each keeping half of the room.</param>
    public string ToLine(int width)
    {
        var idWidth = width < Wide ? 16 : 48;
        var head = $"{Time} {Module.PadRight(ModuleWidth)} {Shorten(Id, idWidth).PadRight(idWidth)} ";
        var properties = string.Join(' ', Properties.Select(property => $"{property.Key}={property.Value}"));
        if (Batch is not null) properties = $"in {Batch} {properties}";
        var room = Math.Max(0, width - head.Length - 1);
        properties = Shorten(properties, Math.Max(room / 2, room - Body.Length));
        return Shorten(Visible($"{head}{properties} {Body}"), width);
    }

    private static string BodyOf(JsonElement message)
    {
        var body = message.GetProperty("bodyBase64");
        var encoding = message.GetProperty("systemProperties").TryGetProperty("contentEncoding", out var said) ? said.GetString() : null;
        return encoding is "gzip" or "br" && body.TryGetBytesFromBase64(out var bytes) ? $"({encoding}, {bytes.Length:N0} bytes)" : body.GetString() ?? "";
    }

    private static string Shorten(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";

    /// <summary>What a message holds must not move the cursor.</summary>
    private static string Visible(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var visible = new StringBuilder(text);
        for (var i = 0; i < visible.Length; i++)
        {
            if (char.IsControl(visible[i])) visible[i] = '\uFFFD';
        }

        return visible.ToString();
    }
}
