namespace EdgeModules.Alerting.Machine;

/// <summary>The rules in force, by kind.</summary>
internal sealed class RuleSet(AlertSettings settings)
{
    private readonly Dictionary<string, AlarmRule> _all = AlarmRule.Of(settings).ToDictionary(rule => rule.Id);
    private readonly HashSet<string> _known = [.. settings.Rules.Keys, .. settings.NoDataRules.Keys, .. settings.ScoreRules.Keys, .. settings.ZoneRules.Keys];

    public AlertSettings Settings { get; } = settings;

    public AlarmRule[] Thresholds => field ??= Of(RuleKind.Threshold);

    public AlarmRule[] Silences => field ??= Of(RuleKind.NoData);

    public AlarmRule[] Scores => field ??= Of(RuleKind.Score);

    public AlarmRule[] Zones => field ??= Of(RuleKind.Zone);

    /// <summary>Metrics that zone rules are about.</summary>
    public string[] ZoneMetrics => field ??= [.. Zones.SelectMany(rule => rule.Conditions).Select(condition => condition.Metric).Distinct()];

    /// <summary>A change of zone may move a device out of a rule.</summary>
    public bool NamesZones => _all.Values.Any(rule => rule.Zones is not null);

    public AlarmRule? Find(string id) => _all.GetValueOrDefault(id);

    /// <summary>Whether the settings have it, in force or not.</summary>
    public bool Knows(string id) => _known.Contains(id);

    /// <summary>Ids of all rules, in force or not.</summary>
    public IEnumerable<string> Known => _known;

    private AlarmRule[] Of(RuleKind kind) => [.. _all.Values.Where(rule => rule.Kind == kind)];
}
