namespace EdgeModules.Alerting.Machine;

internal enum Severity
{
    None,
    Warning,
    Critical,
}

internal enum AlarmState
{
    Raised,
    Escalated,
    Deescalated,
    Cleared,
}

/// <summary>Why a message, or a command, did not go out.</summary>
internal enum Hold
{
    None,
    Cooldown,
    Silenced,
    CriticalRate,
}

/// <summary>One look at a condition.</summary>
/// <param name="At">On the time axis of the alarm, Unix milliseconds: event time, or the clock for silences.</param>
/// <param name="Level">What the rule says; hysteresis is in it already.</param>
/// <param name="IsBackfill">Too old to be acted upon.</param>
internal readonly record struct Observation(long At, Severity Level, bool IsBackfill, bool IsSilenced);

/// <summary>What is to be told of an alarm after a look at it.</summary>
/// <param name="Repeat">How often this state was told before in the alarm's life: keeps message ids apart.</param>
/// <param name="Tells">Whether an alert goes out.</param>
/// <param name="Acts">Whether the rule's action is to run now.</param>
internal readonly record struct Notice(
    AlarmState State, Severity Severity, long Since, int Repeat, int SuppressedRepeats, bool Tells, bool Acts, bool HasActed, bool IsBackfill);

/// <param name="Changed">The alarm is not what it was and has to be saved.</param>
/// <param name="Held">Something was to be told for the first time, and was held.</param>
internal readonly record struct AlarmStep(bool Changed, Notice? Notice, Hold Held);

/// <summary>
/// The life of one rule over one device or zone: raised → escalated → deescalated → cleared, again and again. What is and what was told are kept apart, so
/// that what a cooldown or a silence held is told when it still is so afterwards.
/// </summary>
internal sealed class Alarm(string ruleId, string subject, bool isZone)
{
    private const long RateWindow = 60_000;

    public string RuleId { get; } = ruleId;

    /// <summary>The device, or the zone.</summary>
    public string Subject { get; } = subject;

    public bool IsZone { get; } = isZone;

    public AlarmMemory Memory = AlarmMemory.New;

    public bool IsActive => Memory.Severity != Severity.None;

    /// <summary>Stable over the alarm's life.</summary>
    public string Id => $"{RuleId}/{Subject}/{Memory.Since}";

    public AlarmStep Step(in Observation seen, AlarmRule rule, int maxCriticalPerMinute)
    {
        if (seen.Level == Severity.None && Memory is { Severity: Severity.None, Matches: 0 }) return default;
        var before = Memory;
        if (Memory.Severity == Severity.None)
        {
            if (!Begins(seen, rule)) return new AlarmStep(!Memory.Equals(before), null, Hold.None);
        }
        else if (seen.Level != Memory.Severity)
        {
            if (seen.Level > Memory.Severity) (Memory.IsAcknowledged, Memory.HasActed) = (false, false);
            Memory.Severity = seen.Level;
        }

        var isNew = Memory.Severity > before.Severity;
        var held = Hold.None;
        var notice = Memory.Severity < Memory.Told ? Lower(seen.IsBackfill) : Raise(seen, rule, maxCriticalPerMinute, out held);
        if (isNew && held != Hold.None) Memory.SuppressedRepeats++;
        return new AlarmStep(!Memory.Equals(before), notice, isNew ? held : Hold.None);
    }

    /// <summary>Ends the alarm because its rule or its device is no more.</summary>
    public AlarmStep End()
    {
        var before = Memory;
        (Memory.Severity, Memory.Matches, Memory.MatchedSince) = (Severity.None, 0, 0);
        return new AlarmStep(!Memory.Equals(before), Memory.Told > Severity.None ? Lower(isBackfill: false) : null, Hold.None);
    }

    private bool Begins(in Observation seen, AlarmRule rule)
    {
        if (seen.Level == Severity.None)
        {
            (Memory.Matches, Memory.MatchedSince) = (0, 0);
            return false;
        }

        // A clock that was set back starts the wait anew.
        if (Memory.Matches == 0 || Memory.MatchedSince > seen.At) (Memory.Matches, Memory.MatchedSince) = (0, seen.At);
        // Counted as far as the rule asks, so that a long wait is no change for the disk at each reading.
        if (Memory.Matches < rule.Consecutive) Memory.Matches++;
        if (seen.At - Memory.MatchedSince < rule.Hold || Memory.Matches < rule.Consecutive) return false;
        // A life that does not begin later than the one before has that one's id, or may have: it goes on counting, so that no message id comes twice.
        if (Memory.MatchedSince > Memory.Since) (Memory.Raised, Memory.Escalated, Memory.Deescalated, Memory.Cleared) = (0, 0, 0, 0);
        Memory = Memory with
        {
            Severity = seen.Level, Since = Memory.MatchedSince, Matches = 0, MatchedSince = 0, Told = Severity.None, ToldAsBackfill = false, HasActed = false,
            IsAcknowledged = false,
        };
        return true;
    }

