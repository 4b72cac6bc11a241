using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing;

/// <summary>A fixed time for the first reading: <c>1769860800000</c> (Unix milliseconds, also as a string) or <c>"2026-01-31T12:00:00Z"</c>.</summary>
public sealed record Epoch(long Milliseconds) : ISettingValue<Epoch>
{
    public static Epoch? FromJson(JToken value, string key, SettingErrors errors)
    {
        var text = value.ToString(Newtonsoft.Json.Formatting.None).Trim('"');
        if (value.Type is JTokenType.Integer or JTokenType.String && EventTime.TryParse(text, out var milliseconds)) return new Epoch(milliseconds);
        errors.Add(key, text, EventTime.Must);
        return null;
    }

    public JToken ToJson() => Milliseconds;
}
