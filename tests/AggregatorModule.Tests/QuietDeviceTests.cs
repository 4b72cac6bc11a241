namespace EdgeModules.Aggregation.Tests;

/// <summary>Devices that go quiet, or of which nothing comes that can be folded, also over a kill.</summary>
public sealed class QuietDeviceTests
{
    private static readonly AggregatorSettings Settings = new()
    {
        WindowSeconds = 100, ZoneWindowSeconds = 0, AllowedLatenessSeconds = 0, IdleSeconds = 10, LingerSeconds = 0, MaxFutureSeconds = 4,
    };

    [Fact]
    public void OnReadings_AfterAWindowThatWasClosedByTime_TakesItsEndForTheDevicesTime()
    {
        var rig = new AggregatorRig(Settings);
        rig.Send(("a", 0, 1));
        rig.Advance(12);
        rig.Send(("a", 60, 1));
        rig.Send(("a", 101, 1));

        Assert.Equal((2, 1, 0), (rig.Ledger.Total("folded"), rig.Ledger.Total("late"), rig.Held));
    }

    [Fact]
    public void OnTick_DeviceQuietWithAReadingPutAsideOfItsOpenWindow_HasItInTheSummary()
    {
        var rig = new AggregatorRig(Settings);
        rig.Send(("a", 0, 1), ("a", 50, 1));
        Assert.Equal(1, rig.Held);
        rig.Advance(12);

        Assert.Equal((2, 0, 0), (rig.Ledger.Total("folded"), rig.Held, rig.Open));
        Assert.Equal(2, (int)Assert.Single(rig.Items("aggregates"))["readingCount"]!);
    }

    [Fact]
    public void OnReadings_ReadingPutAsideWhoseWindowMadeRoom_IsDroppedAndCounted()
    {
        var rig = new AggregatorRig(Settings with { MaxOpenWindows = 1 });
        rig.Send(("a", 0, 1), ("a", 50, 1), ("b", 0, 1));
        rig.Advance(12);

        Assert.Equal((2, 1, 0), (rig.Ledger.Total("folded"), rig.Ledger.Total("dropped", "future"), rig.Held));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-50)]
    public void Kill_DeviceOfWhichOnlyRepeatsOrLateReadingsCome_IsNotQuiet(double second)
    {
        var rig = new AggregatorRig(Settings);
        rig.Send(("a", -50, 1));
        rig.Send(("a", 0, 1));
        rig.Advance(8);
        rig.Send(("a", second, 1));
        rig.Kill();

        rig.Advance(8);
        Assert.Equal(1, rig.Open);
        rig.Advance(4);
        Assert.Equal(0, rig.Open);
    }

    [Fact]
    public void Kill_DeviceWithAReadingPutAside_IsNotQuiet()
    {
        var rig = new AggregatorRig(Settings);
        rig.Send(("a", 0, 1));
        rig.Advance(8);
        rig.Send(("a", 50, 1));
        rig.Kill();

        rig.Advance(8);
        Assert.Equal((1, 1), (rig.Open, rig.Held));
        rig.Advance(4);
        Assert.Equal((0, 0), (rig.Open, rig.Held));
    }
}
