using System.Text;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <content>What is said of the settings.</content>
public sealed partial class TwinSettings<TSettings>
{
    private const int MostTold = 160;

    /// <summary>The answer by the IoT Plug and Play convention, and <c>settings</c> with the verdict over the whole.</summary>
    public JObject Report()
    {
        var report = new JObject();
        foreach (var (key, value) in SettingsBinder.ToJson(Current))
        {
            var told = ReportOf(key, value);
            // A setting that nobody has set and that has no default has no state that could be told.
            if (told["value"] is not null || (int)told["ac"]! != 203) report[key] = told;
        }

        foreach (var key in new[] { LocalPolicy.Key, LocalPolicy.ModifiedKey })
        {
            if (_desired[key] is not null || _applied[key] is not null) report[key] = ReportOf(key, _applied[key]?.DeepClone());
        }

        report["settings"] = Verdict();
        return report;
    }

    /// <returns>
    /// <c>{"version":…,"status":"applied"|"rejected","errors":[…]}</c>; the version is that of the desired properties seen last. With <c>conflicts</c> when
    /// there are any.
    /// </returns>
    public JObject Verdict()
    {
        var verdict = new JObject
        {
            ["version"] = Math.Max(_seenVersion, Version),
            ["status"] = _errors.Count == 0 ? "applied" : "rejected",
            ["errors"] = new JArray(_errors.Take(20).Select(error => Shorten(error.Message))),
        };
        if (_local.Conflicts.Count > 0) verdict["conflicts"] = new JArray(_local.Conflicts.Select(conflict => conflict.ToJson()));
        return verdict;
    }

    /// <returns>Path → value in force, source, version and what it overrode; see <see cref="Provenance"/>.</returns>
    public JObject Origins() => new Provenance(SettingsBinder.ToJson(Current), WithoutPolicy(_applied), Version, Defaults, _local, _policy).ToJson();

    private JObject ReportOf(string key, JToken? value)
    {
        // Null would delete the member when it is merged.
        var property = value is null or { Type: JTokenType.Null } ? [] : new JObject { ["value"] = Redaction.Of(value) };
        var mistakes = _errors.Where(error => error.Path == key || error.Path.StartsWith(key + ".", StringComparison.Ordinal)).Select(error => error.Message).ToList();
        var isDesired = _desired[key] is not null;
        var waits = _errors.Count > 0 && mistakes.Count == 0 && !JToken.DeepEquals(_desired[key], _applied[key]);
        var local = _local.Values.Where(each => each.Path.Keys[0] == key).ToList();
        property["ac"] = mistakes.Count > 0 || waits ? 400 : isDesired && local.Count == 0 ? 200 : 203;
        property["av"] = isDesired ? Math.Max(_seenVersion, 0) : 0;
        if (waits) mistakes.Add("Not applied, because other settings of this version were rejected.");
        if (local.Count > 0) mistakes.Add(Told(local));
        if (mistakes.Count > 0) property["ad"] = Shorten(string.Join(' ', mistakes));
        return property;
    }

    /// <summary>In few words: every setting may have some, and the report has its limit.</summary>
    private static string Told(List<LocalValue> local)
    {
        var first = local[0];
        var others = local.Count > 1 ? $" and {local.Count - 1} more" : "";
        var who = SettingConflict.Shorten($"{first.Path.Text}{others}, set by {first.Source} over version {first.Over.Version}", MostTold);
        return $"Local: {who}.";
    }

    /// <summary>A twin takes strings of up to 4 KB.</summary>
    private static string Shorten(string text) => Encoding.UTF8.GetByteCount(text) <= 1000 ? text : text[..Math.Min(text.Length, 300)] + "…";
}
