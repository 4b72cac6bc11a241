namespace EdgeModules.Inference.Swap;

/// <summary>
/// One comparison, its queue and its thread. The figures are handed out as the thread has put them together last: nobody waits for a model that hangs, or
/// for a thread that is behind all others.
/// </summary>
internal sealed class ShadowSession : IDisposable
{
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(200);

    private readonly ModelComparison _comparison;
    private readonly ShadowQueue _queue;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly QueuedWindow[] _batch = new QueuedWindow[ModelComparison.MaxBatch];
    private volatile ComparisonSnapshot _figures;
    private volatile bool _isAsleep;
    private volatile bool _isEnded;
    private long _figuresAt;

    public ShadowSession(ModelComparison comparison, TimeProvider time)
    {
        (_comparison, _time) = (comparison, time);
        _queue = new ShadowQueue(comparison.Form.Length, comparison.Form.NeedsRaw);
        _figures = comparison.Snapshot(dropped: 0);
        _figuresAt = time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = "shadow", Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>All windows have been seen, and are in the figures.</summary>
    public bool IsIdle => _queue.IsEmpty;

    public void Offer(in ScoredWindow window)
    {
        _queue.TryAdd(window);
        if (_isAsleep) _wake.Set();
    }

    public ComparisonSnapshot Snapshot() => _figures with { Dropped = _queue.Dropped };

    /// <summary>The thread ends after the call that it is in, and beside the caller.</summary>
    public void Dispose()
    {
        // In this order, since the thread lets go of the event once it is ended.
        _wake.Set();
        _isEnded = true;
    }

    public void Join(TimeSpan patience) => _thread.Join(patience);

    private void Run()
    {
        LowPriority.Enter();
        while (!_isEnded)
        {
            if (ProcessBatch()) continue;
            _isAsleep = true;
            // Looked at again after the flag: a window added just before it is not slept over. The limit is for the same case between two cores.
            if (_queue.IsEmpty) _wake.WaitOne(LongestSleep);
            _isAsleep = false;
        }

        _wake.Dispose();
    }

    private bool ProcessBatch()
    {
        var count = _queue.Peek(_batch.AsSpan(0, _comparison.BatchSize));
        if (count == 0) return false;
        _comparison.Observe(_batch.AsSpan(0, count));
        var now = _time.GetTimestamp();
        if (_queue.Count == count || _comparison.IsOver || _time.GetElapsedTime(_figuresAt, now) >= FiguresEvery)
        {
            _figures = _comparison.Snapshot(_queue.Dropped);
            _figuresAt = now;
        }

        _queue.Release(count);
        return true;
    }
}
