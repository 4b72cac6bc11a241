using static EdgeModules.Messages.ReadingOrder;

namespace EdgeModules.Messages.Tests;

public sealed class EventOrderTests
{
    private const long T = 1_700_000_000_000;

    public static TheoryData<string, long[], ReadingOrder[]> Sequences => new()
    {
        { "ever newer", [T, T + 1, T + 1_000_000], [InOrder, InOrder, InOrder] },
        { "the same again", [T, T, T], [InOrder, Duplicate, Duplicate] },
        { "a little older", [T, T - 1, T - 60_000, T + 1], [InOrder, Late, Late, InOrder] },
        { "clock set back", [T, T - 60_001, T - 60_000 + 10, T + 1], [InOrder, Late, Late, InOrder] },
        { "clock set back for good", [T, T - 99_000, T - 98_000, T - 97_000, T - 96_000, T - 97_000], [InOrder, Late, Late, ClockReset, InOrder, Late] },
        { "set back, with its newest again between", [T, T - 99_000, T, T - 98_000, T - 97_000], [InOrder, Late, Duplicate, Late, ClockReset] },
        { "a little late between two far ones", [T, T - 99_000, T - 98_000, T - 1, T - 97_000, T - 96_000, T - 95_000], [InOrder, Late, Late, Late, Late, Late, ClockReset] },
        { "old ones, each older than the last, are a backlog read in reverse", [T, T - 97_000, T - 98_000, T - 99_000, T - 100_000], [InOrder, Late, Late, Late, Late] },
        { "old ones, the same each time, are repeats", [T, T - 97_000, T - 97_000, T - 97_000, T - 97_000], [InOrder, Late, Late, Late, Late] },
        { "after a reset the order holds again", [T, 1, 2, 3, 3, 2, 4], [InOrder, Late, Late, ClockReset, Duplicate, Late, InOrder] },
        { "the ends of time", [Timestamps.Max, Timestamps.Min, 0, 1, Timestamps.Max], [InOrder, Late, Late, ClockReset, InOrder] },
    };

    [Theory]
    [MemberData(nameof(Sequences))]
    public void See_Sequence_GivesItsOrder(string what, long[] timestamps, ReadingOrder[] expected)
    {
        var order = new EventOrder();

        Assert.True(expected.SequenceEqual(timestamps.Select(timestamp => order.See(timestamp))), what);
    }

    [Fact]
    public void See_NothingBefore_IsInOrderAtAnyTime()
    {
        var order = new EventOrder();

        Assert.Null(order.Newest);
        Assert.Equal(InOrder, order.See(Timestamps.Min));
        Assert.Equal(Timestamps.Min, order.Newest);
    }

    [Fact]
    public void See_RestoredOrder_KnowsItsNewest()
    {
        var order = new EventOrder(T);

        Assert.Equal([Duplicate, Late, InOrder], new[] { T, T - 1, T + 1 }.Select(timestamp => order.See(timestamp)));
    }

    [Fact]
    public void Behind_OfReadingsFarBehind_IsTheirNumberInARow()
    {
        var order = new EventOrder(T);
        int Behind(long timestamp)
        {
            order.See(timestamp);
            return order.Behind;
        }

        Assert.Equal([1, 2, 2, 1, 0, 1], new[] { T - 99_000, T - 98_000, T, T - 98_000, T - 1, T - 97_000 }.Select(Behind));
        Assert.Equal(T - 97_000, order.LastBehind);
    }

    [Fact]
    public void Newest_AfterAReset_IsTheResetTime()
    {
        var order = new EventOrder(T);
        foreach (var timestamp in new long[] { 10, 20, 30 }) order.See(timestamp);

        Assert.Equal(30, order.Newest);
    }
}
