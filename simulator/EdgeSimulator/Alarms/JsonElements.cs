using System.Text.Json;

namespace EdgeSimulator.Alarms;

internal static class JsonElements
{
    /// <returns>Null when it is no object, or has no such text.</returns>
    public static string? Text(this JsonElement item, string name) => item.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <returns>Null when it is no object, or has no such whole number.</returns>
    public static long? Whole(this JsonElement item, string name) =>
        item.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    private static JsonElement? Find(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : null;
}
