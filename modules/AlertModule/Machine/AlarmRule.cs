using EdgeModules.Alerting.Rules;

namespace EdgeModules.Alerting.Machine;

internal enum RuleKind
{
    Threshold,
    NoData,
    Score,
    Zone,
}

/// <summary>What the alarm machine needs of a rule in force; times in milliseconds.</summary>
internal sealed record AlarmRule(string Id, RuleKind Kind)
{
    public string Metric { get; init; } = "";

    public Direction Direction { get; init; }

    /// <summary>NaN for none, which no value is beyond.</summary>
    public double Warning { get; init; } = double.NaN;

    public double Critical { get; init; } = double.NaN;

    public double Hysteresis { get; init; }

    /// <summary>How long a condition must hold before an alarm begins.</summary>
    public long Hold { get; init; }

    /// <summary>How many observations in a row must meet the condition before an alarm begins.</summary>
    public int Consecutive { get; init; } = 1;

    public long Cooldown { get; init; }

    public RuleAction? Action { get; init; }

    /// <summary>Clock time without data.</summary>
    public long Silence { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<ZoneCondition> Conditions { get; init; } = [];

    public long Within { get; init; }

    public int MinDevices { get; init; }

    public IdList? Devices { get; init; }

    public IdList? Zones { get; init; }

    public bool CoversDevice(string deviceId, string? zone) =>
        (Devices is null || Devices.Contains(deviceId)) && (Zones is null || Zones.Contains(zone));

    public bool CoversZone(string zone) => Zones is null || Zones.Contains(zone);

    /// <summary>The severity that a value means, given the one in force: a threshold that was passed is left only by the hysteresis.</summary>
    public Severity LevelOf(double value, Severity current)
    {
        if (IsBeyond(value, Critical, current >= Severity.Critical)) return Severity.Critical;
        return IsBeyond(value, Warning, current >= Severity.Warning) ? Severity.Warning : Severity.None;
    }

    /// <summary>The threshold of a severity; of <see cref="Severity.None"/>, the one that is passed first.</summary>
    public double ThresholdOf(Severity severity)
    {
        if (severity == Severity.Critical || double.IsNaN(Warning)) return Critical;
        return Warning;
    }

    private bool IsBeyond(double value, double threshold, bool isInForce)
    {
        var margin = isInForce ? Hysteresis : 0;
        return Direction == Direction.Above ? value > threshold - margin : value < threshold + margin;
    }

    /// <summary>The rules of the settings that are enabled.</summary>
    public static IReadOnlyList<AlarmRule> Of(AlertSettings settings) =>
    [
        .. settings.Rules.Where(pair => pair.Value.Enabled != false).Select(pair => OfThreshold(pair.Key, pair.Value)),
        .. settings.NoDataRules.Where(pair => pair.Value.Enabled != false).Select(pair => OfNoData(pair.Key, pair.Value)),
        .. settings.ScoreRules.Where(pair => pair.Value.Enabled != false).Select(pair => OfScore(pair.Key, pair.Value)),
        .. settings.ZoneRules.Where(pair => pair.Value.Enabled != false).Select(pair => OfZone(pair.Key, pair.Value)),
    ];

    private static AlarmRule OfThreshold(string id, ThresholdRule rule) => Common(id, RuleKind.Threshold, rule) with
    {
        Metric = rule.Metric!,
        Direction = rule.Direction ?? Direction.Above,
        Warning = rule.Warning ?? double.NaN,
        Critical = rule.Critical ?? double.NaN,
        Hysteresis = rule.Hysteresis ?? 0,
        Hold = (rule.ForSeconds ?? 0) * 1000L,
    };

    private static AlarmRule OfNoData(string id, NoDataRule rule) => Limit(Common(id, RuleKind.NoData, rule) with { Silence = rule.Seconds * 1000L }, rule.Severity, rule.Seconds);

    private static AlarmRule OfScore(string id, ScoreRule rule) => Limit(Common(id, RuleKind.Score, rule), rule.Severity, rule.Above) with
    {
        Metric = "score",
        Hysteresis = rule.Above - (rule.Clear ?? rule.Above),
        Consecutive = rule.Consecutive,
        Model = rule.Model,
    };

    private static AlarmRule OfZone(string id, ZoneRule rule)
    {
        var first = rule.All!.Items[0];
        return Limit(Common(id, RuleKind.Zone, rule), rule.Severity ?? RuleSeverity.Critical, first.Threshold) with
        {
            Metric = first.Metric,
            Direction = first.Direction,
            Hold = (rule.ForSeconds ?? 0) * 1000L,
            Conditions = rule.All.Items,
            Within = (rule.WithinSeconds ?? 60) * 1000L,
            MinDevices = rule.MinDevices ?? 1,
        };
    }

    private static AlarmRule Common(string id, RuleKind kind, Rule rule) => new(id, kind)
    {
        Cooldown = (rule.CooldownSeconds ?? 30) * 1000L,
        Action = rule.Action,
        Devices = rule.Devices,
        Zones = rule.Zones,
    };

    private static AlarmRule Limit(AlarmRule rule, RuleSeverity severity, double limit) =>
        severity == RuleSeverity.Critical ? rule with { Critical = limit } : rule with { Warning = limit };
}
