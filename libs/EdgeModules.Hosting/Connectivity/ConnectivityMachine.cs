using System.Globalization;

namespace EdgeModules.Hosting.Connectivity;

/// <summary>Makes a state of what was seen of the way to the cloud, look by look. One that was reached again is degraded until it has been good a few times.</summary>
/// <param name="state">As it was left; a first start believes that all is well until it is shown otherwise.</param>
/// <param name="since">When it was entered.</param>
public sealed class ConnectivityMachine(ConnectivityState state, DateTimeOffset since)
{
    private int _failures;
    private int _successes;
    private int _growths;
    private long? _queued;

    public ConnectivityState State { get; private set; } = state;

    public DateTimeOffset Since { get; private set; } = since;

    /// <returns>Null when the state stays.</returns>
    public ConnectivityChange? Observe(Evidence evidence, ConnectivitySettings settings, DateTimeOffset now)
    {
        var (next, reason) = evidence.Trouble is { } trouble ? Failed(trouble, settings) : Reached(evidence, settings);
        _queued = evidence.Queued ?? _queued;
        if (next == State) return null;
        var change = new ConnectivityChange(State, next, $"{evidence.Source}: {reason}", now);
        (State, Since) = (next, now);
        return change;
    }

    private (ConnectivityState Next, string Reason) Failed(string trouble, ConnectivitySettings settings)
    {
        (_successes, _growths) = (0, 0);
        // The count would otherwise run over in a long winter.
        _failures = Math.Min(_failures + 1, settings.OfflineAfterFailures);
        var isOffline = State == ConnectivityState.Offline || _failures >= settings.OfflineAfterFailures;
        return (isOffline ? ConnectivityState.Offline : ConnectivityState.Degraded, trouble);
    }

    private (ConnectivityState Next, string Reason) Reached(Evidence evidence, ConnectivitySettings settings)
    {
        _failures = 0;
        _growths = evidence.Queued > _queued ? Math.Min(_growths + 1, settings.DegradedAfterGrowths) : 0;
        if (WhyPoor(evidence, settings) is { } why)
        {
            _successes = 0;
            return (ConnectivityState.Degraded, why);
        }

        _successes = Math.Min(_successes + 1, settings.OnlineAfterSuccesses);
        if (_successes >= settings.OnlineAfterSuccesses) return (ConnectivityState.Online, "The cloud is reached, and well.");
        return (State == ConnectivityState.Offline ? ConnectivityState.Degraded : State, "The cloud is reached again.");
    }

    private string? WhyPoor(Evidence evidence, ConnectivitySettings settings)
    {
        if (evidence.LatencyMs > settings.DegradedLatencyMs)
            return string.Create(CultureInfo.InvariantCulture, $"The latency is {evidence.LatencyMs:0} ms; above {settings.DegradedLatencyMs} is degraded.");
        return _growths >= settings.DegradedAfterGrowths
            ? $"edgeHub's queue for the cloud has grown {_growths} times in a row, to {evidence.Queued} messages."
            : null;
    }
}
