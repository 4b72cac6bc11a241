namespace EdgeModules.Uplink.Sending;

/// <summary>
/// Spreads the metered units of a day over it, so that a backlog does not spend by breakfast what the evening's readings need. What a part of the day leaves is
/// there for the rest of it. Days are UTC days, as IoT Hub counts.
/// </summary>
internal sealed class UnitBudget
{
    private const double SecondsOfADay = 86_400;

    /// <summary>How far ahead of the time of day it may be spent: a batch is one piece.</summary>
    private const double AheadSeconds = 3600;

    /// <param name="day">UTC, of the units that were spent.</param>
    /// <param name="spent">On that day.</param>
    public UnitBudget(DateOnly day, long spent) => (Day, Spent) = (day, spent);

    public DateOnly Day { get; private set; }

    public long Spent { get; private set; }

    /// <param name="daily">0 for no limit.</param>
    public bool Allows(int units, long daily, DateTimeOffset now)
    {
        if (daily == 0) return true;
        Turn(now);
        var share = Math.Min(1, (now.UtcDateTime.TimeOfDay.TotalSeconds + AheadSeconds) / SecondsOfADay);
        return Spent + units <= (long)(daily * share);
    }

    public void Spend(int units, DateTimeOffset now)
    {
        Turn(now);
        Spent += units;
    }

    /// <summary>A clock that is set back stays in the day it was in: else a day would have two budgets.</summary>
    private void Turn(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (today > Day) (Day, Spent) = (today, 0);
    }
}
