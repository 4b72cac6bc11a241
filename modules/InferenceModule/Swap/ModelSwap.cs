using System.Collections.Concurrent;
using EdgeModules.Inference.Models;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <summary>What the swap needs from around it.</summary>
public sealed record SwapSurroundings(ModelStore Store, ModelFetcher Fetcher, IModelLoader Loader, TimeProvider Time)
{
    /// <summary>Where a manifest does not fit the module's settings: sentences.</summary>
    public Func<ModelManifest, IReadOnlyList<string>> Unfit { get; init; } = _ => [];

    /// <summary>Readings from one window of a device to the next.</summary>
    public Func<int> Stride { get; init; } = () => 1;

    /// <summary>Something waits for the next <see cref="ModelSwap.Tick"/>; called on any thread.</summary>
    public Action Wake { get; init; } = () => { };
}

/// <summary>
/// Carries out what the machine of states wants. All members belong to the module's loop; downloads, loads and the shadow run beside it, and their answers
/// wait for the next <see cref="Tick"/>.
/// </summary>
public sealed partial class ModelSwap : IDisposable
{
    private static readonly TimeSpan JudgeEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BusyTick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(30);

    /// <summary>Less is how long a step may take, and does no harm to times of minutes.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(5);

    private readonly SwapSurroundings _with;
    private readonly SwapTelemetry _telemetry;
    private readonly ShadowWorker _worker;
    private readonly ConcurrentQueue<Func<DateTimeOffset, IReadOnlyList<SwapEffect>>> _answers = new();
    private readonly object _arrival = new();
    private readonly List<JObject> _reports = [];
    private readonly SwapMachine _machine;
    private CancellationTokenSource _work = new();
    private WatchedModel? _live;
    private WatchedModel? _previous;
    private WatchedModel? _candidate;
    private WatchedModel? _copy;
    private DownloadProgress? _download;
    private DateTimeOffset _judgeAt;
    private DateTimeOffset _tickedAt;
    private (DateTimeOffset Now, long Timestamp)? _clock;

    public ModelSwap(SwapSurroundings with, SwapTelemetry telemetry)
    {
        (_with, _telemetry, _worker) = (with, telemetry, new ShadowWorker(with.Time));
        var (journal, problem) = with.Store.Open();
        if (problem is not null) telemetry.JournalDamaged(problem);
        _machine = new SwapMachine(journal);
    }

    /// <summary>What to score with from now on; null when there is no model. To be asked anew for each batch.</summary>
    public WatchedModel? Live => _live;

    /// <summary>Gets every window that <see cref="Live"/> scored.</summary>
    public IShadowTap Tap => _worker;

    public SwapPhase Phase => _machine.Phase;

    /// <summary>Why there is no model to score with: a sentence, or null.</summary>
    public string? Dark => _live is null ? WhyDark() : null;

    /// <summary>Loads the active model. To be called once, first.</summary>
    public void Start(PolicySettings policy, DateTimeOffset now)
    {
        FollowClock(now);
        RepeatReports();
        Do(_machine.Start(policy, now), now);
    }

    public void OnSettings(ModelSource? active, ModelSource? candidate, PolicySettings policy, SwapCommand? command, DateTimeOffset now)
    {
        FollowClock(now);
        Do(_machine.Want(active, candidate, policy, command, now), now);
        AwaitFirst(now);
    }

    public void Tick(DateTimeOffset now)
    {
        FollowClock(now);
        _tickedAt = now;
        RememberTold();
        TakeAnswers(now);
        ComparisonSnapshot? seen = null;
        // What was seen since the last look must not be let off by the end of the probation.
        if (now >= _judgeAt || _machine.IsProbationOver(now))
        {
            _judgeAt = now + JudgeEvery;
            seen = _worker.Snapshot();
        }

        Do(_machine.Tick(seen, _live?.Health ?? default, now), now);
    }

