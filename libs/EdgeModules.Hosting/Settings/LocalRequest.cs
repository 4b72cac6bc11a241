using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>Reads what the direct methods <c>setLocal</c> and <c>clearLocal</c> are given.</summary>
internal static class LocalRequest
{
    /// <summary>Who sets the values; no setting has a name like this.</summary>
    public const string SourceKey = "x-source";

    private const string DefaultSource = "method";
    private const int MostSource = 100;

    /// <returns>Path → value, and who sets them; null when the payload is of another shape, which is in the errors then.</returns>
    public static (JObject Values, string Source)? ReadSet(JToken? payload, SettingErrors errors)
    {
        if (payload is not JObject { Count: > 0 } json)
        {
            errors.Add("payload", payload, $"an object {{path: value, …}}, with \"{SourceKey}\" for who sets it if that shall be known");
            return null;
        }

        var values = (JObject)json.DeepClone();
        values.Remove(SourceKey);
        var isSource = json[SourceKey] is null or JValue { Value: string and { Length: > 0 and <= MostSource } };
        if (!isSource) errors.Add(SourceKey, json[SourceKey], $"a string of 1 to {MostSource} characters");
        else if (values.Count == 0) errors.Add("payload", payload, "an object with one path at least");
        return errors.All.Count > 0 ? null : (values, json[SourceKey]?.Value<string>() ?? DefaultSource);
    }

    /// <param name="paths">Null for all.</param>
    /// <returns>False when the payload is of another shape, which is in the errors then.</returns>
    public static bool TryReadClear(JToken? payload, SettingErrors errors, out IReadOnlyList<string>? paths)
    {
        paths = null;
        if (payload is JObject { Count: 1 } json)
        {
            if (json["all"] is JValue { Value: true }) return true;
            if (json["paths"] is JArray { Count: > 0 } list && list.All(path => path.Type == JTokenType.String))
            {
                paths = [.. list.Select(path => path.Value<string>()!)];
                return true;
            }
        }

        errors.Add("payload", payload, "{\"paths\": [path, …]} or {\"all\": true}");
        return false;
    }

    /// <returns>Null when there can be no such local value, which is in the errors then.</returns>
    public static SettingPath? ReadPath(string key, JToken value, Type settings, SettingErrors errors)
    {
        if (SettingPath.TryParse(key) is not { } path) return Fail(SettingPath.Must);
        if (LocalPolicy.IsPolicy(path.Keys[0])) return Fail("absent: it says how local values are taken, so the twin alone gives it");
        if (SettingsSchema.MistakeIn(settings, path.Keys) is { } mistake) return Fail(mistake);
        if (value.Type == JTokenType.Null || value is JContainer container && container.Descendants().Any(below => below.Type == JTokenType.Null))
            return Fail("without null; clearLocal takes a local value back");
        var names = value is JObject json ? json.DescendantsAndSelf().OfType<JProperty>().Select(property => property.Name) : [];
        if (names.FirstOrDefault(name => name.Contains('.') || SettingPath.TryParse(name) is null) is { } odd)
            return Fail($"without the key \"{SettingConflict.Shorten(odd)}\": a key has 1 to {SettingPath.MaxLength} characters, and ids are percent-encoded");
        return path;

        SettingPath? Fail(string must)
        {
            errors.Add(key, value, must);
            return null;
        }
    }
}
