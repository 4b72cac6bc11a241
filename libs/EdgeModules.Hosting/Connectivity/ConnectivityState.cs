namespace EdgeModules.Hosting.Connectivity;

/// <summary>What may be expected of the way to the cloud.</summary>
public enum ConnectivityState
{
    Online,

    /// <summary>It works badly, or has failed a few times.</summary>
    Degraded,

    Offline,
}

public static class ConnectivityStates
{
    /// <summary>As it is written in messages, reports and labels of metrics.</summary>
    public static string Word(this ConnectivityState state) => state switch
    {
        ConnectivityState.Online => "online",
        ConnectivityState.Degraded => "degraded",
        _ => "offline",
    };
}

/// <summary>One look at the way to the cloud. A module that is connected to edgeHub knows nothing of the cloud by that.</summary>
/// <param name="Source">Where it was looked: a word for people.</param>
public sealed record Evidence(string Source)
{
    /// <summary>Why the cloud was not reached: a sentence. Null when it was.</summary>
    public string? Trouble { get; init; }

    /// <summary>Null when nothing went there that could be timed.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Messages that wait in edgeHub for the cloud; null when it does not say.</summary>
    public long? Queued { get; init; }
}

/// <param name="Reason">A sentence.</param>
public sealed record ConnectivityChange(ConnectivityState From, ConnectivityState To, string Reason, DateTimeOffset At);
