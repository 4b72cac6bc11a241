using EdgeModules.Hosting.Settings;

namespace EdgeModules.Alerting.Rules;

/// <summary>A device's model score beyond a limit, several times in a row.</summary>
public sealed record ScoreRule : Rule
{
    /// <summary>An alarm begins strictly above it.</summary>
    public double Above { get; init; } = 0.8;

    /// <summary>It ends at this score or below; at most <see cref="Above"/>. Null for <see cref="Above"/>.</summary>
    public double? Clear { get; init; }

    /// <summary>Scores in a row that must be above, 1 to 1000.</summary>
    public int Consecutive { get; init; } = 1;

    public RuleSeverity Severity { get; init; } = RuleSeverity.Warning;

    /// <summary>The only model whose scores count; null for all.</summary>
    public string? Model { get; init; }

    public override void Validate(SettingErrors errors)
    {
        errors.Require(Clear is null || Clear <= Above, Clear, $"at most above ({Above})");
        errors.Require(Consecutive is >= 1 and <= 1000, Consecutive, "1 to 1000");
        errors.Require(Model is null or { Length: >= 1 and <= 128 }, Model, "1 to 128 characters");
        base.Validate(errors);
    }
}
