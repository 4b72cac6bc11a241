using EdgeModules.Hosting.State;

namespace EdgeModules.Uplink.Sending;

/// <summary>What was sent on a day and what it costs. Days are UTC days, as IoT Hub counts.</summary>
/// <param name="Since">Unix milliseconds of the first batch of the day.</param>
/// <param name="NormalUnits">Metered units of batches of that lane.</param>
/// <param name="Items">Readings or items: as many units would they cost each alone.</param>
/// <param name="UnitsAlone">Units of the same messages each sent alone.</param>
internal sealed record DayCost(DateOnly Day, long Since, long NormalUnits, long LowUnits, long Batches, long Bytes, long Messages, long Items, long UnitsAlone)
{
    private const double MillisecondsOfADay = 86_400_000;

    /// <summary>A projection from less would be a guess.</summary>
    private const double LeastMilliseconds = 900_000;

    public static DayCost Empty { get; } = new(default, 0, 0, 0, 0, 0, 0, 0, 0);

    public long Units => NormalUnits + LowUnits;

    /// <summary>A clock that is set back stays in the day it was in: else a day would have two budgets.</summary>
    public DayCost At(DateTimeOffset now) =>
        DateOnly.FromDateTime(now.UtcDateTime) is var today && today > Day ? Empty with { Day = today, Since = now.ToUnixTimeMilliseconds() } : this;

    public DayCost With(Spool.StoredBatch batch, DateTimeOffset now)
    {
        var day = At(now);
        return day with
        {
            NormalUnits = day.NormalUnits + (batch.Lane == Lane.Normal ? batch.Units : 0),
            LowUnits = day.LowUnits + (batch.Lane == Lane.Low ? batch.Units : 0),
            Batches = day.Batches + 1,
            Bytes = day.Bytes + batch.Bytes,
            Messages = day.Messages + batch.Members,
            Items = day.Items + batch.Count,
            UnitsAlone = day.UnitsAlone + batch.UnitsAlone,
        };
    }

    /// <summary>Units of a whole day that goes on like this; null while it is too early to tell.</summary>
    public long? Projected(DateTimeOffset now)
    {
        var past = Math.Min(now.ToUnixTimeMilliseconds() - Since, MillisecondsOfADay);
        return Since == 0 || past < LeastMilliseconds ? null : (long)Math.Ceiling(Units * MillisecondsOfADay / past);
    }

    public void Write(CompactWriter writer)
    {
        writer.Write(Day.DayNumber);
        foreach (var number in (ReadOnlySpan<long>)[Since, NormalUnits, LowUnits, Batches, Bytes, Messages, Items, UnitsAlone]) writer.Write(number);
    }

    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static DayCost Read(ref CompactReader reader) => new(
        DateOnly.FromDayNumber(reader.ReadCount(DateOnly.MaxValue.DayNumber)), reader.Read(), reader.Read(), reader.Read(), reader.Read(), reader.Read(),
        reader.Read(), reader.Read(), reader.Read());
}
