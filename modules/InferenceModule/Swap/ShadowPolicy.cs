namespace EdgeModules.Inference.Swap;

public enum ShadowDecision
{
    GoOn,
    AwaitApproval,
    Promote,
    Reject,
    Inconclusive,
}

/// <param name="Reason">A sentence.</param>
public sealed record Judgement(ShadowDecision Decision, string Reason, IReadOnlyList<RuleResult> Rules);

/// <summary>Gate 2 and probation: figures in, decision out.</summary>
public static class ShadowPolicy
{
    public static Judgement Judge(PolicySettings policy, ComparisonSnapshot seen, TimeSpan elapsed, bool isApproved)
    {
        var rules = GateRules.Judge(policy, seen, elapsed);
        if (seen.Fatal is { } fatal) return new Judgement(ShadowDecision.Reject, fatal, rules);
        var open = rules.Where(rule => rule.Verdict == RuleVerdict.Open).Select(rule => rule.Rule).ToList();
        var isOverdue = elapsed.TotalMinutes >= policy.MaxShadowMinutes;
        if (open.Count > 0)
        {
            var missing = $"Not enough data after {GateRules.Text(elapsed.TotalMinutes)} minutes for: {string.Join(", ", open)}.";
            return new Judgement(isOverdue ? ShadowDecision.Inconclusive : ShadowDecision.GoOn, missing, rules);
        }

        var broken = rules.Where(rule => rule.Verdict == RuleVerdict.Broken).Select(rule => rule.Rule).ToList();
        if (broken.Count > 0) return new Judgement(ShadowDecision.Reject, $"Rules that do not hold: {string.Join(", ", broken)}.", rules);
        if (policy.Mode != SwapMode.Improve || isApproved) return new Judgement(ShadowDecision.Promote, "All rules hold.", rules);
        return isOverdue
            ? new Judgement(ShadowDecision.Inconclusive, "All rules hold, but nobody approved the candidate in time.", rules)
            : new Judgement(ShadowDecision.AwaitApproval, "All rules hold; the candidate waits to be approved by its sha256.", rules);
    }

    /// <returns>Why the model must go back, or null.</returns>
    public static string? WhyRollBack(PolicySettings policy, ComparisonSnapshot? seen, LiveHealth health)
    {
        if (health.Fatal is { } fatal) return fatal;
        if (health.SlowMinutes >= policy.ProbationSlowMinutes)
            return $"The slowest call in a hundred took more than {GateRules.Text(policy.MaxLatencyP99Ms)} ms for {health.SlowMinutes} minutes in a row.";
        if (seen is null) return null;
        var alerts = GateRules.Probation(policy, seen);
        return alerts.Verdict == RuleVerdict.Broken ? $"{alerts.Value} blocks are over the limit; it must be {alerts.Limit} ({alerts.Note})." : null;
    }
}

/// <summary>How the active model does its work.</summary>
/// <param name="Fatal">Why it can go on no longer: a sentence, or null.</param>
/// <param name="SlowMinutes">Minutes in a row, up to now, over the latency.</param>
public readonly record struct LiveHealth(string? Fatal, int SlowMinutes);
