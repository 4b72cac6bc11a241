using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>What becomes of a local value when desired properties come: values in, values out.</summary>
internal static class LocalJudge
{
    /// <param name="Kept">What stays of the local value; null when nothing does.</param>
    /// <param name="Conflict">To be reported; null when there is none.</param>
    public sealed record Verdict(LocalValue? Kept, SettingConflict? Conflict);

    /// <param name="desired">What is desired now, of the same path.</param>
    public static Verdict Judge(LocalValue local, DesiredValue desired, LocalStrategy strategy)
    {
        var isSaidAgain = strategy == LocalStrategy.LatestWins && desired.Modified is not null && desired.Modified != local.Over.Modified;
        var isUnchanged = DesiredValue.AreSame(desired.Value, local.Over.Value);
        var rebased = local with { Over = desired };
        if (isUnchanged && !isSaidAgain) return new Verdict(local, null);
        if (isUnchanged && desired.Modified < local.Time) return new Verdict(rebased, null);
        if (DesiredValue.AreSame(desired.Value, local.Value))
        {
            // The cloud has taken the value over. Where the edge wins it holds for what may be desired later, too.
            return new Verdict(strategy == LocalStrategy.EdgeWins ? rebased : null, null);
        }

        switch (strategy)
        {
            case LocalStrategy.EdgeWins:
                return new Verdict(rebased, Conflict(SettingConflict.Edge));
            case LocalStrategy.LatestWins when desired.Modified is null:
                return new Verdict(null, Conflict(SettingConflict.Cloud, "settingsModified has no time for this path, so the cloud wins."));
            case LocalStrategy.LatestWins when desired.Modified < local.Time:
                return new Verdict(rebased, Conflict(SettingConflict.Edge));
            case LocalStrategy.Merge when local.Value is JObject && Rest(local.Value, local.Over.Value, desired.Value) is { } rest:
                return new Verdict(rebased with { Value = rest }, Conflict(SettingConflict.Both));
            default:
                return new Verdict(null, Conflict(SettingConflict.Cloud));
        }

        SettingConflict Conflict(string winner, string why = "") => new(local, desired.Value, desired.Version, strategy, winner, why);
    }

    /// <summary>The value of a path by a local value that stands.</summary>
    /// <param name="below">What is desired there, or else the default; null for none.</param>
    public static JToken Lay(JToken local, JToken? below, LocalStrategy strategy)
    {
        if (strategy != LocalStrategy.Merge || local is not JObject keys || below is not JObject ground) return local;
        var merged = (JObject)ground.DeepClone();
        foreach (var (key, value) in keys)
        {
            var path = SettingPath.TryParse(key)!.Value;
            path.Put(merged, Lay(value!, path.In(merged), strategy), []);
        }

        return merged;
    }

    /// <summary>The keys of a local value whose desired value has not changed; null for none.</summary>
    private static JToken? Rest(JToken local, JToken? over, JToken? desired)
    {
        if (local is not JObject { Count: > 0 } keys || desired is not (null or JObject)) return DesiredValue.AreSame(over, desired) ? local : null;
        var rest = new JObject();
        foreach (var (key, value) in keys)
        {
            var spelling = SettingPath.OneSpelling(key);
            if (Rest(value!, SettingPath.Below(over, spelling), SettingPath.Below(desired, spelling)) is { } left) rest[key] = left;
        }

        return rest.Count > 0 ? rest : null;
    }
}
