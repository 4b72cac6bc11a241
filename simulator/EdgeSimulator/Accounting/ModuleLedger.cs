using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Accounting;

/// <summary>The books of one module as it tells them, in readings.</summary>
/// <param name="Json">As told; the report shows it whole.</param>
public sealed record ModuleLedger(JObject Json)
{
    /// <summary>Each reading received is in exactly one of these; a counter may be split by reason.</summary>
    private static readonly string[] OutcomeCounters =
        ["forwarded", "suppressed", "folded", "evaluated", "scored", "warming", "invalid", "late", "duplicate", "dropped", "batched", "evicted", "held"];

    /// <summary>Null for a source, which receives nothing.</summary>
    public long? Received => Json.ContainsKey("received") ? Sum("received") : null;

    /// <summary>Found again after the module's books were lost; received in these.</summary>
    public long Recovered => Sum("recovered");

    public long Held => Sum("held");

    /// <summary>Saved as outputs, and not yet accepted by the hub.</summary>
    public long Unsent => Sum("unsent");

    public long Outcomes => OutcomeCounters.Sum(Sum);

    /// <summary>Taken into windows of time.</summary>
    public long Folded => Sum("folded");

    /// <summary>Readings that were folded and are in a summary that was sent, in a window that will give one, or were given up by hand.</summary>
    public long InSummaries => Sum("summarized") + Sum("open") + Sum("forgotten");

    /// <summary>Output → readings that the hub has accepted.</summary>
    public IReadOnlyDictionary<string, long> Sent =>
        Json["sent"] is JObject sent ? sent.Properties().ToDictionary(output => output.Name, output => Sum(output.Value)) : new Dictionary<string, long>();

    /// <summary>Of a source, over all readings it has made; null when it does not tell.</summary>
    public double? AverageReadingBytes =>
        Sum("generated") is > 0 and var readings && Json.ContainsKey("generatedBytes") ? (double)Sum("generatedBytes") / readings : null;

    /// <summary>Grows with every counter that only grows: of two ledgers of one module the larger one is the later.</summary>
    private long Activity => Json.Properties().Where(counter => counter.Name is not ("held" or "unsent" or "open")).Sum(counter => Sum(counter.Value));

    public static ModuleLedger Later(ModuleLedger first, ModuleLedger second) => second.Activity >= first.Activity ? second : first;

    private long Sum(string counter) => Sum(Json[counter]);

    /// <returns>Of a counter, over its reasons where it has some; 0 where there is none.</returns>
    public static long Sum(JToken? count) => count switch
    {
        JObject reasons => reasons.Properties().Sum(reason => Sum(reason.Value)),
        JValue { Value: long readings } => readings,
        _ => 0,
    };
}
