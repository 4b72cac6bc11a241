namespace EdgeModules.Inference.Swap;

/// <summary>
/// Runs a shadow model on a thread of its own at the lowest priority, behind a bounded queue: whatever that model does, the live one and its alerts do not
/// wait for it.
/// </summary>
public sealed class ShadowWorker : IShadowTap, IDisposable
{
    private readonly AutoResetEvent _wake = new(false);
    private readonly QueuedWindow[] _batch = new QueuedWindow[ModelComparison.MaxBatch];
    private volatile Session? _session;
    private volatile bool _isAsleep;
    private volatile bool _isStopping;
    private Thread? _thread;

    public bool Wants => _session is not null;

    public void Offer(in ScoredWindow window)
    {
        if (_session is not { } session) return;
        session.Queue.TryAdd(window);
        if (_isAsleep) _wake.Set();
    }

    /// <summary>From now on every window goes to this comparison; the one before ends.</summary>
    public void Start(ModelComparison comparison)
    {
        _session = new Session(comparison, new ShadowQueue(comparison.Form.Length, comparison.Form.NeedsRaw));
        if (_thread is not null) return;
        _thread = new Thread(Run) { IsBackground = true, Name = "shadow", Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>No window goes to the comparison any more; a call that is in a model ends beside the caller.</summary>
    public void Stop() => _session = null;

    /// <returns>Null when nothing runs.</returns>
    public ComparisonSnapshot? Snapshot() => _session is { } session ? session.Comparison.Snapshot(session.Queue.Dropped) : null;

    public bool IsIdle => _session is not { } session || session.Queue.IsEmpty;

    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        // A call into a model that hangs must not hold up the end of the process: the thread is a background one.
        var hasEnded = _thread?.Join(TimeSpan.FromSeconds(2)) ?? true;
        Stop();
        if (hasEnded) _wake.Dispose();
    }

    private void Run()
    {
        LowPriority.Enter();
        while (!_isStopping)
        {
            if (ProcessBatch()) continue;
            _isAsleep = true;
            // Looked at again after the flag: a window added just before it is not slept over. The limit is for the same case between two cores.
            if (IsIdle) _wake.WaitOne(TimeSpan.FromMilliseconds(200));
            _isAsleep = false;
        }
    }

    private bool ProcessBatch()
    {
        if (_session is not { } session) return false;
        var count = session.Queue.Peek(_batch.AsSpan(0, session.Comparison.BatchSize));
        if (count == 0) return false;
        session.Comparison.Observe(_batch.AsSpan(0, count));
        session.Queue.Release(count);
        return true;
    }

    private sealed record Session(ModelComparison Comparison, ShadowQueue Queue);
}
