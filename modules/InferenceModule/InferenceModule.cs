using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap;
using EdgeModules.Inference.Windows;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>
/// Takes readings on <c>readings</c>; sends what a model makes of each device's window to <c>scores</c>, and decisions on models to <c>shadowReports</c>.
/// </summary>
public sealed partial class InferenceModule : EdgeModule<InferenceSettings>, IDisposable
{
    private readonly ILogger<InferenceModule> _logger;
    private readonly ModelSwap _swap;
    private readonly Rings _rings = new();
    private readonly ScoreWriter _scores = new();
    private readonly ModelReport _report = new();
    private WatchedModel? _model;
    private WindowBatch? _batch;
    private Ledger? _ledger;

    // Candidates are looked at on other threads.
    private volatile InferenceSettings _settings = new();
    private bool _isStarted;
    private bool _hasTicked;

    /// <summary>What the model's last failed call said; null since one that did not fail.</summary>
    private string? _failure;

    private string? _misfit;
    private string? _loggedProblem;

    public InferenceModule(SwapSurroundings surroundings, SwapTelemetry telemetry, ILogger<InferenceModule> logger)
    {
        _logger = logger;
        _swap = new ModelSwap(
            surroundings with { Unfit = manifest => _settings.Misfits(manifest), Stride = () => _settings.Stride, Wake = Wake }, telemetry);
    }

    /// <summary>Where the swap of models is.</summary>
    internal SwapPhase SwapPhase => _swap.Phase;

    public override string ModelId => "dtmi:edgemodules:InferenceModule;1";

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> Outputs => ["scores", "shadowReports", "invalid"];

    public override IReadOnlyCollection<string> Methods => ["getModels", "scoreWindow", "approve", "rollback", "retry", "getShadowReport"];

    public override bool EmitsInvalid(InferenceSettings settings) => settings.EmitInvalid;

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<InferenceSettings> context)
    {
        var (tally, rings) = (new InferenceTally(), new RingTally());
        _scores.Clear();
        if (!ReferenceEquals(_swap.Live, _model)) FollowSwap(context.Ledger);
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
        _hasTicked = true;
        _swap.Tick(context.Now);
        FollowSwap(context.Ledger);
        return new ModuleResult(ShadowReports());
    }

    public override DateTimeOffset? NextTick(ModuleContext<InferenceSettings> context) => _swap.NextTick(context.Now);

    public override void OnSettings(ModuleContext<InferenceSettings> context)
    {
        (_ledger, _settings) = (context.Ledger, context.Settings);
        if (!_isStarted) _swap.Start(context.Settings.Policy, context.Now);
        _isStarted = true;
        _swap.OnSettings(context.Settings.Active, context.Settings.Candidate, context.Settings.Policy, context.Settings.Command, context.Now);
        FollowSwap(context.Ledger);
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => _rings.Apply(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => _rings.Snapshot();

    /// <remarks>What the rings held is in the books all the same.</remarks>
    public override void Reset() => _ledger?.Count("ringLost", _rings.Forget());

    public override JObject Report(ModuleContext<InferenceSettings> context) =>
        new() { ["model"] = DescribeModel()["model"], ["swap"] = _swap.Report(context.Now) };

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<InferenceSettings> context)
    {
        var answer = request.Name switch
        {
            "getModels" => new MethodResponse(
                200, new JObject { ["active"] = ModelMethods.Describe(_model, _rings, DescribeModel()), ["swap"] = _swap.Report(context.Now) }),
            "scoreWindow" => ModelMethods.ScoreWindow(request.Payload, _model?.Unwatched, _rings),
            _ => _swap.Call(request, context.Now),
        };
        FollowSwap(context.Ledger);
        return answer is not null && ShadowReports() is { Length: > 0 } reports
            ? new EffectiveResponse(answer.Status, answer.Payload, new ModuleResult(reports))
            : answer;
    }

    public void Dispose()
    {
        _swap.Dispose();
        _scores.Dispose();
    }

    private JObject DescribeModel() => _report.Of(_model, _swap.Dark ?? _misfit, _failure, _rings);

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
                batch.Add(device, _rings, _swap.Tap.Wants);
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
        if (!ModelComparison.IsScore(score))
        {
            // It is no score: nothing is known of the device.
            tally.BadScores++;
            return;
        }

        tally.Scored++;
        var device = window.Device;
        var isOver = score > _model!.Manifest.Limit;
        if (isOver) tally.OverLimit++;
        var isSent = isOver || device.IsOver || IsTimeToTell(device, window.Timestamp, settings);
        _rings.Scored(device, window.Timestamp, isOver, isSent);
        if (isSent) _scores.Add(window, score, device.OverRun, batch.ContributionsOf(index));
        if (!window.HasRaw) return;
        _swap.Tap.Offer(new ScoredWindow(device.Id, window.Timestamp, score, batch.RawOf(index), batch.InputOf(index), batch.ContributionsOf(index)));
    }

    /// <summary>By event time; also after a clock that was set back.</summary>
    private static bool IsTimeToTell(DeviceRing device, long timestamp, InferenceSettings settings) =>
        settings.ScoreIntervalSeconds > 0 && (device.LastSent is not { } last || timestamp < last || timestamp - last >= settings.ScoreIntervalSeconds * 1000L);

    /// <summary>The swap may have put another model in the place of the one before, or none.</summary>
    private void FollowSwap(Ledger ledger)
    {
        if (!ReferenceEquals(_swap.Live, _model)) UseModel(_swap.Live, ledger);
        // A candidate that does not fit never gets here, but the settings may change after it did.
        _misfit = _model is null || _settings.Misfits(_model.Manifest) is not { Count: > 0 } misfits ? null : string.Join(' ', misfits);
        LogProblem();
    }

    private void UseModel(WatchedModel? model, Ledger ledger)
    {
        (_model, _failure, _batch) = (model, null, null);
        if (model is null) return;
        ledger.Count("ringLost", _rings.Fit(model.Manifest));
        _scores.Use(model);
        _batch = new WindowBatch(model);
        LogModel(model.Identity.Name, model.Identity.Version, model.Identity.Sha256);
    }

    private OutboundMessage[] ShadowReports() => [.. _swap.TakeReports().Select(report => new OutboundMessage
    {
        Output = "shadowReports", Body = JsonText.ToUtf8(report), Count = 1, MessageType = "shadowReport", Priority = Priorities.Normal,
        MessageId = SwapReport.IdOf(report),
    })];

    private void LogProblem()
    {
        // A model that cannot be had is tried for again and again, and said once.
        var problem = _swap.Dark ?? _misfit;
        // The settings of a start may be the defaults, which name no model; time passes only once the twin has been seen.
        if (problem is not null && !_hasTicked) return;
        if (problem is not null && problem != _loggedProblem) LogNoModel(problem);
        _loggedProblem = problem;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Scoring with model {Name} {Version}, SHA-256 {Sha256}.")]
    private partial void LogModel(string name, string version, string sha256);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The module is degraded. {Problem}")]
    private partial void LogNoModel(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The model failed; the readings of its windows are counted as dropped. {Failure}")]
    private partial void LogModelFailed(string failure);
}
