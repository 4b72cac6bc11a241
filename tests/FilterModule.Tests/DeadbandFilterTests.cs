using EdgeModules.Messages;
using static EdgeModules.Filtering.Tests.FilterRig;

namespace EdgeModules.Filtering.Tests;

public sealed class DeadbandFilterTests
{
    [Fact]
    public void Passes_FirstReadingOfADevice_Passes()
    {
        var rig = new FilterRig();

        Assert.True(rig.Temperature(0, 20));
        Assert.True(rig.Passes("press-2", null, 0, ("temperature", 20)));
        Assert.True(rig.Passes("press-3", null, 0, ("unknown", 1)));
        Assert.Equal(new FilterTally { Forwarded = 3 }, rig.Tally);
    }

    [Fact]
    public void Passes_NamesThatAreMadeUpAsTheyGo_AreForgottenAndThoseWithABandAreNot()
    {
        var rig = new FilterRig();
        rig.Passes(0, [("temperature", 20), ("unknown", 1)]);
        for (var second = 1; second < 200; second++)
        {
            var madeUp = Enumerable.Range(0, 100).Select(i => ($"m{second}-{i}", 1.0)).ToArray();
            Assert.Equal(second % 50 == 0, rig.Passes(second, second % 50 == 0 ? [.. madeUp, ("temperature", 20 + second)] : madeUp));
        }

        Assert.False(rig.Temperature(200, 170.5));
        Assert.True(rig.Temperature(201, 171));
        Assert.InRange(rig.ChangeOf("press-1").Length, 1, 400 * 20);
    }

    [Fact]
    public void Passes_AsManyMetricsAsAReadingMayHave_AreAllCompared()
    {
        var rig = new FilterRig(new FilterSettings { ForwardUnknownMetrics = true });
        var metrics = Enumerable.Range(0, MessageLimits.Metrics).Select(i => ($"m{i}", 1.0)).ToArray();
        Assert.True(rig.Passes(0, metrics));
        Assert.False(rig.Passes(1, metrics));
        metrics[^1].Item2 = 2;
        Assert.True(rig.Passes(2, metrics));
        Assert.False(rig.Passes(3, metrics));
    }

    [Theory]
    [InlineData(20.0, 20.5, false)]
    [InlineData(20.1, 20.6, false)]
    [InlineData(20.6, 21.1, false)]
    [InlineData(20.0, 20.51, true)]
    [InlineData(20.0, 19.5, false)]
    [InlineData(20.0, 19.49, true)]
    [InlineData(0.0, 0.5, false)]
    [InlineData(-0.25, 0.25, false)]
    [InlineData(-0.25, 0.2501, true)]
    [InlineData(1e15, 1e15, false)]
    public void Passes_AbsoluteBand_OnlyBeyondIt(double last, double value, bool passes)
    {
        var rig = new FilterRig();
        rig.Temperature(0, last);

        Assert.Equal(passes, rig.Temperature(1, value));
    }

    [Theory]
    [InlineData(200, 210, false)]
    [InlineData(200, 210.1, true)]
    [InlineData(200, 190, false)]
    [InlineData(200, 189.9, true)]
    [InlineData(-200, -210, false)]
    [InlineData(-200, -210.1, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 0.000001, true)]
    [InlineData(0.1, 0.105, false)]
    public void Passes_PercentBand_IsOfTheValueLastForwarded(double last, double value, bool passes)
    {
        var rig = new FilterRig(new FilterSettings { Deadbands = Bands(("temperature", Percent(5))) });
        rig.Temperature(0, last);

        Assert.Equal(passes, rig.Temperature(1, value));
    }

    [Theory]
    [InlineData(20, 20, false)]
    [InlineData(20, 20.000000001, true)]
    [InlineData(1e15, 1000000000000000.1, true)]
    public void Passes_BandOfZero_PassesAnyChange(double last, double value, bool passes)
    {
        var rig = new FilterRig(new FilterSettings { Deadbands = Bands(("temperature", Absolute(0))) });
        rig.Temperature(0, last);

        Assert.Equal(passes, rig.Temperature(1, value));
    }

    [Fact]
    public void Passes_DriftInSmallSteps_PassesWhenItAddsUp()
    {
        var rig = new FilterRig();
        var passed = Enumerable.Range(0, 21).Where(step => rig.Temperature(step, 20 + step * 0.1)).ToList();

        Assert.Equal([0, 6, 12, 18], passed);
        Assert.Equal(new FilterTally { Forwarded = 4, WithinDeadband = 17 }, rig.Tally);
    }

