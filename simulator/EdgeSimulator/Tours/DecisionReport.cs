using System.Globalization;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>A <c>shadowReport</c> of the InferenceModule.</summary>
public sealed record DecisionReport(JObject Json)
{
    public string Candidate => Json["candidate"]?.Value<string>("sha256") ?? "";

    /// <summary>As <c>rejected</c>.</summary>
    public string Decision => Json.Value<string>("decision") ?? "";

    public string Reason => Json.Value<string>("reason") ?? "";

    public IReadOnlyList<string> BrokenRules =>
        [.. Rules.Where(rule => rule.Value<string>("verdict") == "broken").Select(rule => rule.Value<string>("rule") ?? "")];

    /// <summary>Of one in probation: how many separate windows the model before took for strange; null when the report has no figures.</summary>
    public (long Blocks, long Before)? OverLimit => Json["figures"] is JObject figures
        ? (figures.Value<long>("blocks"), figures.Value<long>("both") + figures.Value<long>("onlyShadow"))
        : null;

    /// <returns>Faults injected into a feature: how many, and how many each model found; null when the report does not say.</returns>
    public (long Asked, long FoundByLive, long FoundByCandidate)? ProbesOf(int feature) =>
        (Json["figures"]?["probes"] as JArray)?.ElementAtOrDefault(feature) is JArray { Count: 3 } probes
            ? (probes[0].Value<long>(), probes[1].Value<long>(), probes[2].Value<long>())
            : null;

    private IEnumerable<JObject> Rules => (Json["rules"] as JArray ?? []).OfType<JObject>();

    public double? ValueOf(string rule) => Find(rule)?.Value<double?>("value");

    /// <returns>The rule with its number and its limit, in a line; null when the report has no such rule.</returns>
    public string? Describe(string name)
    {
        if (Find(name) is not { } rule) return null;
        var value = rule.Value<double?>("value") is { } number ? $" {number.ToString("0.####", CultureInfo.InvariantCulture)}" : "";
        var note = rule.Value<string?>("note") is { } text ? $" ({text})" : "";
        return $"{name}{value}{note}; it must be {rule.Value<string>("limit")}: {rule.Value<string>("verdict")}.";
    }

    private JObject? Find(string name) => Rules.FirstOrDefault(rule => rule.Value<string>("rule") == name);
}
