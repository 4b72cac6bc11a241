using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Windows;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>Takes readings on <c>readings</c>; sends what a model makes of each device's window to <c>scores</c>.</summary>
public sealed partial class InferenceModule(IModelLoader loader, ModelReader reader, IShadowTap shadow, ILogger<InferenceModule> logger)
    : EdgeModule<InferenceSettings>, IDisposable
{
    private readonly ActiveModel _active = new(loader, reader);
    private readonly Rings _rings = new();
    private readonly ScoreWriter _scores = new();
    private readonly ModelReport _report = new();
    private WindowBatch? _batch;
    private Ledger? _ledger;

    /// <summary>What the model's last failed call said; null since one that did not fail.</summary>
    private string? _failure;

    private string? _loggedProblem;

    public override string ReadingsInput => "readings";

    public override bool EmitsInvalid(InferenceSettings settings) => settings.EmitInvalid;

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<InferenceSettings> context)
    {
        var (tally, rings) = (new InferenceTally(), new RingTally());
        _scores.Clear();
        if (_batch is null)
        {
            tally.NoModel = readings.Count;
            tally.AddTo(context.Ledger, rings);
            return ModuleResult.None;
        }

        _batch.Clear();
        _rings.Begin(context.Settings, ref rings);
        foreach (ref readonly var reading in readings.Readings) Take(reading, readings.MetricsOf(reading), _batch, context.Settings, ref tally, ref rings);
        Score(_batch, context.Settings, ref tally);
        tally.AddTo(context.Ledger, rings);
        return new ModuleResult([.. _scores.Finish()], _rings.Change);
    }

    public override ModuleResult OnTick(ModuleContext<InferenceSettings> context)
    {
        if (_active.Pursue(context.Settings, context.Now)) UseModel(context.Ledger);
        else LogProblem();
        return ModuleResult.None;
    }

    public override DateTimeOffset? NextTick(ModuleContext<InferenceSettings> context) => _active.NextAt;

    public override void OnSettings(ModuleContext<InferenceSettings> context)
    {
        _ledger = context.Ledger;
        if (_active.Want(context.Settings, context.Now)) UseModel(context.Ledger);
        else LogProblem();
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => _rings.Apply(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => _rings.Snapshot();

    /// <remarks>What the rings held is in the books all the same.</remarks>
    public override void Reset() => _ledger?.Count("ringLost", _rings.Forget());

    public override JObject Report(ModuleContext<InferenceSettings> context) => _report.Of(_active, _failure, _rings);

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<InferenceSettings> context) => request.Name switch
    {
        "getModels" => new MethodResponse(200, new JObject { ["active"] = ModelMethods.Describe(_active, _rings, _report.Of(_active, _failure, _rings)) }),
        "scoreWindow" => ModelMethods.ScoreWindow(request.Payload, _active.Model, _rings),
        _ => null,
    };

    public void Dispose()
    {
        _active.Dispose();
        _scores.Dispose();
    }

    private void Take(
        in Reading reading, ReadOnlySpan<MetricValue> metrics, WindowBatch batch, InferenceSettings settings, ref InferenceTally tally, ref RingTally rings)
    {
        // What the score of a window does to its device must be done before the device's next reading where that depends on it, and before it is forgotten.
        var mustScore = _rings.TryPeek(reading.DeviceId, out var known) ? batch.MustScoreBefore(known) : _rings.Devices >= _rings.MostDevices(settings);
        if (mustScore) Score(batch, settings, ref tally);
        switch (_rings.Add(reading, metrics, settings, ref rings, out var device))
        {
            case RingEntry.Warming:
                tally.Warming++;
                break;
            case RingEntry.Between:
                tally.Between++;
                break;
            case RingEntry.Due:
                batch.Add(device, _rings, shadow.Wants);
                if (batch.IsFull) Score(batch, settings, ref tally);
                break;
            case RingEntry.Duplicate:
                tally.Duplicate++;
                break;
            case RingEntry.Late:
                tally.Late++;
                break;
            case RingEntry.Missing:
                tally.Missing++;
                break;
        }
    }

    private void Score(WindowBatch batch, InferenceSettings settings, ref InferenceTally tally)
    {
        if (batch.Count == 0) return;
        batch.Run();
        if (batch.Failure is { } failure && _failure is null) LogModelFailed(failure);
        _failure = batch.Failure;
        for (var i = 0; i < batch.Count; i++) Conclude(batch, i, settings, ref tally);
        batch.Clear();
    }

    private void Conclude(WindowBatch batch, int index, InferenceSettings settings, ref InferenceTally tally)
    {
        ref readonly var window = ref batch[index];
        if (batch.HasFailed(index))
        {
            tally.Failed++;
            return;
        }

        var score = batch.ScoreOf(index);
        if (!(score is >= 0 and <= 1))
        {
            // It is no score: nothing is known of the device.
            tally.BadScores++;
            return;
        }

        tally.Scored++;
        var device = window.Device;
        var isOver = score > _active.Model!.Manifest.Limit;
        if (isOver) tally.OverLimit++;
        var isSent = isOver || device.IsOver || IsTimeToTell(device, window.Timestamp, settings);
        _rings.Scored(device, window.Timestamp, isOver, isSent);
        if (isSent) _scores.Add(window, score, device.OverRun, batch.ContributionsOf(index));
        if (!window.HasRaw) return;
        shadow.Offer(new ScoredWindow(device.Id, window.Timestamp, score, batch.RawOf(index), batch.InputOf(index), batch.ContributionsOf(index)));
    }

    /// <summary>By event time; also after a clock that was set back.</summary>
    private static bool IsTimeToTell(DeviceRing device, long timestamp, InferenceSettings settings) =>
        settings.ScoreIntervalSeconds > 0 && (device.LastSent is not { } last || timestamp < last || timestamp - last >= settings.ScoreIntervalSeconds * 1000L);

    /// <summary>The model is another one, or there is none any more.</summary>
    private void UseModel(Ledger ledger)
    {
        _failure = null;
        if (_active.Model is not { } model)
        {
            _batch = null;
            LogProblem();
            return;
        }

        ledger.Count("ringLost", _rings.Fit(model.Manifest));
        _scores.Use(model);
        _batch = new WindowBatch(model);
        LogModel(model.Identity.Name, model.Identity.Version, model.Identity.Sha256);
    }

    private void LogProblem()
    {
        // A model that cannot be had is tried for again and again, and said once.
        if (_active.Problem is { } problem && problem != _loggedProblem) LogNoModel(problem);
        _loggedProblem = _active.Problem;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Scoring with model {Name} {Version}, SHA-256 {Sha256}.")]
    private partial void LogModel(string name, string version, string sha256);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model that the settings name does not score; readings are counted. {Problem}")]
    private partial void LogNoModel(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The model failed; the readings of its windows are counted as dropped. {Failure}")]
    private partial void LogModelFailed(string failure);
}