    /// <summary>Counted from the last tick, not from <paramref name="now"/>: it is asked after every message, and must not be put off by them.</summary>
    public DateTimeOffset NextTick(DateTimeOffset now) =>
        !_answers.IsEmpty || _reports.Count > 0 || _isGivenOut || now < _tickedAt
            ? now
            : _tickedAt + (_machine.Phase.IsInWork() || _machine.Phase == SwapPhase.Probation ? BusyTick : IdleTick);

    public void Dispose()
    {
        _work.Cancel();
        _worker.Dispose();
        foreach (var model in new[] { _live, _previous, _candidate, _copy }) model?.Dispose();
        _work.Dispose();
    }

    /// <summary>
    /// A clock that is set, as on a gateway that boots without one, must neither end a shadow or a probation nor hold it up: what has lasted a minute
    /// has still lasted a minute.
    /// </summary>
    private void FollowClock(DateTimeOffset now)
    {
        var timestamp = _with.Time.GetTimestamp();
        var last = _clock;
        _clock = (now, timestamp);
        if (last is not { } before) return;
        var step = now - before.Now - _with.Time.GetElapsedTime(before.Timestamp, timestamp);
        if (step.Duration() < ClockStep) return;
        _machine.ClockSet(step);
        (_judgeAt, _tickedAt, _toldAt) = (SwapMachine.Shifted(_judgeAt, step), SwapMachine.Shifted(_tickedAt, step), SwapMachine.Shifted(_toldAt, step));
    }

    private void TakeAnswers(DateTimeOffset now)
    {
        while (_answers.TryDequeue(out var answer)) Do(answer(now), now);
    }

    private string WhyDark()
    {
        if (_machine.Dark is { } dark) return dark;
        var journal = _machine.Journal;
        if (_machine.Phase.IsInWork())
            return _download?.Trouble is { } trouble ? $"The model is being fetched, so far in vain: {trouble}" : "The model is being fetched.";
        return journal.Verdicts.Count > 0 && journal.Reason.Length > 0
            ? $"Model {journal.Verdicts[^1].Sha256}: {SwapReport.Camel(journal.Phase)}. {journal.Reason}"
            : "The settings name no model (active).";
    }

    private void Do(IReadOnlyList<SwapEffect> effects, DateTimeOffset now)
    {
        foreach (var effect in effects) Do(effect, now);
    }

    private void Do(SwapEffect effect, DateTimeOffset now)
    {
        switch (effect)
        {
            case SwapEffect.Save save:
                Save(save.Journal, now);
                break;
            case SwapEffect.Fetch fetch:
                Fetch(fetch);
                break;
            case SwapEffect.Admit admit:
                Beside(() => Admit(admit));
                break;
            case SwapEffect.Load load:
                Beside(() => Load(load));
                break;
            case SwapEffect.StartShadow shadow:
                StartShadow(shadow, now);
                break;
            case SwapEffect.Drop drop:
                Drop(drop.Sha256);
                break;
            case SwapEffect.SwapIn swap:
                SwapIn(swap.IsOnProbation, swap.Policy);
                break;
            case SwapEffect.EndProbation:
                EndProbation();
                break;
            case SwapEffect.GoLive live:
                GoLive(live, now);
                break;
            case SwapEffect.GoDark dark:
                GoDark(dark.Reason);
                break;
            case SwapEffect.Tell tell:
                Tell(tell.Report);
                break;
            default:
                throw new InvalidOperationException($"{effect.GetType().Name} is not known.");
        }
    }

