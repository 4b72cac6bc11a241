using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>A setting that an operator on site has given.</summary>
/// <param name="Version">Counts the changes of local settings, from 1.</param>
/// <param name="Time">When it was set, in Unix milliseconds.</param>
/// <param name="Source">Who set it.</param>
/// <param name="Over">The desired value that it stands over: when it was set, or at the last conflict that it won.</param>
internal sealed record LocalValue(SettingPath Path, JToken Value, long Version, long Time, string Source, DesiredValue Over)
{
    public JObject ToJson() => new()
    {
        ["path"] = Path.Text, ["value"] = Value.DeepClone(), ["version"] = Version, ["time"] = Time, ["source"] = Source, ["over"] = Over.ToJson(),
    };

    /// <exception cref="FormatException">Not written by <see cref="ToJson"/>.</exception>
    public static LocalValue Parse(JToken json)
    {
        if (json["path"]?.Value<string>() is { } text && SettingPath.TryParse(text) is { } path
            && json["value"] is { } value && json["source"]?.Value<string>() is { } source)
            return new LocalValue(path, value, json["version"]?.Value<long>() ?? 0, json["time"]?.Value<long>() ?? 0, source, DesiredValue.Parse(json["over"]));
        throw new FormatException("A saved local setting cannot be read.");
    }
}

/// <param name="Version"><c>$version</c> of the desired properties.</param>
/// <param name="Value">Null for none.</param>
/// <param name="Modified">What <c>settingsModified</c> said of it, in Unix milliseconds.</param>
internal sealed record DesiredValue(long Version, JToken? Value, long? Modified)
{
    public JObject ToJson()
    {
        var json = new JObject { ["version"] = Version };
        if (Value is not null) json["value"] = Value.DeepClone();
        if (Modified is not null) json["modified"] = Modified;
        return json;
    }

    public static DesiredValue Parse(JToken? json) => new(json?["version"]?.Value<long>() ?? 0, json?["value"], json?["modified"]?.Value<long>());

    /// <summary>Whether two values are the same to a reader of JSON: 5 and 5.0 are.</summary>
    public static bool AreSame(JToken? one, JToken? other)
    {
        if (one is null || other is null) return one is null && other is null;
        if (SettingsBinder.TryReadNumber(one, out var number) && SettingsBinder.TryReadNumber(other, out var otherNumber)) return number.Equals(otherNumber);
        return JToken.DeepEquals(one, other);
    }
}
