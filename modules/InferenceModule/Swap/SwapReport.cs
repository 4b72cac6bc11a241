using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <summary>What was decided on a candidate, and why: the numbers, each rule with its limit and verdict, the decision.</summary>
/// <param name="Active">The model that it is compared with; null when there is none.</param>
public sealed record SwapReport(
    ModelIdentity Candidate, ModelIdentity? Active, SwapMode Mode, SwapPhase Phase, string Reason, DateTimeOffset StartedAt, DateTimeOffset DecidedAt,
    IReadOnlyList<RuleResult> Rules, ComparisonSnapshot? Seen)
{
    /// <summary>What a twin, and thus a report, may hold.</summary>
    public const int MaxBytes = 32_000;

    private const int MaxText = 1000;

    /// <returns>At most <see cref="MaxBytes"/> of UTF-8: what is longest and least needed is left out first.</returns>
    public JObject ToJson()
    {
        var json = new JObject
        {
            ["candidate"] = Of(Candidate),
            ["active"] = Active is null ? JValue.CreateNull() : Of(Active),
            ["mode"] = Camel(Mode),
            ["decision"] = Camel(Phase),
            ["reason"] = Shorten(Reason),
            ["startedAt"] = StartedAt.ToUnixTimeMilliseconds(),
            ["decidedAt"] = DecidedAt.ToUnixTimeMilliseconds(),
            ["minutes"] = Round((DecidedAt - StartedAt).TotalMinutes),
            ["rules"] = new JArray(Rules.Select(Of)),
        };
        if (Seen is not null) json["figures"] = Figures(Seen);
        foreach (var extra in new[] { "figures.worstDevices", "figures.probes", "figures", "rules" })
        {
            if (JsonText.ToUtf8(json).Length <= MaxBytes) break;
            json.SelectToken(extra)?.Parent?.Remove();
            json["shortened"] = true;
        }

        return json;
    }

    /// <returns>The same for the same decision.</returns>
    public static string IdOf(JObject report) =>
        MessageIds.Of("shadowReport", $"{report["candidate"]!["sha256"]}", $"{report["decision"]}", $"{report["decidedAt"]}");

    /// <summary>The same figures while nothing is decided yet.</summary>
    public static JObject Figures(ComparisonSnapshot seen) => new()
    {
        ["windows"] = seen.Windows,
        ["dropped"] = seen.Dropped,
        ["errors"] = seen.Errors,
        ["devices"] = seen.Devices,
        ["blocks"] = seen.Blocks,
        ["agreed"] = seen.Agreed,
        ["onlyLive"] = seen.OnlyLive,
        ["onlyShadow"] = seen.OnlyShadow,
        ["both"] = seen.Both,
        ["stabilityIndex"] = Round(seen.StabilityIndex),
        ["rankCorrelation"] = Round(seen.RankCorrelation),
        ["liveP50Ms"] = Round(seen.LiveP50Ms),
        ["shadowP50Ms"] = Round(seen.ShadowP50Ms),
        ["shadowP99Ms"] = Round(seen.ShadowP99Ms),
        ["liveScores"] = new JArray(seen.LiveScores),
        ["shadowScores"] = new JArray(seen.ShadowScores),
        ["probes"] = new JArray(seen.Probes.Select(probe => new JArray(probe.Asked, probe.FoundByLive, probe.FoundByShadow))),
        ["worstDevices"] = new JArray(seen.WorstDevices.Select(device => new JObject
        {
            ["deviceId"] = Shorten(device.DeviceId), ["blocks"] = device.Blocks, ["agreed"] = device.Agreed,
        })),
    };

    /// <remarks>Of a model that was never loaded, or is no longer, only the hash is known.</remarks>
    private static JObject Of(ModelIdentity model) => model.Name.Length == 0
        ? new JObject { ["sha256"] = model.Sha256 }
        : new JObject { ["name"] = model.Name, ["version"] = model.Version, ["sha256"] = model.Sha256 };

    private static JObject Of(RuleResult rule)
    {
        var json = new JObject { ["rule"] = rule.Rule, ["limit"] = rule.Limit, ["verdict"] = Camel(rule.Verdict) };
        if (rule.Value is { } value && double.IsFinite(value)) json["value"] = Round(value);
        if (rule.Note is { } note) json["note"] = Shorten(note);
        return json;
    }

    private static double Round(double value) => Math.Round(value, 4);

    internal static string Camel(Enum word)
    {
        var text = word.ToString();
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    /// <summary>For reports and the twin, whose strings have 4 KB at most.</summary>
    internal static string Shorten(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
