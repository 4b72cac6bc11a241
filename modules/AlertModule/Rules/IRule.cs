using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

/// <summary>What every rule has, of whatever kind. Null where the twin says nothing: then the rule's default counts.</summary>
public interface IRule
{
    int? CooldownSeconds { get; }

    IdList? Devices { get; }

    IdList? Zones { get; }

    RuleAction? Action { get; }

    bool? Enabled { get; }
}

internal static class RuleJson
{
    public const int LongestSeconds = 604_800;

    /// <summary>Only what is set, so that a report of many rules stays short.</summary>
    public static JObject OfSet(object rule)
    {
        var json = SettingsBinder.ToJson(rule);
        foreach (var absent in json.Properties().Where(property => property.Value.Type == JTokenType.Null).ToList()) absent.Remove();
        return json;
    }

    /// <summary>Rules of the twin over those of the defaults: a rule that is not named stays as it is, and of one that is named, the keys that are not.</summary>
    public static IReadOnlyDictionary<string, T> Over<T>(this IReadOnlyDictionary<string, T> rules, IReadOnlyDictionary<string, T> defaults, Func<T, T, T> merge)
    {
        var merged = new Dictionary<string, T>(defaults);
        foreach (var (id, rule) in rules) merged[id] = defaults.TryGetValue(id, out var known) ? merge(rule, known) : rule;
        return merged;
    }

    public static void ValidateCommon(IRule rule, SettingErrors errors) =>
        errors.Require(rule.CooldownSeconds is null or (>= 0 and <= LongestSeconds), rule.CooldownSeconds, "0 to 604800");
}
