using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Sending;
using EdgeModules.Uplink.Spool;

namespace EdgeModules.Uplink.Tests.Sending;

public sealed class UnitBudgetTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Of 2,400 units a day: 100 an hour, and one hour ahead for what is new.</summary>
    [Theory]
    [InlineData(0, 100, true, true)]
    [InlineData(0, 101, true, false)]
    [InlineData(0, 1, false, false)]
    [InlineData(6, 700, true, true)]
    [InlineData(6, 701, true, false)]
    [InlineData(6, 600, false, true)]
    [InlineData(6, 601, false, false)]
    [InlineData(23.5, 2400, true, true)]
    [InlineData(23.5, 2401, true, false)]
    public void Allows_TimeOfDay_IsTheShare(double hour, int units, bool isNew, bool isAllowed)
    {
        Assert.Equal(isAllowed, UnitBudget.Allows(0, units, 2400, isNew, Midnight.AddHours(hour)));
        Assert.Equal(isAllowed, UnitBudget.Allows(units - 1, 1, 2400, isNew, Midnight.AddHours(hour)));
    }

    [Fact]
    public void Allows_NoLimit_AllowsAll() => Assert.True(UnitBudget.Allows(long.MaxValue / 2, int.MaxValue, 0, isNew: false, Midnight));

    [Fact]
    public void DayCost_Midnight_BeginsAnew()
    {
        var cost = DayCost.Empty.With(Batch(Lane.Normal, units: 3), Midnight.AddHours(1)).With(Batch(Lane.Low, units: 2), Midnight.AddHours(2));
        Assert.Equal((3L, 2L, 5L, 2L, 8L), (cost.NormalUnits, cost.LowUnits, cost.Units, cost.Batches, cost.UnitsAlone));
        Assert.Equal((20L, 6L, 8000L), (cost.Items, cost.Messages, cost.Bytes));

        var next = cost.At(Midnight.AddHours(24));
        Assert.Equal((new DateOnly(2026, 2, 1), 0L, 0L), (next.Day, next.Units, next.Items));
    }

    [Fact]
    public void DayCost_ClockSetBack_StaysInItsDay()
    {
        var cost = DayCost.Empty.With(Batch(Lane.Normal, units: 3), Midnight.AddHours(23));
        Assert.Same(cost, cost.At(Midnight.AddHours(-1)));
    }

    [Fact]
    public void DayCost_Projected_IsOfAWholeDay()
    {
        var cost = DayCost.Empty.With(Batch(Lane.Normal, units: 3), Midnight.AddHours(6));
        Assert.Null(cost.Projected(Midnight.AddHours(6.2)));
        Assert.Equal(72, cost.Projected(Midnight.AddHours(7)));
        Assert.Null(DayCost.Empty.Projected(Midnight));
    }

    private static StoredBatch Batch(Lane lane, int units) => new(lane, 1, "a", 3, 10, 4000, units, 4, 0, 0, BatchCompression.Gzip);
}
