using EdgeModules.Inference.Swap.Statistics;
using EdgeModules.Models;

namespace EdgeModules.Inference.Swap;

/// <summary>
/// The live model with an eye on it: how long its calls take, whether they fail, whether its scores are scores. It is disposed of when it has been let go of
/// and the last call in it has ended: a native session that goes under a call takes the process with it.
/// </summary>
public sealed class WatchedModel(IScoringModel inner, double maxLatencyP99Ms, TimeProvider time) : IScoringModel
{
    private const int FailuresInARow = 3;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _minute = new();
    private double _maxLatencyP99Ms = maxLatencyP99Ms;
    private long _minuteStart = time.GetTimestamp();
    private int _slowMinutes;
    private int _failedInARow;
    private string? _fatal;
    private int _calls;
    private bool _isLetGo;
    private bool _isDisposed;

    /// <summary>For calls that say nothing of how the model does its work. To be used only while the model is not let go of.</summary>
    public IScoringModel Unwatched => inner;

    public ModelIdentity Identity => inner.Identity;

    public ModelManifest Manifest => inner.Manifest;

    public bool HasContributions => inner.HasContributions;

    public LiveHealth Health
    {
        get
        {
            lock (_lock) return new LiveHealth(_fatal, _slowMinutes);
        }
    }

    public void Score(ReadOnlySpan<float> windows, int count, Span<float> scores, Span<float> contributions)
    {
        lock (_lock)
        {
            if (_isLetGo) throw new ModelRunException("The model has been let go of.");
            _calls++;
        }

        var start = time.GetTimestamp();
        string? failure = "The call failed.";
        var isFinite = true;
        try
        {
            inner.Score(windows, count, scores, contributions);
            failure = null;
            foreach (var score in scores[..count]) isFinite &= ModelComparison.IsScore(score);
        }
        catch (ModelRunException error)
        {
            failure = error.Message;
            throw;
        }
        finally
        {
            Leave(count, start, failure, isFinite);
        }
    }

    /// <summary>Begins anew, as when probation starts or another policy holds.</summary>
    public void Watch(double maxLatencyP99Ms)
    {
        lock (_lock)
        {
            (_maxLatencyP99Ms, _slowMinutes, _failedInARow, _fatal, _minuteStart) = (maxLatencyP99Ms, 0, 0, null, time.GetTimestamp());
            _minute.Clear();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isLetGo = true;
            if (_calls > 0 || _isDisposed) return;
            _isDisposed = true;
        }

        inner.Dispose();
    }

    private void Leave(int count, long start, string? failure, bool isFinite)
    {
        bool isLast;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (failure is null)
            {
                _failedInARow = 0;
                var each = time.GetElapsedTime(start, now) / Math.Max(count, 1);
                for (var index = 0; index < count; index++) _minute.Add(each);
                if (!isFinite) _fatal ??= "A score of the active model is not within 0 to 1.";
            }
            else if (++_failedInARow >= FailuresInARow)
            {
                _fatal ??= $"{FailuresInARow} calls of the active model in a row failed, the last with: {failure}";
            }

            if (time.GetElapsedTime(_minuteStart, now) >= Minute) CloseMinute(now);
            isLast = --_calls == 0 && _isLetGo && !_isDisposed;
            _isDisposed |= isLast;
        }

        if (isLast) inner.Dispose();
    }

    private void CloseMinute(long now)
    {
        _slowMinutes = _minute.QuantileMs(0.99) > _maxLatencyP99Ms ? _slowMinutes + 1 : 0;
        _minute.Clear();
        _minuteStart = now;
    }
}
