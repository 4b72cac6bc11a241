using System.Text.Json;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Scoring;

/// <summary>Follows scores, and the alarms made of them, as they pass the hub. Readings are only looked into where the data has labels. Thread-safe.</summary>
public sealed class ScoreWatch : IDisposable
{
    private const string AlarmType = "ml_anomaly";

    private readonly IEdgeHub _hub;
    private readonly LabelFile? _labels;
    private readonly LabelledRun? _run;
    private readonly Lock _lock = new();
    private readonly SeenIds _seen = new();
    private readonly List<Model> _models = [];

    /// <summary>By device: the model of its last score.</summary>
    private readonly Dictionary<string, Model> _devices = new(StringComparer.Ordinal);

    /// <param name="labels">Null when the data has none.</param>
    public ScoreWatch(IEdgeHub hub, LabelFile? labels)
    {
        (_hub, _labels) = (hub, labels);
        _run = labels is null ? null : new LabelledRun(labels);
        hub.Published += OnPublished;
    }

    /// <param name="modules">All that are deployed.</param>
    public ScoreReport Report(IReadOnlyCollection<string> modules)
    {
        lock (_lock)
        {
            var scoring = modules.Order(StringComparer.Ordinal)
                .Select(module => new ScoringModule(module, ActiveOf(module), ScoredBy(module)))
                .Where(module => module.Active is not null || module.Scored.Count > 0);
            return new ScoreReport([.. scoring], _run is { Readings: > 0 } run ? new LabelledEpisodes(_labels!.Name, run.Readings, run.Count()) : null);
        }
    }

    public void Dispose() => _hub.Published -= OnPublished;

    private List<ScoredModel> ScoredBy(string module) => [.. _models.Where(model => model.Module == module).Select(model => model.ToReport())];

    private JObject? ActiveOf(string module) => _hub.GetTwin(module)["reported"]?["model"] as JObject;

    private void OnPublished(HubMessage message)
    {
        if (message.MessageType is not ("score" or "alert") && !(message.MessageType == "reading" && _run is not null)) return;
        lock (_lock)
        {
            if (message.MessageId is { } id && !_seen.Add($"{message.Module}/{id}")) return;
            try
            {
                if (message.MessageType == "reading")
                {
                    _run?.OnReadings(message);
                    return;
                }

                using var body = JsonDocument.Parse(message.Body);
                if (message.MessageType == "alert") OnAlert(body.RootElement);
                else if (body.RootElement.ValueKind == JsonValueKind.Array) OnScores(message.Module, body.RootElement);
            }
            catch (JsonException)
            {
                // Of a module that gives this name to something else.
            }
        }
    }

    private void OnScores(string module, JsonElement scores)
    {
        foreach (var score in scores.EnumerateArray())
        {
            if (score.Text("deviceId") is not { } device || !score.TryGetProperty("model", out var json) || json.Text("sha256") is not { } sha256) continue;
            var model = _models.Find(known => known.Module == module && known.Sha256 == sha256);
            if (model is null) _models.Add(model = new Model(module, json.Text("name") ?? "", json.Text("version") ?? "", sha256));
            model.Scores++;
            _devices[device] = model;
            if (score.Whole("timestamp") is { } time && score.Whole("windowStart") is { } start) _run?.OnScore(device, start, time);
        }
    }

    private void OnAlert(JsonElement alert)
    {
        if (alert.Text("type") != AlarmType || alert.Text("deviceId") is not { } device) return;
        var isRaised = alert.Text("state") == "raised";
        if (isRaised && _devices.TryGetValue(device, out var model)) model.Alarms++;
        if (alert.Text("alertId") is not { } id || alert.Whole("timestamp") is not { } time) return;
        if (isRaised) _run?.OnRaised(device, id, time);
        else if (alert.Text("state") == "cleared") _run?.OnCleared(device, id, time);
    }

    private sealed class Model(string module, string name, string version, string sha256)
    {
        public string Module => module;

        public string Sha256 => sha256;

        public long Scores { get; set; }

        public long Alarms { get; set; }

        public ScoredModel ToReport() => new(name, version, sha256, Scores, Alarms);
    }
}
