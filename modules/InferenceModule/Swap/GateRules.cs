using System.Globalization;
using EdgeModules.Inference.Swap.Statistics;

namespace EdgeModules.Inference.Swap;

public enum RuleVerdict
{
    Held,
    Broken,

    /// <summary>Not enough data to say.</summary>
    Open,

    /// <summary>The mode leaves it out.</summary>
    Waived,
}

/// <summary>One rule of a decision, for people to read.</summary>
/// <param name="Value">What was measured; null when there is none.</param>
/// <param name="Limit">As <c>&gt;= 0.9</c>.</param>
public sealed record RuleResult(string Rule, double? Value, string Limit, RuleVerdict Verdict, string? Note = null);

/// <summary>The rules on which a candidate in shadow is judged.</summary>
public static class GateRules
{
    /// <summary>All of them, whatever the mode; in a fixed order.</summary>
    public static IReadOnlyList<RuleResult> Judge(PolicySettings policy, ComparisonSnapshot seen, TimeSpan elapsed)
    {
        var improves = policy.Mode == SwapMode.Improve;
        var probes = Total(seen.Probes);
        return
        [
            Rule("shadowMinutes", elapsed.TotalMinutes, AtLeast(policy.MinShadowMinutes), Enough(elapsed.TotalMinutes >= policy.MinShadowMinutes)),
            Rule("blocks", seen.Blocks, AtLeast(policy.MinBlocks), Enough(seen.Blocks >= policy.MinBlocks)),
            Unless(improves, Agreement(policy, seen)),
            Unless(improves, DeviceAgreement(policy, seen)),
            Alerts(policy, seen),
            Unless(improves, UpTo("stabilityIndex", seen.Windows > 0, seen.StabilityIndex, policy.MaxStabilityIndex)),
            Unless(improves, From("rankCorrelation", seen.Windows > 0, seen.RankCorrelation, policy.MinRankCorrelation)),
            Rule("probes", probes.Asked, AtLeast(policy.MinProbes), Enough(probes.Asked >= policy.MinProbes)),
            Probes(policy, probes),
            WeakestFeature(policy, seen.Probes, seen.Features),
            UpTo("latencyP99Ms", seen.Windows > 0, seen.ShadowP99Ms, policy.MaxLatencyP99Ms),
            MiddleLatency(policy, seen),
            Drops(policy, seen),
            Errors(policy, seen),
        ];
    }

    /// <summary>Alerts of the new model against those of the one before on the same windows: whether chance explains the difference.</summary>
    public static RuleResult Probation(PolicySettings policy, ComparisonSnapshot seen)
    {
        var (live, shadow) = (seen.Both + seen.OnlyLive, seen.Both + seen.OnlyShadow);
        var pValue = McNemar.PValue(seen.OnlyLive, seen.OnlyShadow);
        var isBroken = live > policy.ProbationAlertRatio * shadow && pValue < policy.AlertSignificance;
        return Rule(
            "probationAlerts", live, $"<= {Text(policy.ProbationAlertRatio)} x {shadow}, or p >= {Text(policy.AlertSignificance)}",
            isBroken ? RuleVerdict.Broken : RuleVerdict.Held,
            $"p = {Text(pValue)} over {seen.Blocks} blocks");
    }

    private static RuleResult Agreement(PolicySettings policy, ComparisonSnapshot seen)
    {
        var bound = Wilson.LowerBound(seen.Agreed, seen.Blocks);
        return Of("agreementLowerBound", seen.Blocks > 0, bound, AtLeast(policy.MinAgreement), bound >= policy.MinAgreement) with
        {
            Note = $"{seen.Agreed} of {seen.Blocks} blocks",
        };
    }

    private static RuleResult DeviceAgreement(PolicySettings policy, ComparisonSnapshot seen)
    {
        // No device with enough blocks: the rule is about none, and holds.
        const string rule = "deviceAgreement";
        var limit = policy.MinDeviceAgreement;
        if (seen.WorstDevices.Count == 0) return Rule(rule, null, AtLeast(limit), RuleVerdict.Held, $"no device has {policy.MinDeviceBlocks} blocks");
        return From(rule, isKnown: true, seen.WorstDevices[0].Share, limit) with { Note = seen.WorstDevices[0].DeviceId };
    }