    private void Save(ModelJournal journal, DateTimeOffset now)
    {
        try
        {
            _with.Store.Save(journal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _telemetry.JournalNotSaved(error.Message);
            _machine.SaveFailed(now);
            return;
        }

        Do(_machine.Saved(now), now);
    }

    private void StartShadow(SwapEffect.StartShadow shadow, DateTimeOffset now)
    {
        try
        {
            var plan = PlanOf(shadow.Policy, _candidate!);
            _worker.Start(new ModelComparison(new LiveModel(_live!.Manifest, _copy), _candidate!, plan, _with.Time));
        }
        catch (ModelLoadException error)
        {
            Do(_machine.ShadowFailed(shadow.Ticket, error.Message, now), now);
        }
    }

    private void SwapIn(bool isOnProbation, PolicySettings policy)
    {
        _worker.Stop();
        Release(ref _copy);
        Release(ref _previous);
        var before = _live;
        _live = _candidate!;
        _candidate = null;
        _live.Watch(policy.MaxLatencyP99Ms);
        if (isOnProbation && before is not null) StartReverse(before, policy);
        else before?.Dispose();
    }

    private void StartReverse(WatchedModel before, PolicySettings policy)
    {
        _previous = before;
        try
        {
            _worker.Start(new ModelComparison(new LiveModel(_live!.Manifest, null), before, PlanOf(policy, before), _with.Time));
        }
        catch (ModelLoadException error)
        {
            // Only a swap without shadow comes here: the model's own health is watched all the same.
            _telemetry.NoReverseShadow(error.Message);
        }
    }

    private void EndProbation()
    {
        _worker.Stop();
        Release(ref _previous);
    }

    private void GoLive(SwapEffect.GoLive effect, DateTimeOffset now)
    {
        _worker.Stop();
        Release(ref _copy);
        var (left, back) = (_live, _previous);
        (_live, _previous) = (null, null);
        try
        {
            _live = back?.Identity.Sha256 == effect.Model.Sha256 ? back : Open(effect.Model, effect.Policy);
            if (!ReferenceEquals(_live, back)) back?.Dispose();
            left?.Dispose();
            _live.Watch(effect.Policy.MaxLatencyP99Ms);
            if (effect.IsOnProbation && _machine.Journal.Previous is { } previous) Accompany(previous, effect.Policy);
            Do(_machine.LiveLoaded(_live.Identity, now), now);
        }
        catch (ModelRuntimeException error)
        {
            left?.Dispose();
            back?.Dispose();
            Do(_machine.LiveImpossible(error.Message, now), now);
        }
        catch (Exception error) when (error is ModelLoadException or IOException or UnauthorizedAccessException)
        {
            left?.Dispose();
            back?.Dispose();
            _telemetry.NotLive(effect.Model.Sha256, error.Message);
            Do(_machine.LiveFailed(error.Message, now), now);
        }
    }

    /// <summary>After a restart in probation.</summary>
    private void Accompany(ModelEntry previous, PolicySettings policy)
    {
        try
        {
            StartReverse(Open(previous, policy), policy);
        }
        catch (Exception error) when (error is ModelLoadException or IOException or UnauthorizedAccessException)
        {
            _telemetry.NoReverseShadow(error.Message);
        }
    }

    private WatchedModel Open(ModelEntry model, PolicySettings policy)
    {
        var bytes = _with.Store.Read(model.Sha256) ?? throw new ModelLoadException($"The file of model {model.Sha256} is missing or damaged.");
        return new WatchedModel(_with.Loader.Load(bytes, model.Sha256, model.Given), policy.MaxLatencyP99Ms, _with.Time);
    }

    private void GoDark(string reason)
    {
        _worker.Stop();
        Release(ref _live);
        Release(ref _previous);
        Release(ref _copy);
        _telemetry.Dark(reason);
    }

    private void Drop(string sha256)
    {
        CancelWork();
        if (_candidate is not null) _worker.Stop();
        Release(ref _candidate);
        Release(ref _copy);
        _with.Store.Use(null);
        _telemetry.Dropped(sha256);
    }

    private ComparisonPlan PlanOf(PolicySettings policy, WatchedModel model)
    {
        var stride = Math.Max(1, _with.Stride());
        return new ComparisonPlan(policy, (model.Manifest.Window.Size + stride - 1) / stride, ComparisonPlan.DefaultMaxDevices);
    }

    private static void Release(ref WatchedModel? model)
    {
        model?.Dispose();
        model = null;
    }
}
