using EdgeModules.Inference.Swap.Statistics;
using EdgeModules.Models;

namespace EdgeModules.Inference.Swap;

/// <summary>How a comparison is made.</summary>
/// <param name="WindowsApart">Windows of a device that share no reading are this many apart: window size over stride.</param>
/// <param name="MaxDevices">Devices whose agreement is followed.</param>
public sealed record ComparisonPlan(PolicySettings Policy, int WindowsApart, int MaxDevices)
{
    public const int DefaultMaxDevices = 50_000;
}

/// <summary>
/// Gives the shadow model the windows that the live model has scored and keeps the figures of both. Belongs to the shadow's thread once that runs.
/// </summary>
public sealed class ModelComparison
{
    public const int MaxBatch = 32;

    /// <summary>Beside every block, every eighth window may become a probe, so that few devices make enough of them.</summary>
    private const int ProbeEvery = 8;

    private const int FailuresInARow = 3;
    private static readonly TimeSpan ShortCall = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongCall = TimeSpan.FromMilliseconds(2);
    private const int WorstDevices = 10;

    private readonly ComparisonPlan _plan;
    private readonly IScoringModel _shadow;
    private readonly float _liveLimit;
    private readonly float _shadowLimit;
    private readonly TimeProvider _time;
    private readonly BlockCounter _blocks;
    private readonly ScoreHistogram _scores = new();
    private readonly PairSample _pairs = new();

    // A batch is answered all at once: its slowest windows wait for the whole call, but each costs its share only.
    private readonly LatencyHistogram _calls = new();
    private readonly LatencyHistogram _shares = new();
    private readonly string[] _features;
    private readonly ProbeRun? _probe;
    private readonly float[] _windows;
    private readonly float[] _answers = new float[MaxBatch];
    private readonly bool[] _isBlock = new bool[MaxBatch];
    private long _scored;
    private long _errors;
    private int _failedInARow;
    private string? _fatal;

    /// <param name="live">A copy of the live model of the shadow's own, for the probes: the one that works must not wait. Null for no probes, as in
    /// probation.</param>
    /// <exception cref="ModelLoadException">The windows of the two cannot be compared.</exception>
    public ModelComparison(LiveModel live, IScoringModel shadow, ComparisonPlan plan, TimeProvider time)
    {
        (_plan, _shadow, _time) = (plan, shadow, time);
        Form = new WindowForm(live.Manifest, shadow.Manifest);
        _features = [.. shadow.Manifest.Features.Select(feature => feature.Name)];
        (_liveLimit, _shadowLimit) = ((float)live.Manifest.Limit, (float)shadow.Manifest.Limit);
        _blocks = new BlockCounter(plan.WindowsApart, (long)(plan.Policy.BlockSeconds * 1000), plan.MaxDevices);
        _windows = new float[MaxBatch * Form.Length];
        _probe = live.Copy is { } copy ? new ProbeRun(copy, shadow, Form, plan.Policy, time) : null;
    }

    public WindowForm Form { get; }

    /// <summary>How many windows at once are good for this model: many of a fast one.</summary>
    public int BatchSize { get; private set; } = 1;

    /// <summary>The shadow model can go on no longer.</summary>
    public bool IsOver => _fatal is not null;

    /// <param name="windows">1 to <see cref="MaxBatch"/>, in the order in which they were scored.</param>
    public void Observe(ReadOnlySpan<QueuedWindow> windows)
    {
        if (_fatal is not null) return;
        for (var index = 0; index < windows.Length; index++)
        {
            _isBlock[index] = _blocks.IsBlock(windows[index].DeviceId, windows[index].Timestamp);
            Form.Apply(windows[index].Raw.Span, windows[index].Normalised.Span, _windows.AsSpan(index * Form.Length, Form.Length));
        }

        _scored += windows.Length;
        var isWhole = TryScore(0, windows.Length, out var failure);
        var (errors, reason) = (_errors, failure);
        if (!isWhole && windows.Length > 1) BatchSize = 1;
        for (var index = 0; index < windows.Length && _fatal is null; index++)
        {
            // A batch that failed is asked for one by one: a window that the model cannot take must not speak for its neighbours.
            if (isWhole || (windows.Length > 1 && TryScore(index, 1, out failure))) Compare(windows[index], _answers[index], _isBlock[index]);
            else Failed(failure);
        }

        // None of them failed again: the call failed all the same, and a second try must not hide it.
        if (!isWhole && _errors == errors && _fatal is null) Failed(reason);
    }