    [Fact]
    public void Passes_AnyMetricMoved_PassesWholeAndAllAreComparedAnew()
    {
        var rig = new FilterRig();
        rig.Passes(0, ("temperature", 20), ("humidity", 40));

        Assert.False(rig.Passes(1, ("temperature", 20.4), ("humidity", 41)));
        Assert.True(rig.Passes(2, ("temperature", 20.4), ("humidity", 43)));
        Assert.False(rig.Passes(3, ("temperature", 20.9), ("humidity", 43)));
        Assert.True(rig.Passes(4, ("temperature", 20.91), ("humidity", 43)));
    }

    [Fact]
    public void Passes_MetricsInAnotherOrderOrNumber_AreComparedByName()
    {
        var rig = new FilterRig();
        rig.Passes(0, ("temperature", 20), ("humidity", 40), ("pressure", 1000));

        Assert.False(rig.Passes(1, ("pressure", 1000), ("temperature", 20)));
        Assert.False(rig.Passes(2, ("humidity", 40)));
        Assert.False(rig.Passes(3, ("humidity", 40), ("pressure", 1000), ("temperature", 20)));
        Assert.True(rig.Passes(4, ("pressure", 1001.1)));
    }

    [Fact]
    public void Passes_MetricWithABandThatIsNew_Passes()
    {
        var rig = new FilterRig();
        rig.Temperature(0, 20);

        Assert.True(rig.Passes(1, ("temperature", 20), ("humidity", 40)));
        Assert.False(rig.Passes(2, ("humidity", 40)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Passes_MetricWithoutABand_OnlyBySetting(bool forwardUnknownMetrics)
    {
        var rig = new FilterRig(new FilterSettings { ForwardUnknownMetrics = forwardUnknownMetrics });
        rig.Passes(0, ("temperature", 20), ("co2", 400));

        Assert.Equal(forwardUnknownMetrics, rig.Passes(1, ("temperature", 20), ("co2", 400.0001)));
        Assert.False(rig.Passes(2, ("temperature", 20), ("co2", forwardUnknownMetrics ? 400.0001 : 9000)));
        Assert.Equal(forwardUnknownMetrics, rig.Passes(3, ("temperature", 20), ("noise", 1)));
    }

    [Theory]
    [InlineData(300, 299.999, false)]
    [InlineData(300, 300, true)]
    [InlineData(0, 1_000_000, false)]
    [InlineData(1, 1, true)]
    public void Passes_LongSilence_PassesThoughNothingChanged(int maxSilenceSeconds, double after, bool passes)
    {
        var rig = new FilterRig(new FilterSettings { MaxSilenceSeconds = maxSilenceSeconds });
        rig.Temperature(0, 20);

        Assert.Equal(passes, rig.Temperature(after, 20));
    }

    [Fact]
    public void Passes_SilenceIsOfForwardedReadings_NotOfReadings()
    {
        var rig = new FilterRig(new FilterSettings { MaxSilenceSeconds = 10 });
        var passed = Enumerable.Range(0, 31).Where(second => rig.Temperature(second, 20)).ToList();

        Assert.Equal([0, 10, 20, 30], passed);
    }

    [Theory]
    [InlineData("other", null, 1, 1, 10)]
    [InlineData("other", "yard", 1, 1, 10)]
    [InlineData("other", "hall", 2, 2, 20)]
    [InlineData("special", null, 3, 1, 30)]
    [InlineData("special", "hall", 3, 2, 30)]
    public void Passes_Overrides_TheMostSpecificWins(string device, string? zone, double temperatureBand, double humidityBand, int silence)
    {
        var settings = new FilterSettings
        {
            Deadbands = Bands(("temperature", Absolute(1)), ("humidity", Absolute(1))),
            Zones = new Dictionary<string, FilterOverride>
            {
                ["hall"] = new() { Deadbands = Bands(("temperature", Absolute(2)), ("humidity", Absolute(2))), MaxSilenceSeconds = 20 },
            },
            Devices = new Dictionary<string, FilterOverride>
            {
                ["special"] = new() { Deadbands = Bands(("temperature", Absolute(3))), MaxSilenceSeconds = 30 },
            },
            MaxSilenceSeconds = 10,
        };
        foreach (var (metric, band) in new[] { ("temperature", temperatureBand), ("humidity", humidityBand) })
        {
            var rig = new FilterRig(settings);
            rig.Passes(device, zone, 0, (metric, 50.0));

            Assert.False(rig.Passes(device, zone, 1, (metric, 50 + band)));
            Assert.True(rig.Passes(device, zone, 2, (metric, 50.01 + band)));
            Assert.False(rig.Passes(device, zone, 1.999 + silence, (metric, 50.01 + band)));
            Assert.True(rig.Passes(device, zone, 2 + silence, (metric, 50.01 + band)));
        }
    }

    [Fact]
    public void Passes_DeviceChangesItsZone_TakesTheBandsOfTheNewOne()
    {
        var hall = new FilterOverride { Deadbands = Bands(("temperature", Absolute(5))) };
        var rig = new FilterRig(new FilterSettings { Zones = new Dictionary<string, FilterOverride> { ["hall"] = hall } });
        rig.Passes("d", "hall", 0, ("temperature", 20));

        Assert.False(rig.Passes("d", "hall", 1, ("temperature", 24)));
        Assert.True(rig.Passes("d", "yard", 2, ("temperature", 24)));
        Assert.True(rig.Passes("d", null, 3, ("temperature", 25)));
        Assert.False(rig.Passes("d", "hall", 4, ("temperature", 29)));
    }

    [Fact]
    public void Passes_NewSettings_CountFromTheNextReadingOn()
    {
        var rig = new FilterRig();
        rig.Temperature(0, 20);
        rig.Settings = rig.Settings with { Deadbands = Bands(("temperature", Absolute(5))) };

        Assert.False(rig.Temperature(1, 24));
        rig.Settings = rig.Settings with { Deadbands = Bands(("temperature", Absolute(1))) };
        Assert.True(rig.Temperature(2, 24));
    }

    [Fact]
    public void Passes_DuplicateAndLate_AreSuppressedAndNotCompared()
    {
        var rig = new FilterRig();
        rig.Temperature(10, 20);

        Assert.False(rig.Temperature(10, 99));
        Assert.False(rig.Temperature(9, 99));
        Assert.False(rig.Temperature(11, 20.4));
        Assert.False(rig.Temperature(10.5, 99));
        Assert.False(rig.Temperature(11, 99));
        Assert.False(rig.Temperature(12, 20.5));
        Assert.Equal(new FilterTally { Forwarded = 1, Duplicate = 2, Late = 2, WithinDeadband = 2 }, rig.Tally);
    }

    [Fact]
    public void Passes_ClockSetBack_StartsTheDeviceAnew()
    {
        var rig = new FilterRig();
        rig.Temperature(10_000, 20);

        Assert.False(rig.Temperature(0, 20));
        Assert.False(rig.Temperature(1, 20));
        Assert.True(rig.Temperature(2, 20));
        Assert.False(rig.Temperature(3, 20.4));
        Assert.True(rig.Temperature(302, 20));
        Assert.Equal(new FilterTally { Forwarded = 3, Late = 2, ClockResets = 1, WithinDeadband = 1 }, rig.Tally);
    }

    [Fact]
    public void Passes_MoreDevicesThanTheMaximum_ForgetsTheOneUnseenForLongest()
    {
        var rig = new FilterRig(new FilterSettings { MaxDevices = 2 });
        rig.Passes("a", null, 0, ("temperature", 20));
        rig.Passes("b", null, 0, ("temperature", 20));
        rig.Passes("a", null, 1, ("temperature", 20));
        rig.Passes("c", null, 1, ("temperature", 20));

        Assert.False(rig.Passes("a", null, 2, ("temperature", 20)));
        Assert.True(rig.Passes("b", null, 2, ("temperature", 20)));
        Assert.Equal(new FilterTally { Forwarded = 4, WithinDeadband = 2, EvictedDevices = 2 }, rig.Tally);
    }

    [Fact]
    public void Clear_AllDevices_PassAgain()
    {
        var rig = new FilterRig();
        rig.Temperature(0, 20);
        rig.Filter.Clear();

        Assert.True(rig.Temperature(0, 20));
        Assert.Equal(1, rig.Filter.Trim(0));
    }
}
