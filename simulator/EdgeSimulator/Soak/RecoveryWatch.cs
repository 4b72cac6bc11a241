using EdgeSimulator.Control;
using EdgeSimulator.Timing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <summary>
/// Looks again and again whether the suite is whole: the hub answers, every module answers a direct method, the cloud is there, and no queue is longer than
/// what passes through it in two seconds. What was seen for a while counts from when it was first seen.
/// </summary>
/// <param name="settled">That while.</param>
internal sealed class RecoveryWatch(ControlClient client, IReadOnlyList<string> modules, TimeSpan settled, TimeProvider clock)
{
    private const int MostQueued = 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MethodTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<(FaultKind Kind, long OverAt, Latencies Times)> _pending = [];
    private readonly Dictionary<FaultKind, Latencies> _recovered = [];
    private long _faultSeenAt;
    private string _lack = "it has not been looked at";

    /// <summary>What the suite lacked at the last look; empty when it was whole.</summary>
    public string Lack
    {
        get
        {
            lock (_lock) return _lack;
        }
    }

    public bool IsRecovered
    {
        get
        {
            lock (_lock) return _pending.Count == 0;
        }
    }

    public Latencies TimesOf(FaultKind kind)
    {
        lock (_lock) return _recovered.GetValueOrDefault(kind) ?? new Latencies();
    }

    /// <summary>The time until the suite is whole has run since then.</summary>
    /// <param name="overAt">Timestamp of the clock.</param>
    public void FaultIsOver(FaultKind kind, long overAt)
    {
        lock (_lock)
        {
            if (!_recovered.TryGetValue(kind, out var times)) _recovered[kind] = times = new Latencies();
            _pending.Add((kind, overAt, times));
            _faultSeenAt = clock.GetTimestamp();
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        long? wholeSince = null;
        while (!cancellation.IsCancellationRequested)
        {
            var before = clock.GetTimestamp();
            var lack = await FindLackAsync(cancellation);
            wholeSince = lack.Length > 0 ? null : wholeSince ?? clock.GetTimestamp();
            lock (_lock)
            {
                _lack = lack;
                // A fault in the meantime makes what was seen before it worthless.
                if (_faultSeenAt > before) wholeSince = null;
                if (wholeSince is { } since && clock.GetElapsedTime(since) >= settled)
                {
                    foreach (var fault in _pending.Where(fault => fault.OverAt <= since).ToList())
                    {
                        fault.Times.Add(clock.GetElapsedTime(fault.OverAt, since));
                        _pending.Remove(fault);
                    }

                    // Those that came since then have to see it whole for as long.
                    if (_pending.Count > 0) wholeSince = null;
                }
            }

            await Task.Delay(Look, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> FindLackAsync(CancellationToken cancellation)
    {
        try
        {
            var status = await client.GetStatusAsync(cancellation);
            if (!status["cloud"]!.Value<bool>("online")) return "the cloud";
            foreach (var queue in status["queues"]!.Where(queue => queue.Value<long>("messages") > MostQueued))
                return $"{queue.Value<long>("messages"):N0} messages queued for {queue.Value<string>("endpoint")}";
            var answers = await Task.WhenAll(modules.Select(module => client.InvokeAsync(module, "ping", JValue.CreateNull(), MethodTimeout, cancellation)));
            return answers.All(answer => answer.Status == 200) ? "" : "a module that answers well";
        }
        catch (SimulatorException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException)
        {
            return "time";
        }
    }
}
