using System.Collections.Concurrent;
using EdgeModules.Hosting.Connectivity;

namespace EdgeModules.Uplink.Sending;

/// <summary>Has the way to the cloud looked at from time to time, beside the module's loop: a look may take seconds.</summary>
/// <param name="wake">Called from any thread when there is evidence to <see cref="TryTake"/>.</param>
internal sealed class UpstreamWatch(IUpstreamProbe probe, string standardHost, Action wake) : IDisposable
{
    private readonly ConcurrentQueue<Evidence> _evidence = new();
    private readonly CancellationTokenSource _stop = new();
    private DateTimeOffset? _lastLook;
    private Task _look = Task.CompletedTask;

    public bool HasEvidence => !_evidence.IsEmpty;

    /// <summary>Begins a look when one is due and none is under way.</summary>
    public void Run(ConnectivitySettings settings, DateTimeOffset now)
    {
        if (!_look.IsCompleted || now < NextLook(settings, now)) return;
        _lastLook = now;
        _look = LookAsync(settings.ProbeHost ?? standardHost, settings.ProbePort);
    }

    /// <summary>Not in the past while a look is under way: its end wakes.</summary>
    public DateTimeOffset NextLook(ConnectivitySettings settings, DateTimeOffset now)
    {
        var interval = TimeSpan.FromSeconds(settings.ProbeIntervalSeconds);
        // Last in the future is a clock that was set back.
        var next = _lastLook is { } last && last <= now ? last + interval : now;
        return _look.IsCompleted || next > now ? next : now + interval;
    }

    public bool TryTake(out Evidence evidence) => _evidence.TryDequeue(out evidence!);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task LookAsync(string host, int port)
    {
        try
        {
            _evidence.Enqueue(await probe.LookAsync(host, port, _stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _evidence.Enqueue(new Evidence($"look at {host}:{port}") { Trouble = $"It failed: {error.Message}" });
        }

        wake();
    }
}
