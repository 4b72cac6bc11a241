namespace EdgeModules.Inference.Swap;

/// <summary>
/// Runs a shadow model on a thread of its own at the lowest priority, behind a bounded queue: whatever that model does, the live one and its alerts do not
/// wait for it.
/// </summary>
public sealed class ShadowWorker(TimeProvider time) : IShadowTap, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private ShadowSession? _session;

    public bool Wants => _session is not null;

    public bool IsIdle => _session is not { } session || session.IsIdle;

    public void Offer(in ScoredWindow window) => _session?.Offer(window);

    /// <summary>From now on every window goes to this comparison; the one before ends.</summary>
    public void Start(ModelComparison comparison)
    {
        Stop();
        _session = new ShadowSession(comparison, time);
    }

    /// <summary>No window goes to the comparison any more; a call that is in a model ends beside the caller.</summary>
    public void Stop()
    {
        _session?.Dispose();
        _session = null;
    }

    /// <returns>As of the last second or two; null when nothing runs. Waits for nobody.</returns>
    public ComparisonSnapshot? Snapshot() => _session?.Snapshot();

    public void Dispose()
    {
        var last = _session;
        Stop();
        // A call into a model that hangs must not hold up the end of the process: the thread is a background one.
        last?.Join(Patience);
    }
}
