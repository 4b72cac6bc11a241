namespace EdgeModules.Uplink.Sending;

/// <summary>
/// Spreads the metered units of a day over it, so that a backlog does not spend by breakfast what the evening's readings need. What a part of the day leaves is
/// there for the rest of it.
/// </summary>
internal static class UnitBudget
{
    private const double SecondsOfADay = 86_400;

    /// <summary>How far ahead of the time of day what is new may spend: a batch is one piece, and the backlog must leave something.</summary>
    private const double AheadSeconds = 3600;

    /// <param name="spent">Units of the day so far.</param>
    /// <param name="units">To be spent now.</param>
    /// <param name="daily">0 for no limit.</param>
    /// <param name="isNew">Whether it is not of the backlog.</param>
    public static bool Allows(long spent, int units, long daily, bool isNew, DateTimeOffset now)
    {
        if (daily == 0) return true;
        var share = Math.Min(1, (now.UtcDateTime.TimeOfDay.TotalSeconds + (isNew ? AheadSeconds : 0)) / SecondsOfADay);
        return spent + units <= (long)(daily * share);
    }
}
