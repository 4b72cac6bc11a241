using System.Text;
using EdgeSimulator.Control;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Tours;

/// <summary>A suite of plain values: it takes settings, and decides on a candidate at once as it was told to.</summary>
internal sealed class FakeSwap(TourModels models) : ISimulatorControl
{
    private static readonly JArray Probes = new(new JArray(50, 48, 48), new JArray(50, 49, 1));

    private readonly Dictionary<string, int> _versions = [];
    private Queue<string> _left = [];
    private string _candidate = "";
    private int _ids;

    public FakeHub Hub { get; } = new();

    /// <summary>By version of the candidate.</summary>
    public Dictionary<string, string> Decisions { get; } =
        new() { ["1.1.0"] = "promoting promoted", ["1.2.0"] = "rejected", ["1.3.0"] = "promoting rolledBack" };

    /// <summary>Of the rejection.</summary>
    public string BrokenRule { get; set; } = "featureProbeLossPoints";

    /// <summary>Of 200 windows, beside one that is so for both.</summary>
    public int StrangeForTheOldModel { get; set; } = 1;

    public string? Refusal { get; set; }

    /// <summary>It answers no method.</summary>
    public bool IsBusy { get; set; }

    public string Status { get; set; } = "scoring";

    public List<string> Asked { get; } = [];

    private string _active = new('0', 64);

    public JObject GetTwin(string module) => new()
    {
        ["desired"] = JObject.Parse("""{"policy":{"minShadowMinutes":0.5,"maxShadowMinutes":3,"probationMinutes":0.5,"maxLatencyP99Ms":100}}"""),
        ["reported"] = new JObject
        {
            ["settings"] = new JObject
            {
                ["version"] = (long)_versions.GetValueOrDefault(module), ["status"] = Refusal is null ? "applied" : "rejected",
                ["errors"] = Refusal is null ? new JArray() : new JArray(Refusal),
            },
            ["model"] = new JObject { ["status"] = Status, ["name"] = "pump", ["version"] = "1.0.0", ["sha256"] = _active },
        },
    };

    public DesiredChange PatchDesired(string module, JObject patch)
    {
        if (patch["candidate"] is JObject candidate) Give(candidate.Value<string>("sha256")!);
        if (patch["synthetic"] is JObject plant) Move(plant.Value<int>("cycleSeconds") > 0);
        return new DesiredChange(_versions[module] = _versions.GetValueOrDefault(module) + 1, null);
    }

    public Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation) =>
        IsBusy ? throw new SimulatorException($"{module} did not answer in time.") : Task.FromResult(new MethodResult(200, JObject.Parse("""
            {"swap":{"phase":"shadow","progress":{"blocks":40,"onlyLive":1,"onlyShadow":2,"both":2,"probes":[[10,9,9],[10,9,8]]}}}
            """)));

    public JObject GetStatus() => throw new NotSupportedException();

    public JObject Send(string module, string input, InjectedMessage message) => throw new NotSupportedException();

    public Task<JObject> CommandAsync(string module, ModuleCommand command) => throw new NotSupportedException();

    public JObject SetOnline(bool online) => throw new NotSupportedException();

    public JObject SetQuality(CloudQualityChange change) => throw new NotSupportedException();

    public GrowingFile GetCloud(string? module) => throw new NotSupportedException();

    public GrowingFile GetLog(string source) => throw new NotSupportedException();

    public JObject GetCredentials(string module) => throw new NotSupportedException();

    private void Give(string sha256)
    {
        var version = new[] { models.Good, models.Blind, models.Sheltered }.Single(model => model.Sha256 == sha256).Version;
        Asked.Add($"candidate {version}");
        _candidate = sha256;
        // Words of an earlier candidate are passed over.
        Decide("superseded", new string('f', 64));
        _left = new Queue<string>(Decisions[version].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        // A model whose fault shows when the machines work is judged on only then.
        while (_left.TryPeek(out var next) && next != "rolledBack") Decide(_left.Dequeue(), sha256);
    }

    private void Move(bool isWorking)
    {
        Asked.Add(isWorking ? "machines work" : "machines stand still");
        if (isWorking && _left.TryDequeue(out var decision)) Decide(decision, _candidate);
    }

    private void Decide(string decision, string sha256)
    {
        if (decision == "promoted") _active = sha256;
        var rule = decision == "rejected" ? BrokenRule : "probationAlerts";
        var verdict = decision is "rejected" or "rolledBack" ? "broken" : "held";
        var report = new JObject
        {
            ["candidate"] = new JObject { ["sha256"] = sha256 },
            ["decision"] = decision,
            ["reason"] = "Because.",
            ["rules"] = new JArray(new JObject { ["rule"] = rule, ["value"] = 98, ["limit"] = "<= 25", ["verdict"] = verdict }),
            ["figures"] = new JObject { ["blocks"] = 200, ["both"] = 1, ["onlyLive"] = 97, ["onlyShadow"] = StrangeForTheOldModel, ["probes"] = Probes },
        };
        var message = new HubMessage(
            "InferenceModule", "shadowReports", default, [new("messageType", "shadowReport")], [new(SystemPropertyMap.MessageId, $"{++_ids}")],
            Encoding.UTF8.GetBytes(report.ToString()));
        Hub.Publish(message);
        // Sent again, as after a crash.
        Hub.Publish(message);
    }
}