    /// <summary>Down is always told, of what was told up.</summary>
    private Notice Lower(bool isBackfill)
    {
        var state = Memory.Severity == Severity.None ? AlarmState.Cleared : AlarmState.Deescalated;
        Memory.Told = Memory.Severity;
        return Tell(state, tells: true, acts: false, isBackfill);
    }

    private Notice? Raise(in Observation seen, AlarmRule rule, int maxCriticalPerMinute, out Hold held)
    {
        held = Hold.None;
        // What was raised from old readings and is still so is told again, live.
        var goesLive = Memory is { ToldAsBackfill: true, Severity: > Severity.None } && !seen.IsBackfill;
        var isCritical = Memory.Severity == Severity.Critical;
        var acts = isCritical && rule.Action is not null && !Memory.HasActed && !seen.IsBackfill;
        var tells = Memory.Severity > Memory.Told || goesLive;
        if (!tells && !acts) return null;
        var state = Memory.Told == Severity.None || goesLive ? AlarmState.Raised : AlarmState.Escalated;
        if (tells && seen.IsSilenced) held = Hold.Silenced;
        else if (tells && state == AlarmState.Raised && !goesLive && IsCooling(seen.At, rule.Cooldown)) held = Hold.Cooldown;
        tells &= held == Hold.None;
        if (!tells && !acts) return null;
        if (isCritical && !TakeCritical(seen.At, maxCriticalPerMinute))
        {
            held = Hold.CriticalRate;
            return null;
        }

        Memory.HasActed |= acts;
        if (tells)
        {
            (Memory.Told, Memory.ToldAsBackfill) = (Memory.Severity, seen.IsBackfill);
            if (isCritical) Memory.LastCritical = seen.At;
            else Memory.LastWarning = seen.At;
        }

        return Tell(state, tells, acts, seen.IsBackfill);
    }

    private Notice Tell(AlarmState state, bool tells, bool acts, bool isBackfill)
    {
        ref var told = ref Memory.CountOf(state);
        var notice = new Notice(state, Memory.Severity, Memory.Since, told++, Memory.SuppressedRepeats, tells, acts, Memory.HasActed, isBackfill);
        if (tells) Memory.SuppressedRepeats = 0;
        return notice;
    }

    private bool IsCooling(long at, long cooldown)
    {
        var last = Memory.Severity == Severity.Critical ? Memory.LastCritical : Memory.LastWarning;
        // A last time that lies ahead is of a clock that was set back.
        return last <= at && at - last < cooldown;
    }

    private bool TakeCritical(long at, int max)
    {
        if (at < Memory.RateFrom || at - Memory.RateFrom >= RateWindow) (Memory.RateFrom, Memory.RateCount) = (at, 0);
        if (Memory.RateCount >= max) return false;
        Memory.RateCount++;
        return true;
    }
}

/// <summary>All that an alarm remembers; saved whole when it changed.</summary>
internal record struct AlarmMemory
{
    /// <summary>No time: far enough back to be past every cooldown, and near enough to subtract.</summary>
    private const long Never = long.MinValue / 2;

    public static AlarmMemory New => new() { LastWarning = Never, LastCritical = Never, RateFrom = Never, Newest = Never };

    public Severity Severity;

    /// <summary>What the last message said.</summary>
    public Severity Told;

    public bool ToldAsBackfill;
    public bool HasActed;
    public bool IsAcknowledged;

    /// <summary>Observations in a row that met the condition, of an alarm that has not begun.</summary>
    public int Matches;
    public long MatchedSince;

    /// <summary>Event time at which the condition began.</summary>
    public long Since;
    public long LastWarning;
    public long LastCritical;
    public long RateFrom;
    public int RateCount;
    public int SuppressedRepeats;

    /// <summary>The newest observation, where the alarm keeps the order itself.</summary>
    public long Newest;

    /// <summary>How often each state was told in this life, or since the last one that began later than the one before it.</summary>
    public int Raised;
    public int Escalated;
    public int Deescalated;
    public int Cleared;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref int CountOf(AlarmState state)
    {
        switch (state)
        {
            case AlarmState.Raised: return ref Raised;
            case AlarmState.Escalated: return ref Escalated;
            case AlarmState.Deescalated: return ref Deescalated;
            default: return ref Cleared;
        }
    }
}
