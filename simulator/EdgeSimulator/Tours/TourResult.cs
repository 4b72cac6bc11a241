using EdgeSimulator.Accounting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>How the story went.</summary>
/// <param name="Differences">Where it did not go as told: sentences.</param>
public sealed record TourResult(IReadOnlyList<TourPart> Parts, IReadOnlyList<string> Differences, TimeSpan Elapsed)
{
    public bool WentAsTold => Differences.Count == 0;

    /// <returns>With what the books say against it: no swap may cost a window.</returns>
    public TourResult WithBooks(IReadOnlyDictionary<string, ModuleLedger> ledgers)
    {
        var dropped = ledgers.GetValueOrDefault(TourScript.Scorer)?.Json["dropped"] is JObject reasons ? reasons : [];
        return dropped.Properties().All(reason => reason.Value.Value<long>() == 0)
            ? this
            : this with { Differences = [.. Differences, $"{TourScript.Scorer} dropped readings: {dropped.ToString(Formatting.None)}; no swap may cost one."] };
    }

    public JObject ToJson() => new()
    {
        ["name"] = TourScript.Name,
        ["wentAsTold"] = WentAsTold,
        ["differences"] = new JArray(Differences),
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
        ["policy"] = new JObject(TourScript.Policy.Select(setting => new JProperty(setting.Setting, setting.Value))),
        ["parts"] = new JArray(Parts.Select(part => part.ToJson())),
    };
}

/// <summary>One candidate and what became of it.</summary>
/// <param name="Expected">The decisions that the story tells, in order.</param>
public sealed record TourPart(TourModel Candidate, IReadOnlyList<string> Expected, IList<TourDecision> Decisions)
{
    public JObject ToJson() => new()
    {
        ["candidate"] = new JObject
        {
            ["name"] = Candidate.Name, ["version"] = Candidate.Version, ["sha256"] = Candidate.Sha256, ["url"] = Candidate.Url.ToString(),
        },
        ["expected"] = new JArray(Expected),
        ["decisions"] = new JArray(Decisions.Select(decision => new JObject
        {
            ["seconds"] = Math.Round(decision.After.TotalSeconds, 3), ["report"] = decision.Report.Json.DeepClone(),
        })),
    };
}

/// <param name="After">Since the candidate was given.</param>
public sealed record TourDecision(TimeSpan After, DecisionReport Report);
