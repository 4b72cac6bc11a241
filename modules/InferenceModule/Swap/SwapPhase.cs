namespace EdgeModules.Inference.Swap;

/// <summary>Where a candidate is on its way.</summary>
public enum SwapPhase
{
    /// <summary>There is no candidate.</summary>
    Idle,
    Pending,
    Downloading,

    /// <summary>Hash, size, signature, manifest and shapes.</summary>
    Verifying,
    Loading,
    SelfTest,

    /// <summary>Every window goes to the candidate too.</summary>
    Shadow,

    /// <summary>As in shadow: its time is up, but its data do not suffice, or its approval is missing.</summary>
    Extending,

    /// <summary>Decided; the journal is being written.</summary>
    Promoting,

    /// <summary>The candidate is the active model; the one before goes along.</summary>
    Probation,
    Promoted,
    Rejected,
    Inconclusive,

    /// <summary>Another candidate took its place before it was decided.</summary>
    Superseded,

    /// <summary>It was taken away before it was decided.</summary>
    Aborted,
    RolledBack,
}

public static class SwapPhases
{
    /// <summary>A candidate is in work and is not yet the active model.</summary>
    public static bool IsInWork(this SwapPhase phase) => phase is >= SwapPhase.Pending and <= SwapPhase.Promoting;

    public static bool IsInShadow(this SwapPhase phase) => phase is SwapPhase.Shadow or SwapPhase.Extending;

    /// <summary>A candidate with such an end is not tried again, unless it is told.</summary>
    public static bool BarsRepeat(this SwapPhase phase) => phase is SwapPhase.Rejected or SwapPhase.Inconclusive or SwapPhase.RolledBack;
}
