using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>What becomes of a local value when the desired value of its path changes.</summary>
public enum LocalStrategy
{
    CloudWins,
    EdgeWins,
    LatestWins,
    Merge,
}

/// <summary>
/// The desired properties <c>localSettings</c> (<c>{"default": strategy, "paths": {path: strategy}}</c>) and <c>settingsModified</c>
/// (<c>{path: Unix milliseconds}</c>), which every module has. Since a twin takes no dot in a key, a path is written there as objects within each other.
/// </summary>
internal sealed class LocalPolicy
{
    public const string Key = "localSettings";
    public const string ModifiedKey = "settingsModified";

    /// <summary>What belongs to the machine on site is set on site. A policy for it in the twin goes before.</summary>
    private static readonly Entry<LocalStrategy> Shipped = new(["calibration"], LocalStrategy.EdgeWins);

    private readonly LocalStrategy _default;
    private readonly IReadOnlyList<Entry<LocalStrategy>> _paths;
    private readonly IReadOnlyList<Entry<long>> _modified;

    private LocalPolicy(LocalStrategy @default, IReadOnlyList<Entry<LocalStrategy>> paths, IReadOnlyList<Entry<long>> modified) =>
        (_default, _paths, _modified) = (@default, [.. paths, Shipped], modified);

    /// <summary>For a path and all below it.</summary>
    private sealed record Entry<T>(string[] Keys, T Value);

    public static bool IsPolicy(string key) => key is Key or ModifiedKey;

    /// <param name="settings">The type of the settings, whose paths may be named.</param>
    public static LocalPolicy Read(JObject desired, Type settings, SettingErrors errors)
    {
        var paths = new List<Entry<LocalStrategy>>();
        var modified = new List<Entry<long>>();
        var fallback = LocalStrategy.CloudWins;
        foreach (var (key, value) in ObjectAt(desired, Key, errors))
        {
            if (key == "default") fallback = ReadStrategy(value!, $"{Key}.default", errors) ?? fallback;
            else if (key == "paths") ReadPaths(value, settings, paths, errors);
            else errors.Add($"{Key}.{key}", value, "absent: the settings here are default, paths");
        }

        foreach (var (keys, value) in Leaves(ObjectAt(desired, ModifiedKey, errors), []))
        {
            var path = $"{ModifiedKey}.{string.Join('.', keys)}";
            if (SettingsSchema.MistakeIn(settings, keys) is { } mistake) errors.Add(path, value, AbsentOr(mistake));
            else if (value is JValue { Value: long and >= 0 } time) modified.Add(new Entry<long>(keys, time.Value<long>()));
            else errors.Add(path, value, "Unix milliseconds, a whole number of 0 or more");
        }

        return new LocalPolicy(fallback, paths, modified);
    }

    /// <summary>The most specific one that covers the path: the longest, of equally long ones that with the most keys that are no <c>*</c>.</summary>
    public LocalStrategy For(SettingPath path)
    {
        var keys = path.Keys;
        var best = _paths.Where(entry => Covers(entry.Keys, keys))
            .OrderByDescending(entry => entry.Keys.Length).ThenByDescending(entry => entry.Keys.Count(key => key != "*")).FirstOrDefault();
        return best?.Value ?? _default;
    }

    /// <summary>When the desired value of the path was changed last, in Unix milliseconds: the latest that the desired properties say at, above or below it.</summary>
    public long? ModifiedOf(SettingPath path)
    {
        var keys = path.Keys;
        return _modified.Where(entry => Covers(entry.Keys, keys) || Covers(keys, entry.Keys)).Max(entry => (long?)entry.Value);
    }

    public static string NameOf(LocalStrategy strategy) => strategy switch
    {
        LocalStrategy.EdgeWins => "edge-wins",
        LocalStrategy.LatestWins => "latest-wins",
        LocalStrategy.Merge => "merge",
        _ => "cloud-wins",
    };

    private static JObject ObjectAt(JObject desired, string key, SettingErrors errors)
    {
        if (desired[key] is null or { Type: JTokenType.Null }) return [];
        if (desired[key] is JObject json) return json;
        errors.Add(key, desired[key], "an object");
        return [];
    }

    private static void ReadPaths(JToken? json, Type settings, List<Entry<LocalStrategy>> paths, SettingErrors errors)
    {
        if (json is not JObject given)
        {
            if (json is not (null or { Type: JTokenType.Null })) errors.Add($"{Key}.paths", json, "an object");
            return;
        }

        foreach (var (keys, value) in Leaves(given, []))
        {
            var path = $"{Key}.paths.{string.Join('.', keys)}";
            // The shipped policy is for every module alike, so the twin may say another one to every module too.
            if (keys[0] != Shipped.Keys[0] && SettingsSchema.MistakeIn(settings, keys) is { } mistake) errors.Add(path, value, AbsentOr(mistake));
            else if (ReadStrategy(value, path, errors) is { } strategy) paths.Add(new Entry<LocalStrategy>(WithoutLastStars(keys), strategy));
        }
    }

    private static string AbsentOr(string mistake) => $"absent, or at the path of {mistake}";

    private static LocalStrategy? ReadStrategy(JToken value, string key, SettingErrors errors)
    {
        foreach (var strategy in Enum.GetValues<LocalStrategy>())
        {
            if (value is JValue { Value: string name } && name == NameOf(strategy)) return strategy;
        }

        errors.Add(key, value, "\"cloud-wins\", \"edge-wins\", \"latest-wins\" or \"merge\"");
        return null;
    }

    /// <summary>A key with dots, as no twin has it, is read as the objects that it would be.</summary>
    private static IEnumerable<(string[] Keys, JToken Value)> Leaves(JObject json, string[] above)
    {
        foreach (var (key, value) in json)
        {
            if (value is null or { Type: JTokenType.Null }) continue;
            string[] keys = [.. above, .. key.Split('.').Select(SettingPath.OneSpelling)];
            if (value is not JObject below)
            {
                yield return (keys, value);
                continue;
            }

            foreach (var leaf in Leaves(below, keys)) yield return leaf;
        }
    }

    private static string[] WithoutLastStars(string[] keys)
    {
        var count = keys.Length;
        while (count > 0 && keys[count - 1] == "*") count--;
        return keys[..count];
    }

    private static bool Covers(string[] pattern, string[] keys) =>
        pattern.Length <= keys.Length && pattern.Zip(keys).All(pair => pair.First == "*" || pair.First == pair.Second);
}
