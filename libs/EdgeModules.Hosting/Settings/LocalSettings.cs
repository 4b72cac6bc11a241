using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>All local values, none at or below the path of another, and the conflicts that are still reported. Immutable.</summary>
/// <param name="Version">Counts changes by <c>setLocal</c> and <c>clearLocal</c>.</param>
internal sealed record LocalSettings(long Version, IReadOnlyList<LocalValue> Values, IReadOnlyList<SettingConflict> Conflicts)
{
    public const int MostPaths = 64;
    public const int MostBytes = 8_192;

    /// <summary>Beyond these the oldest are reported no more: a report has its limit.</summary>
    public const int MostConflicts = 8;
    public const int MostConflictBytes = 6_000;

    public static LocalSettings None { get; } = new(0, [], []);

    public bool IsNone => Version == 0;

    /// <summary>Paths and values as JSON.</summary>
    public int Bytes => Values.Sum(local => local.Path.Text.Length + JsonText.ToUtf8(local.Value).Length);

    /// <summary>Desired properties have come: each local value stays or goes by the strategy of its path.</summary>
    public LocalSettings Judged(JObject desired, long version, LocalPolicy policy)
    {
        if (Values.Count == 0) return this;
        var (kept, conflicts) = (new List<LocalValue>(), new List<SettingConflict>());
        foreach (var local in Values)
        {
            var now = new DesiredValue(version, local.Path.In(desired)?.DeepClone(), policy.ModifiedOf(local.Path));
            var verdict = LocalJudge.Judge(local, now, policy.For(local.Path));
            if (verdict.Kept is not null) kept.Add(verdict.Kept);
            if (verdict.Conflict is not null) conflicts.Add(verdict.Conflict);
        }

        return (this with { Values = kept }).Reporting(conflicts);
    }

    /// <summary>What the module is to run with, as desired properties.</summary>
    /// <param name="desired">Without the policy.</param>
    /// <param name="defaults">Of all settings.</param>
    public JObject LaidOver(JObject desired, JObject defaults, LocalPolicy policy)
    {
        var effective = (JObject)desired.DeepClone();
        foreach (var local in Values)
            local.Path.Put(effective, LocalJudge.Lay(local.Value, local.Path.In(effective) ?? local.Path.In(defaults), policy.For(local.Path)), defaults);
        return effective;
    }

    /// <summary>Without those that stand against settings which are good without them: the ones that the errors name, or all when none is named.</summary>
    public LocalSettings Without(IReadOnlyList<SettingError> errors, JObject desired, long version, LocalPolicy policy)
    {
        var named = Values.Where(local => errors.Any(error => Touches(local.Path, error.Path))).ToList();
        var yielding = named.Count > 0 ? named : [.. Values];
        var why = $"With the local value the settings are not valid: {errors[0].Message}";
        return (this with { Values = [.. Values.Except(yielding)] }).Reporting(
            yielding.Select(local => new SettingConflict(local, local.Path.In(desired), version, policy.For(local.Path), SettingConflict.Cloud, why)));
    }

    /// <summary>With new values, which take the place of those at and below their paths.</summary>
    public LocalSettings With(IReadOnlyList<LocalValue> values) => Cleared(path => values.Any(value => value.Path.Covers(path)), values);

    /// <summary>Without the values and the conflicts at and below these paths.</summary>
    public LocalSettings Without(IReadOnlyList<SettingPath> paths) => Cleared(path => paths.Any(cleared => cleared.Covers(path)), []);

    public JObject ToJson() => new()
    {
        ["version"] = Version,
        ["values"] = new JArray(Values.Select(local => local.ToJson())),
        ["conflicts"] = new JArray(Conflicts.Select(conflict => new JObject
        {
            ["local"] = conflict.Local.ToJson(),
            ["desired"] = new DesiredValue(conflict.Version, conflict.Desired, null).ToJson(),
            ["strategy"] = (int)conflict.Strategy,
            ["winner"] = conflict.Winner,
            ["why"] = conflict.Why,
        })),
    };

    /// <exception cref="FormatException">Not written by <see cref="ToJson"/>.</exception>
    public static LocalSettings Parse(JToken? json)
    {
        if (json is null) return None;
        try
        {
            return new LocalSettings(
                json["version"]!.Value<long>(), [.. json["values"]!.Select(LocalValue.Parse)], [.. json["conflicts"]!.Select(ParseConflict)]);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or FormatException))
        {
            throw new FormatException("The saved local settings cannot be read.", error);
        }
    }

    private static SettingConflict ParseConflict(JToken json)
    {
        var desired = DesiredValue.Parse(json["desired"]);
        return new SettingConflict(
            LocalValue.Parse(json["local"]!), desired.Value, desired.Version, (LocalStrategy)json["strategy"]!.Value<int>(), json["winner"]!.Value<string>()!,
            json["why"]!.Value<string>()!);
    }

    private static bool Touches(SettingPath path, string other) =>
        other == path.Text || other.StartsWith(path.Text + ".", StringComparison.Ordinal) || path.Text.StartsWith(other + ".", StringComparison.Ordinal);

    private LocalSettings Cleared(Func<SettingPath, bool> isCleared, IReadOnlyList<LocalValue> added) => new(
        Version + 1, [.. Values.Where(local => !isCleared(local.Path)), .. added], [.. Conflicts.Where(conflict => !isCleared(conflict.Path))]);

    private static int BytesOf(List<SettingConflict> conflicts) => conflicts.Sum(conflict => JsonText.ToUtf8(conflict.ToJson()).Length);

    /// <summary>The newest conflict of a path takes the place of an older one.</summary>
    private LocalSettings Reporting(IEnumerable<SettingConflict> found)
    {
        var added = found.Select(conflict => conflict.ForReport()).ToList();
        if (added.Count == 0) return this;
        var all = Conflicts.Where(conflict => added.All(other => other.Path != conflict.Path)).Concat(added).ToList();
        while (all.Count > MostConflicts || (all.Count > 1 && BytesOf(all) > MostConflictBytes)) all.RemoveAt(0);
        return this with { Conflicts = all };
    }
}
