using EdgeModules.Alerting.Rules;

namespace EdgeModules.Alerting.Tests.Plain;

/// <param name="Level">The severity of a value, or of the values of all conditions, given the severity in force.</param>
internal sealed record PlainRule(string Id, Rule Rule, long For, int Consecutive, Func<double[], string, string> Level)
{
    public long Cooldown => (Rule.CooldownSeconds ?? 30) * 1000L;

    public RuleAction? Action => Rule.Action;

    public bool Covers(string device, string? zone) => Rule.Devices?.Contains(device) != false && Rule.Zones?.Contains(zone) != false;

    public static IReadOnlyList<PlainRule> Of(AlertSettings settings)
    {
        var rules = new List<PlainRule>();
        foreach (var (id, rule) in settings.Rules) rules.Add(new PlainRule(id, rule, (rule.ForSeconds ?? 0) * 1000L, 1, (values, current) => LevelOf(rule, values[0], current)));
        foreach (var (id, rule) in settings.NoDataRules) rules.Add(new PlainRule(id, rule, 0, 1, (_, _) => Name(rule.Severity)));
        foreach (var (id, rule) in settings.ScoreRules)
        {
            rules.Add(new PlainRule(id, rule, 0, rule.Consecutive, (values, current) =>
                values[0] > (current == "none" ? rule.Above : rule.Clear ?? rule.Above) ? Name(rule.Severity) : "none"));
        }

        foreach (var (id, rule) in settings.ZoneRules)
        {
            rules.Add(new PlainRule(id, rule, (rule.ForSeconds ?? 0) * 1000L, 1, (values, current) =>
                rule.All!.Items.Zip(values).All(pair => pair.First.Direction == Direction.Above
                    ? pair.Second > pair.First.Threshold - (current == "none" ? 0 : pair.First.Hysteresis)
                    : pair.Second < pair.First.Threshold + (current == "none" ? 0 : pair.First.Hysteresis)) ? Name(rule.Severity ?? RuleSeverity.Critical) : "none"));
        }

        return [.. rules.Where(rule => rule.Rule.Enabled != false)];
    }

    private static string LevelOf(ThresholdRule rule, double value, string current)
    {
        var margin = rule.Hysteresis ?? 0;
        bool IsBeyond(double? threshold, bool isIn) => rule.Direction == Direction.Below
            ? value < threshold + (isIn ? margin : 0)
            : value > threshold - (isIn ? margin : 0);
        if (IsBeyond(rule.Critical, current == "critical")) return "critical";
        return IsBeyond(rule.Warning, current != "none") ? "warning" : "none";
    }

    private static string Name(RuleSeverity severity) => severity == RuleSeverity.Critical ? "critical" : "warning";
}