    public ComparisonSnapshot Snapshot(long dropped)
    {
        return new ComparisonSnapshot
        {
            Features = _features,
            Windows = _scored,
            Dropped = dropped,
            Errors = _errors,
            Blocks = _blocks.Blocks,
            Agreed = _blocks.Agreed,
            OnlyLive = _blocks.OnlyLive,
            OnlyShadow = _blocks.OnlyShadow,
            Both = _blocks.Both,
            Devices = _blocks.Devices,
            WorstDevices = _blocks.Worst(_plan.Policy.MinDeviceBlocks, WorstDevices),
            StabilityIndex = _scores.StabilityIndex(),
            RankCorrelation = _pairs.Spearman(),
            LiveScores = [.. _scores.First],
            ShadowScores = [.. _scores.Second],
            Probes = _probe?.Counts() ?? [],
            LiveP50Ms = _probe?.LiveP50Ms ?? 0,
            ShadowP50Ms = _shares.QuantileMs(0.5),
            ShadowP99Ms = _calls.QuantileMs(0.99),
            Fatal = _fatal,
        };
    }

    private bool TryScore(int first, int count, out string failure)
    {
        var start = _time.GetTimestamp();
        try
        {
            _shadow.Score(_windows.AsSpan(first * Form.Length, count * Form.Length), count, _answers.AsSpan(first, count), []);
            failure = "";
        }
        catch (ModelRunException error)
        {
            failure = error.Message;
            return false;
        }

        _failedInARow = 0;
        var elapsed = _time.GetElapsedTime(start);
        _calls.Add(elapsed);
        for (var index = 0; index < count; index++) _shares.Add(elapsed / count);
        if (elapsed < ShortCall) BatchSize = Math.Min(MaxBatch, BatchSize * 2);
        else if (elapsed > LongCall) BatchSize = Math.Max(1, BatchSize / 2);
        return true;
    }

    private void Failed(string why)
    {
        _errors++;
        _failedInARow++;
        if (_failedInARow >= FailuresInARow) _fatal = $"{FailuresInARow} calls in a row failed, the last with: {why}";
        else if (_errors >= FailuresInARow && _errors * 100.0 > _plan.Policy.MaxErrorPercent * _scored)
            _fatal = $"Calls for {_errors} of {_scored} windows failed, more than {_plan.Policy.MaxErrorPercent} percent, the last with: {why}";
    }

    private void Compare(in QueuedWindow window, float answer, bool isBlock)
    {
        if (!IsScore(answer))
        {
            _fatal = $"A score is {answer}; it must be 0 to 1.";
            return;
        }

        _scores.Add(window.Score, answer);
        _pairs.Add(window.Score, answer);
        if (isBlock) _blocks.Count(window.DeviceId, window.Score > _liveLimit, answer > _shadowLimit);
        if (_probe is null) return;
        _probe.Learn(window);
        if (window.Score > _liveLimit || !_probe.IsWanted || (!isBlock && _pairs.Seen % ProbeEvery != 0)) return;
        _fatal = _probe.Ask(window);
    }

    internal static bool IsScore(float score) => score is >= 0 and <= 1;
}

/// <param name="Copy">Loaded for the shadow's own use; belongs to the caller.</param>
public sealed record LiveModel(ModelManifest Manifest, IScoringModel? Copy);

/// <summary>A window waiting for the shadow model, in the queue's memory.</summary>
/// <param name="Score">Of the live model.</param>
/// <param name="Raw">Empty when the shadow model takes the window as the live one had it.</param>
public readonly record struct QueuedWindow(string DeviceId, long Timestamp, float Score, ReadOnlyMemory<float> Raw, ReadOnlyMemory<float> Normalised);
