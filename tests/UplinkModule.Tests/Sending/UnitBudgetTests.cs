using EdgeModules.Uplink.Sending;

namespace EdgeModules.Uplink.Tests.Sending;

public sealed class UnitBudgetTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Of 2,400 units a day: 100 an hour, and one hour ahead.</summary>
    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(0, 101, false)]
    [InlineData(6, 700, true)]
    [InlineData(6, 701, false)]
    [InlineData(23.5, 2400, true)]
    [InlineData(23.5, 2401, false)]
    public void Allows_TimeOfDay_IsTheShareUpToAnHourAhead(double hour, int units, bool isAllowed) =>
        Assert.Equal(isAllowed, new UnitBudget(default, 0).Allows(units, 2400, Midnight.AddHours(hour)));

    [Fact]
    public void Allows_WhatWasSpent_CountsUntilMidnight()
    {
        var budget = new UnitBudget(default, 0);
        budget.Spend(600, Midnight.AddHours(5));

        Assert.False(budget.Allows(1, 2400, Midnight.AddHours(5)));
        Assert.True(budget.Allows(100, 2400, Midnight.AddHours(6)));
        Assert.True(budget.Allows(100, 2400, Midnight.AddHours(24)));
        Assert.Equal((new DateOnly(2026, 2, 1), 0L), (budget.Day, budget.Spent));
    }

    [Fact]
    public void Allows_ClockSetBack_GivesNoSecondBudget()
    {
        var budget = new UnitBudget(default, 0);
        budget.Spend(2400, Midnight.AddHours(23));

        Assert.False(budget.Allows(1, 2400, Midnight.AddHours(-1)));
        Assert.Equal(2400, budget.Spent);
    }

    [Fact]
    public void Allows_NoLimit_AllowsAll() => Assert.True(new UnitBudget(default, long.MaxValue / 2).Allows(int.MaxValue, 0, Midnight));
}
