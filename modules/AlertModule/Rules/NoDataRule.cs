using EdgeModules.Hosting.Settings;

namespace EdgeModules.Alerting.Rules;

public enum RuleSeverity
{
    Warning,
    Critical,
}

/// <summary>Nothing arrived from a device that was heard before.</summary>
public sealed record NoDataRule : Rule
{
    /// <summary>Clock time since the device's last arrival, 1 to 604800.</summary>
    public int Seconds { get; init; } = 300;

    public RuleSeverity Severity { get; init; } = RuleSeverity.Warning;

    public override void Validate(SettingErrors errors)
    {
        errors.Require(Seconds is >= 1 and <= LongestSeconds, Seconds, "1 to 604800");
        base.Validate(errors);
    }
}
