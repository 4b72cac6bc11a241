using EdgeSimulator.Timing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <param name="Injected">Times.</param>
/// <param name="Recovery">From the end of the fault until the suite was whole; of faults that follow each other closely, after the last.</param>
internal sealed record FaultCount(FaultKind Kind, int Injected, Latencies Recovery);

/// <summary>What came of a soak.</summary>
/// <param name="Missing">Alarms whose reading was stored and that did not reach the cloud.</param>
/// <param name="WindowDifference">Readings that AggregatorModule has in summaries sent, against those in the windows that reached the cloud.</param>
/// <param name="Mistakes">Each a sentence: windows counted twice, twins that are behind, modules that ended by themselves, a suite that did not recover.</param>
internal sealed record SoakResult(
    SoakOptions Options,
    TimeSpan Elapsed,
    IReadOnlyList<FaultCount> Faults,
    long ReadingsSent,
    long ReadingsInjected,
    long UnaccountedReadings,
    long LostReadings,
    int CriticalsSent,
    int CriticalsUncertain,
    IReadOnlyList<string> Missing,
    long Windows,
    long WindowDifference,
    long CloudMessages,
    long CloudRepeats,
    long Redelivered,
    IReadOnlyList<string> Mistakes)
{
    public bool IsGood => UnaccountedReadings == 0 && LostReadings == 0 && Missing.Count == 0 && WindowDifference == 0 && Mistakes.Count == 0;

    public JObject ToJson() => new()
    {
        ["seed"] = Options.Seed,
        ["minutes"] = Math.Round(Options.Length.TotalMinutes, 3),
        ["devices"] = Options.Devices,
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 1),
        ["isGood"] = IsGood,
        ["faults"] = new JObject(Faults.Select(fault => new JProperty(FaultKinds.NameOf(fault.Kind), new JObject
        {
            ["injected"] = fault.Injected,
            ["recovered"] = fault.Recovery.Count,
            ["recoverySecondsP50"] = Math.Round(fault.Recovery.Percentile(0.5).TotalSeconds, 1),
            ["recoverySecondsMax"] = Math.Round(fault.Recovery.Max.TotalSeconds, 1),
        }))),
        ["readings"] = new JObject { ["sent"] = ReadingsSent, ["injected"] = ReadingsInjected },
        ["unaccountedReadings"] = UnaccountedReadings,
        ["lostReadings"] = LostReadings,
        ["criticalAlerts"] = new JObject
        {
            ["sent"] = CriticalsSent,
            ["arrived"] = CriticalsSent - Missing.Count,
            ["uncertain"] = CriticalsUncertain,
            ["missing"] = new JArray(Missing),
        },
        ["windows"] = new JObject { ["arrived"] = Windows, ["readingDifference"] = WindowDifference },
        ["redelivered"] = Redelivered,
        ["cloud"] = new JObject { ["messages"] = CloudMessages, ["repeats"] = CloudRepeats },
        ["mistakes"] = new JArray(Mistakes),
    };
}
