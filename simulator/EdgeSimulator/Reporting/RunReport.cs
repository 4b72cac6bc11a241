using EdgeSimulator.Accounting;
using EdgeSimulator.Agent;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;
using EdgeSimulator.Running;
using EdgeSimulator.Scoring;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Reporting;

/// <summary>What came of a run.</summary>
/// <param name="ReadingsSent">By the sources.</param>
/// <param name="ReadingsInjected">By the user, straight to inputs of modules.</param>
/// <param name="Streams">What the cloud was sent, by output.</param>
/// <param name="Losses">Receivers whose messages the hub dropped; they are accounted for, and yet did not arrive.</param>
/// <param name="Alone">What the cloud would have been sent without this suite.</param>
/// <param name="Processes">Name → what it used, the simulator under its own name.</param>
/// <param name="Alarms">Of this run alone, also where the books go on from an earlier one; so too <paramref name="Scores"/>.</param>
public sealed record RunReport(
    TimeSpan Elapsed,
    long ReadingsSent,
    long ReadingsInjected,
    IReadOnlyDictionary<string, ModuleLedger> Ledgers,
    UpstreamStatus Upstream,
    IReadOnlyList<StreamStatus> Streams,
    IReadOnlyList<EndpointLoss> Losses,
    EveryReadingAlone Alone,
    IReadOnlyList<Difference> Differences,
    IReadOnlyList<ProcessReport> Processes,
    AlarmReport Alarms,
    ScoreReport Scores,
    IReadOnlyList<string> Notes)
{
    public UplinkReport Uplink { get; init; } = UplinkReport.None;

    /// <summary>Null when the run was none.</summary>
    public TourResult? Tour { get; init; }

    public long UnaccountedReadings => Differences.Sum(difference => difference.Readings);

    public static RunReport Create(
        TimeSpan elapsed, FinalBooks books, IReadOnlyCollection<string> sources, IReadOnlyList<ProcessReport> processes, AlarmReport alarms, ScoreReport scores)
    {
        var sending = books.Ledgers.Where(module => module.Value.Received is null || sources.Contains(module.Key)).Select(module => module.Value).ToList();
        return new RunReport(
            elapsed,
            sending.Sum(ledger => ledger.Sent.Values.Sum()),
            books.Hub.Outputs.Where(output => output.Module == InjectedMessage.Sender).Sum(output => output.AcceptedReadings),
            books.Ledgers,
            books.Hub.Upstream,
            books.Hub.Streams,
            EndpointLoss.Of(books.Hub),
            EveryReadingAlone.Of(sending),
            Books.Compare(books.Ledgers, books.Hub),
            processes,
            alarms,
            scores,
            books.Notes);
    }

    public JObject ToJson()
    {
        var json = Figures();
        if (!Uplink.IsEmpty) json["uplink"] = Uplink.ToJson();
        if (Scores.Labels is { } labels) json["labels"] = labels.ToJson();
        if (Tour is not null) json["tour"] = Tour.ToJson();
        return json;
    }

    private JObject Figures() => new()
    {
        ["readings"] = Readings(),
        ["modules"] = new JObject(Ledgers.OrderBy(module => module.Key).Select(module => new JProperty(module.Key, module.Value.Json))),
        ["upstream"] = new JObject
        {
            ["messages"] = Upstream.Messages,
            ["readings"] = Upstream.Readings,
            ["bytes"] = Upstream.Bytes,
            ["meteredUnits"] = Upstream.MeteredUnits,
            ["duplicates"] = Upstream.DuplicateMessages,
            ["streams"] = new JObject(Streams.Select(stream => new JProperty($"{stream.Module}/{stream.Output}", new JObject
            {
                ["messages"] = stream.Messages,
                ["readings"] = stream.Readings,
                ["bytes"] = stream.Bytes,
                ["meteredUnits"] = stream.MeteredUnits,
            }))),
        },
        ["lost"] = new JObject(Losses.Select(loss => new JProperty(
            loss.Endpoint, new JObject { ["expired"] = loss.ExpiredReadings, ["dropped"] = loss.DroppedReadings }))),
        ["alarms"] = Alarms.AlarmsToJson(),
        ["actions"] = Alarms.ActionsToJson(),
        ["latency"] = Alarms.TimesToJson(),
        ["models"] = Scores.ModelsToJson(),
        ["unaccountedReadings"] = UnaccountedReadings,
        ["differences"] = new JArray(Differences.Select(difference => difference.ToString())),
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
        ["processes"] = new JObject(Processes.Select(process => new JProperty(process.Name, new JObject
        {
            ["cpuSeconds"] = Math.Round(process.Usage.Cpu.TotalSeconds, 3),
            ["peakMemoryBytes"] = process.Usage.PeakMemoryBytes,
            ["restarts"] = process.Restarts,
        }))),
    };

    private JObject Readings()
    {
        var readings = new JObject { ["sent"] = ReadingsSent };
        if (ReadingsInjected > 0) readings["injected"] = ReadingsInjected;
        return readings;
    }

    /// <exception cref="SimulatorException">The file cannot be written.</exception>
    public void Write(string file) => ReportFile.Write(file, ToJson());
}

/// <param name="Usage">Over all lives of the process.</param>
public sealed record ProcessReport(string Name, ProcessUsage Usage, int Restarts);
