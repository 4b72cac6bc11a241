using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

/// <summary>Conditions over the latest readings of the devices of a zone, all of which must hold.</summary>
public sealed record ZoneRule : Rule
{
    public static IReadOnlyDictionary<string, ZoneRule> Defaults { get; } = new Dictionary<string, ZoneRule>
    {
        ["overheat"] = new()
        {
            All = new ZoneConditions(
            [
                new ZoneCondition(ZoneAggregate.Avg, "temperature", Direction.Above, 40, 0),
                new ZoneCondition(ZoneAggregate.Max, "vibration", Direction.Above, 60, 0),
            ]),
        },
    };

    public ZoneConditions? All { get; init; }

    /// <summary>A reading counts when it is not older than this against the newest of its zone, in seconds; null for 60.</summary>
    public int? WithinSeconds { get; init; }

    /// <summary>Devices with such a reading that there must be; null for 1.</summary>
    public int? MinDevices { get; init; }

    /// <summary>Null for critical.</summary>
    public RuleSeverity? Severity { get; init; }

    /// <summary>As in a threshold rule, in the zone's newest timestamps; null for 0.</summary>
    public int? ForSeconds { get; init; }

    /// <summary>The keys of this kind.</summary>
    internal ZoneRule Over(ZoneRule known) => this with
    {
        All = All ?? known.All,
        WithinSeconds = WithinSeconds ?? known.WithinSeconds,
        MinDevices = MinDevices ?? known.MinDevices,
        Severity = Severity ?? known.Severity,
        ForSeconds = ForSeconds ?? known.ForSeconds,
    };

    public override void Validate(SettingErrors errors)
    {
        errors.Require(All is not null, null, "an array of conditions", "all");
        errors.Require(Devices is null, Devices?.ToJson(), "absent: a zone rule is about all devices of its zones", "devices");
        errors.Require(WithinSeconds is null or (>= 1 and <= LongestSeconds), WithinSeconds, "1 to 604800");
        errors.Require(MinDevices is null or (>= 1 and <= 1_000_000), MinDevices, "1 to 1000000");
        errors.Require(ForSeconds is null or (>= 0 and <= LongestSeconds), ForSeconds, "0 to 604800");
        base.Validate(errors);
    }
}

public enum ZoneAggregate
{
    Avg,
    Max,
    Min,
    Count,
}

/// <param name="Hysteresis">How far the aggregate must come back within the threshold for the alarm to end.</param>
public sealed record ZoneCondition(ZoneAggregate Aggregate, string Metric, Direction Direction, double Threshold, double Hysteresis)
{
    /// <returns>Whether the condition holds; inside an alarm it holds until the value is back by the hysteresis.</returns>
    public bool Holds(double value, bool isActive)
    {
        var margin = isActive ? Hysteresis : 0;
        return Direction == Direction.Above ? value > Threshold - margin : value < Threshold + margin;
    }
}

/// <summary><c>[{"aggregate": "avg", "metric": "temperature", "above": 40, "hysteresis"?: 2}, …]</c>: one to eight.</summary>
public sealed record ZoneConditions(IReadOnlyList<ZoneCondition> Items) : ISettingValue<ZoneConditions>
{
    private static readonly string[] Keys = ["aggregate", "metric", "above", "below", "hysteresis"];

    public static ZoneConditions? FromJson(JToken value, string key, SettingErrors errors)
    {
        const string Must = "an array of 1 to 8 objects {\"aggregate\": \"avg\", \"max\", \"min\" or \"count\", \"metric\": name, \"above\" or \"below\": number, \"hysteresis\"?: 0 or more}";
        var items = value is JArray { Count: >= 1 and <= 8 } array ? array.Select(Read).ToList() : [null];
        if (!items.Contains(null)) return new ZoneConditions([.. items.Select(item => item!)]);
        errors.Add(key, value, Must);
        return null;
    }

    public JToken ToJson() => new JArray(Items.Select(item =>
    {
        var json = new JObject
        {
            ["aggregate"] = SettingsName(item.Aggregate),
            ["metric"] = item.Metric,
            [item.Direction == Direction.Above ? "above" : "below"] = item.Threshold,
        };
        if (item.Hysteresis > 0) json["hysteresis"] = item.Hysteresis;
        return json;
    }));

    public bool Equals(ZoneConditions? other) => other is not null && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Count;

    internal static string SettingsName(ZoneAggregate aggregate) => aggregate switch
    {
        ZoneAggregate.Avg => "avg",
        ZoneAggregate.Max => "max",
        ZoneAggregate.Min => "min",
        _ => "count",
    };

    private static ZoneCondition? Read(JToken token)
    {
        if (token is not JObject json || json.Properties().Any(property => !Keys.Contains(property.Name))) return null;
        if (json["aggregate"] is not JValue { Value: string name }) return null;
        ZoneAggregate? aggregate = name switch
        {
            "avg" => ZoneAggregate.Avg,
            "max" => ZoneAggregate.Max,
            "min" => ZoneAggregate.Min,
            "count" => ZoneAggregate.Count,
            _ => null,
        };
        if (aggregate is null || json["metric"] is not JValue { Value: string { Length: >= 1 and <= 128 } metric }) return null;
        if (json["above"] is null == json["below"] is null) return null;
        var direction = json["above"] is not null ? Direction.Above : Direction.Below;
        var hysteresis = 0.0;
        if (!TryFinite((json["above"] ?? json["below"])!, out var threshold)) return null;
        if (json["hysteresis"] is { } margin && (!TryFinite(margin, out hysteresis) || hysteresis < 0)) return null;
        return new ZoneCondition(aggregate.Value, metric, direction, threshold, hysteresis);
    }

    private static bool TryFinite(JToken token, out double number) => SettingsBinder.TryReadNumber(token, out number) && double.IsFinite(number);
}
