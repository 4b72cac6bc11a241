namespace EdgeModules.Alerting.Machine;

/// <summary>A notice with all that its message says.</summary>
/// <param name="At">Time of the observation, Unix milliseconds.</param>
/// <param name="Value">NaN when the end has no value, as when a rule was taken away.</param>
/// <param name="Conditions">Of a zone rule: the values of all its conditions.</param>
/// <param name="EndCause">Why an alarm ended without its condition being over; null otherwise.</param>
internal sealed record AlertEvent(
    AlarmRule Rule, string Subject, bool IsZone, string? Zone, Notice Notice, long At, double Value, bool IsClockSuspect, bool IsAcknowledged,
    IReadOnlyList<double>? Conditions = null, string? EndCause = null)
{
    public string AlertId => $"{Rule.Id}/{Subject}/{Notice.Since}";

    /// <summary>The state, and its number when it comes again in the alarm's life: with the alert id it names one message.</summary>
    public string Step => Notice.Repeat == 0 ? StateName(Notice.State) : $"{StateName(Notice.State)}/{Notice.Repeat}";

    public static string StateName(AlarmState state) => state switch
    {
        AlarmState.Raised => "raised",
        AlarmState.Escalated => "escalated",
        AlarmState.Deescalated => "deescalated",
        _ => "cleared",
    };
}

/// <summary>What became of the readings and alarms of a call.</summary>
internal record struct AlertTally
{
    public int Evaluated;
    public int Duplicate;
    public int Late;
    public int ClockResets;
    public int EvictedDevices;
    public int HeldByCooldown;
    public int HeldBySilence;
    public int HeldByCriticalRate;
}

/// <summary>How a reading's timestamp stands to the clock.</summary>
/// <param name="IsOld">Too old to be acted upon.</param>
/// <param name="IsFuture">Ahead of the clock.</param>
/// <param name="IsClockSuspect">The clock of the gateway is in doubt.</param>
internal readonly record struct ReadingAge(bool IsOld, bool IsFuture, bool IsClockSuspect);