    private static RuleResult Alerts(PolicySettings policy, ComparisonSnapshot seen)
    {
        var (live, shadow) = (seen.Both + seen.OnlyLive, seen.Both + seen.OnlyShadow);
        var pValue = McNemar.PValue(seen.OnlyLive, seen.OnlyShadow);
        var isWithin = shadow <= policy.MaxAlertRatio * live && live <= policy.MaxAlertRatio * shadow;
        var limit = $"{Text(1 / policy.MaxAlertRatio)} to {Text(policy.MaxAlertRatio)}, or p >= {Text(policy.AlertSignificance)}";
        return Of("alertRatio", seen.Blocks > 0, live == 0 ? null : (double)shadow / live, limit, isWithin || pValue >= policy.AlertSignificance) with
        {
            Note = $"{shadow} against {live} of {seen.Blocks} blocks, p = {Text(pValue)}",
        };
    }

    private static RuleResult Probes(PolicySettings policy, ProbeCount probes)
    {
        var loss = Loss(probes);
        return Of("probeLossPoints", probes.Asked >= policy.MinProbes, loss, AtMost(policy.MaxProbeLossPoints), loss <= policy.MaxProbeLossPoints) with
        {
            Note = $"{probes.FoundByShadow} against {probes.FoundByLive} of {probes.Asked} injected faults",
        };
    }

    private static RuleResult WeakestFeature(PolicySettings policy, IReadOnlyList<ProbeCount> probes, IReadOnlyList<string> features)
    {
        var isEnough = probes.Count > 0 && probes.All(probe => probe.Asked >= policy.MinFeatureProbes);
        var weakest = probes.Select((probe, feature) => (Feature: feature, Loss: Loss(probe))).OrderByDescending(each => each.Loss).FirstOrDefault();
        var limit = policy.MaxFeatureProbeLossPoints;
        return Of("featureProbeLossPoints", isEnough, weakest.Loss, AtMost(limit), weakest.Loss <= limit) with
        {
            Note = $"{features.ElementAtOrDefault(weakest.Feature) ?? "no feature"}; at least {policy.MinFeatureProbes} injected faults in each",
        };
    }

    private static RuleResult MiddleLatency(PolicySettings policy, ComparisonSnapshot seen)
    {
        var limit = Math.Max(policy.MaxLatencyRatio * seen.LiveP50Ms, policy.LatencyP50FloorMs);
        return Of("latencyP50Ms", seen.Windows > 0, seen.ShadowP50Ms, AtMost(limit), seen.ShadowP50Ms <= limit);
    }

    private static RuleResult Drops(PolicySettings policy, ComparisonSnapshot seen)
    {
        var percent = Percent(seen.Dropped, seen.Windows + seen.Dropped);
        return Of("dropPercent", seen.Windows > 0, percent, AtMost(policy.MaxDropPercent), percent <= policy.MaxDropPercent);
    }

    private static RuleResult Errors(PolicySettings policy, ComparisonSnapshot seen)
    {
        var percent = Percent(seen.Errors, seen.Windows);
        return Of("errorPercent", seen.Windows > 0, percent, AtMost(policy.MaxErrorPercent), percent <= policy.MaxErrorPercent);
    }

    private static double Loss(ProbeCount probe) => Percent(probe.FoundByLive - probe.FoundByShadow, probe.Asked);

    private static ProbeCount Total(IReadOnlyList<ProbeCount> probes) =>
        new(probes.Sum(probe => probe.Asked), probes.Sum(probe => probe.FoundByLive), probes.Sum(probe => probe.FoundByShadow));

    private static double Percent(long part, long whole) => whole == 0 ? 0 : 100.0 * part / whole;

    private static RuleResult Unless(bool isWaived, RuleResult rule) => isWaived ? rule with { Verdict = RuleVerdict.Waived } : rule;

    private static RuleVerdict Enough(bool isEnough) => isEnough ? RuleVerdict.Held : RuleVerdict.Open;

    private static RuleResult Of(string rule, bool isKnown, double? value, string limit, bool holds) =>
        Rule(rule, isKnown ? value : null, limit, !isKnown ? RuleVerdict.Open : holds ? RuleVerdict.Held : RuleVerdict.Broken);

    private static RuleResult UpTo(string rule, bool isKnown, double value, double limit) => Of(rule, isKnown, value, AtMost(limit), value <= limit);

    private static RuleResult From(string rule, bool isKnown, double value, double limit) => Of(rule, isKnown, value, AtLeast(limit), value >= limit);

    private static RuleResult Rule(string rule, double? value, string limit, RuleVerdict verdict, string? note = null) =>
        new(rule, value, limit, verdict, note);

    private static string AtLeast(double limit) => $">= {Text(limit)}";

    private static string AtMost(double limit) => $"<= {Text(limit)}";

    internal static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
