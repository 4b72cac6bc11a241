using EdgeModules.Hosting.Settings;

namespace EdgeModules.Alerting.Rules;

public enum Direction
{
    Above,
    Below,
}

/// <summary>A device's metric beyond a threshold.</summary>
public sealed record ThresholdRule : Rule
{
    public static IReadOnlyDictionary<string, ThresholdRule> Defaults { get; } = new Dictionary<string, ThresholdRule>
    {
        ["temperatureHigh"] = new() { Metric = "temperature", Direction = Rules.Direction.Above, Warning = 35, Critical = 45 },
        ["temperatureLow"] = new() { Metric = "temperature", Direction = Rules.Direction.Below, Warning = 5, Critical = 0 },
        ["vibrationHigh"] = new() { Metric = "vibration", Direction = Rules.Direction.Above, Warning = 50, Critical = 80 },
        ["humidityHigh"] = new() { Metric = "humidity", Direction = Rules.Direction.Above, Warning = 80, Critical = 95 },
    };

    public string? Metric { get; init; }

    /// <summary>Null for above.</summary>
    public Direction? Direction { get; init; }

    /// <summary>In the metric's own unit; an alarm begins strictly beyond it. Null for no warnings.</summary>
    public double? Warning { get; init; }

    /// <summary>As <see cref="Warning"/>, further out.</summary>
    public double? Critical { get; init; }

    /// <summary>How far the value must come back within a threshold to leave it, in the metric's unit; null for 0.</summary>
    public double? Hysteresis { get; init; }

    /// <summary>Event time for which the value must stay beyond a threshold before an alarm begins; null for 0.</summary>
    public int? ForSeconds { get; init; }

    /// <summary>The keys of this kind.</summary>
    internal ThresholdRule Over(ThresholdRule known) => this with
    {
        Metric = Metric ?? known.Metric,
        Direction = Direction ?? known.Direction,
        Warning = Warning ?? known.Warning,
        Critical = Critical ?? known.Critical,
        Hysteresis = Hysteresis ?? known.Hysteresis,
        ForSeconds = ForSeconds ?? known.ForSeconds,
    };

    public override void Validate(SettingErrors errors)
    {
        errors.Require(Metric is { Length: >= 1 and <= 128 }, Metric, "1 to 128 characters");
        errors.Require(Warning is not null || Critical is not null, Warning, "a number, unless critical is one");
        if (Warning is not null && Critical is not null)
        {
            var isAbove = Direction is not Rules.Direction.Below;
            errors.Require(isAbove ? Critical >= Warning : Critical <= Warning, Critical, $"{(isAbove ? "at least" : "at most")} warning ({Warning})");
        }

        errors.Require(Hysteresis is null or >= 0, Hysteresis, "0 or more");
        errors.Require(ForSeconds is null or (>= 0 and <= LongestSeconds), ForSeconds, "0 to 604800");
        base.Validate(errors);
    }
}
