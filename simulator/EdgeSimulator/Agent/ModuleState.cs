namespace EdgeSimulator.Agent;

public enum ModuleRuntimeStatus
{
    Running,

    /// <summary>Ended, to be restarted.</summary>
    Backoff,

    /// <summary>Ended well or on demand.</summary>
    Stopped,

    /// <summary>Ended badly, and too often or never to be restarted.</summary>
    Failed,
}

/// <param name="Restarts">After it ended by itself.</param>
/// <param name="Usage">Over all its lives.</param>
public sealed record ModuleState(string Name, ModuleRuntimeStatus Status, int? ProcessId, TimeSpan Uptime, int Restarts, ProcessUsage Usage)
{
    /// <summary>On demand of the user; no sign of a fault.</summary>
    public int RestartsByHand { get; init; }

    /// <summary>The user stopped it, and may start it again: the run is not ending.</summary>
    public bool MayReturn { get; init; }

    /// <summary>It does not run, and nobody is expected to start it again.</summary>
    public bool GoneForGood => !MayReturn && Status is (ModuleRuntimeStatus.Stopped or ModuleRuntimeStatus.Failed);
}
