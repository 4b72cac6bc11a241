using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Rules;

public enum RuleSeverity
{
    Warning,
    Critical,
}

/// <summary>Nothing arrived from a device that was heard before.</summary>
public sealed record NoDataRule : IRule
{
    /// <summary>Clock time since the device's last arrival, 1 to 604800.</summary>
    public int Seconds { get; init; } = 300;

    public RuleSeverity Severity { get; init; } = RuleSeverity.Warning;

    /// <summary>Clock time in which an alarm is not raised again; null for 30.</summary>
    public int? CooldownSeconds { get; init; }

    /// <summary>The only devices that count; null for all.</summary>
    public IdList? Devices { get; init; }

    /// <summary>The only zones that count; null for all.</summary>
    public IdList? Zones { get; init; }

    public RuleAction? Action { get; init; }

    /// <summary>Null for true.</summary>
    public bool? Enabled { get; init; }

    public JToken ToJson() => RuleJson.OfSet(this);

    public void Validate(SettingErrors errors)
    {
        errors.Require(Seconds is >= 1 and <= RuleJson.LongestSeconds, Seconds, "1 to 604800");
        RuleJson.ValidateCommon(this, errors);
    }
}
