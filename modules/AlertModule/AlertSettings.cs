using System.Collections.Frozen;
using EdgeModules.Alerting.Rules;
using EdgeModules.Hosting.Settings;

namespace EdgeModules.Alerting;

/// <summary>The desired properties of the AlertModule. Rules of the twin lie over the default ones, rule by rule and key by key.</summary>
public sealed record AlertSettings : ISettings<AlertSettings>
{
    private const int MaxRules = 200;

    /// <summary>Rule id → threshold rule.</summary>
    public IReadOnlyDictionary<string, ThresholdRule> Rules
    {
        get;
        init => field = Rule.Over(value, ThresholdRule.Defaults, static (rule, known) => rule.Over(known));
    } = ThresholdRule.Defaults;

    /// <summary>Rule id → rule for devices gone quiet.</summary>
    public IReadOnlyDictionary<string, NoDataRule> NoDataRules { get; init; } = new Dictionary<string, NoDataRule>();

    /// <summary>Rule id → rule for model scores.</summary>
    public IReadOnlyDictionary<string, ScoreRule> ScoreRules { get; init; } = new Dictionary<string, ScoreRule>();

    /// <summary>Rule id → rule for zones.</summary>
    public IReadOnlyDictionary<string, ZoneRule> ZoneRules
    {
        get;
        init => field = Rule.Over(value, ZoneRule.Defaults, static (rule, known) => rule.Over(known));
    } = ZoneRule.Defaults;

    /// <summary>Readings older than this against the clock raise as backfill and run no action; 0 to 604800, 0 for none.</summary>
    public int MaxAgeSeconds { get; init; } = 60;

    /// <summary>Readings further ahead of the clock than this do not count for zones; 1 to 604800.</summary>
    public int MaxFutureSeconds { get; init; } = 60;

    /// <summary>Critical alerts and commands of one rule and device in a minute of event time, 1 to 1000; more are counted.</summary>
    public int MaxCriticalPerMinute { get; init; } = 6;

    /// <summary>Devices that are remembered, 1 to 1000000; beyond it the one unseen for longest is forgotten, and its alarms end.</summary>
    public int MaxDevices { get; init; } = 50_000;

    /// <summary>Whether what cannot be used goes to the output <c>invalid</c>; it is counted in any case.</summary>
    public bool EmitInvalid { get; init; }

    public void Validate(SettingErrors errors)
    {
        errors.Require(MaxAgeSeconds is >= 0 and <= Rule.LongestSeconds, MaxAgeSeconds, "0 to 604800");
        errors.Require(MaxFutureSeconds is >= 1 and <= Rule.LongestSeconds, MaxFutureSeconds, "1 to 604800");
        errors.Require(MaxCriticalPerMinute is >= 1 and <= 1000, MaxCriticalPerMinute, "1 to 1000");
        errors.Require(MaxDevices is >= 1 and <= 1_000_000, MaxDevices, "1 to 1000000");
        var known = new HashSet<string>();
        Validate("rules", Rules, known, errors);
        Validate("noDataRules", NoDataRules, known, errors);
        Validate("scoreRules", ScoreRules, known, errors);
        Validate("zoneRules", ZoneRules, known, errors);
        errors.Require(known.Count <= MaxRules, known.Count, "200 or fewer, of all kinds together", "rules");
    }

    /// <summary>Every metric that a rule in force is about.</summary>
    public FrozenSet<string> NamedMetrics() =>
        Rules.Values.Where(rule => rule.Enabled != false).Select(rule => rule.Metric!)
            .Concat(ZoneRules.Values.Where(rule => rule.Enabled != false).SelectMany(rule => rule.All!.Items).Select(condition => condition.Metric))
            .ToFrozenSet();

    private static void Validate<T>(string key, IReadOnlyDictionary<string, T> rules, HashSet<string> known, SettingErrors errors)
        where T : Rule
    {
        foreach (var (id, rule) in rules)
        {
            var path = $"{key}.{SettingsBinder.EncodeId(id)}";
            if (id.Length is < 1 or > 64 || id.Contains('/')) errors.Add(path, id, "under an id of 1 to 64 characters without /");
            if (!known.Add(id)) errors.Add(path, id, "under an id that no other rule has, of whatever kind");
            rule.Validate(errors.Below(path));
        }
    }
}
