using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

/// <summary>What every rule has, of whatever kind. Null where the twin says nothing: then the rule's default counts.</summary>
public abstract record Rule
{
    public const int LongestSeconds = 604_800;

    /// <summary>Time in which an alarm of the same severity is not raised again: the clock's for devices gone quiet, else event time. Null for 30.</summary>
    public int? CooldownSeconds { get; init; }

    /// <summary>The only devices that count; null for all.</summary>
    public IdList? Devices { get; init; }

    /// <summary>The only zones that count; null for all.</summary>
    public IdList? Zones { get; init; }

    public RuleAction? Action { get; init; }

    /// <summary>Null for true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Only what is set, so that a report of many rules stays short.</summary>
    public JToken ToJson()
    {
        var json = SettingsBinder.ToJson(this);
        foreach (var absent in json.Properties().Where(property => property.Value.Type == JTokenType.Null).ToList()) absent.Remove();
        return json;
    }

    public virtual void Validate(SettingErrors errors) =>
        errors.Require(CooldownSeconds is null or (>= 0 and <= LongestSeconds), CooldownSeconds, "0 to 604800");

    /// <summary>Rules of the twin over those of the defaults: a rule that is not named stays as it is, and of one that is named, the keys that are not.</summary>
    internal static IReadOnlyDictionary<string, T> Over<T>(IReadOnlyDictionary<string, T> rules, IReadOnlyDictionary<string, T> defaults, Func<T, T, T> merge)
        where T : Rule
    {
        var merged = new Dictionary<string, T>(defaults);
        foreach (var (id, rule) in rules) merged[id] = defaults.TryGetValue(id, out var known) ? (T)merge(rule, known).OverCommon(known) : rule;
        return merged;
    }

    private Rule OverCommon(Rule known) => this with
    {
        CooldownSeconds = CooldownSeconds ?? known.CooldownSeconds,
        Devices = Devices ?? known.Devices,
        Zones = Zones ?? known.Zones,
        Action = Action ?? known.Action,
        Enabled = Enabled ?? known.Enabled,
    };
}
