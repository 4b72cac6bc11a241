using static EdgeModules.Sensing.Tests.Player;

namespace EdgeModules.Sensing.Tests;

public class PacingTests
{
    /// <summary>One reading every 10 ms.</summary>
    private static readonly SensorSettings HundredASecond = new()
    {
        Mode = SourceMode.Synthetic,
        BatchSize = 20,
        LingerMilliseconds = 10_000,
        Synthetic = new SyntheticSettings { Devices = 100 },
    };

    [Fact]
    public void Tick_WhenTheBatchIsFull_SendsItAtThatMoment()
    {
        using var player = new Player(HundredASecond);
        player.PlayUntil(T0.AddMilliseconds(600));
        Assert.Equal([(190, 20), (390, 20), (590, 20)], Times(player));
    }

    [Fact]
    public void Tick_WhenTheBatchIsNotFull_SendsItAfterTheLinger()
    {
        using var player = new Player(HundredASecond with { LingerMilliseconds = 45 });
        player.PlayUntil(T0.AddMilliseconds(200));
        Assert.Equal([(45, 5), (95, 5), (145, 5), (195, 5)], Times(player));
    }

    [Fact]
    public void Tick_WithoutLinger_SendsEachReadingWhenItIsDue()
    {
        using var player = new Player(HundredASecond with { LingerMilliseconds = 0 });
        player.PlayUntil(T0.AddMilliseconds(30));
        Assert.Equal([(0, 1), (10, 1), (20, 1), (30, 1)], Times(player));
    }

    [Fact]
    public void Tick_AtTheEndOfTheData_DoesNotWaitForTheLinger()
    {
        using var player = new Player(HundredASecond with { Synthetic = HundredASecond.Synthetic with { Readings = 25 } });
        player.PlayToEnd();
        Assert.Equal([(190, 20), (240, 5)], Times(player));
        Assert.Equal("ended", player.Source.Value<string>("state"));
    }

    [Fact]
    public void Tick_WhenMoreIsDueThanOneBatch_SendsThemOneByOneWithoutWaiting()
    {
        using var player = new Player(HundredASecond);
        player.Tick();
        player.Now = T0.AddSeconds(1);
        player.PlayUntil(T0.AddSeconds(1));
        Assert.Equal([(1_000, 20), (1_000, 20), (1_000, 20), (1_000, 20), (1_000, 20)], Times(player));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    public void Tick_OfLargeReadings_NeverPassesTheLimitOfABody(int batchSize)
    {
        var columns = string.Join(',', Enumerable.Range(0, 40).Select(column => $"a-metric-with-a-long-name-{column}"));
        var values = string.Join(',', Enumerable.Range(0, 40).Select(column => $"{column}.12345678"));
        using var file = new CsvFile([.. Enumerable.Repeat($"x,{values}", 700).Prepend($"deviceId,{columns}")]);
        using var player = new Player(new SensorSettings { BatchSize = batchSize, Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayToEnd();
        Assert.Equal(700, player.Readings.Count);
        Assert.All(player.Sent, sent => Assert.InRange(sent.Body.Length, 1, 250_000));
        if (batchSize > 1) Assert.All(player.Sent.SkipLast(1), sent => Assert.InRange(sent.Body.Length, 248_000, 250_000));
    }

    [Fact]
    public void Tick_AfterAStopOfLessThanAMinute_CatchesUp()
    {
        using var player = new Player(HundredASecond with { BatchSize = 2_000, LingerMilliseconds = 0 });
        player.PlayUntil(T0.AddSeconds(10)).Now = T0.AddSeconds(70);
        player.Restart();
        player.PlayUntil(T0.AddSeconds(70));
        Assert.Equal(Enumerable.Range(0, 7_001).Select(reading => T0.ToUnixTimeMilliseconds() + reading * 10), player.Sent.SelectMany(sent => sent.Timestamps));
    }

    [Fact]
    public void Tick_AfterALongerStop_SyntheticReadingsAreOfNow()
    {
        using var player = new Player(HundredASecond);
        player.PlayUntil(T0.AddSeconds(1));
        var (before, reached) = (player.Sent.Count, SensorState.Parse(player.Saved).End);
        player.Now = T0.AddHours(1);
        player.Restart().PlayMessages(before + 1);
        var again = Assert.Single(player.CrashAndRecreate());
        Assert.Equal(player.Sent[before].Body, again.Body);
        Assert.Equal(T0.AddHours(1).ToUnixTimeMilliseconds(), again.Timestamps[0]);
        Assert.Equal(T0.AddHours(1).AddMilliseconds(190), player.Sent[before].At);
        Assert.Equal(reached, SensorState.Parse(player.Saved).Start);
    }

    [Fact]
    public void Tick_AfterALongerStopAtHighSpeed_TimestampsDoNotFallBack()
    {
        using var player = new Player(HundredASecond with { LingerMilliseconds = 0, Synthetic = HundredASecond.Synthetic with { Speed = 10 } });
        player.PlayUntil(T0.AddSeconds(20)).Now = T0.AddSeconds(120);
        player.Restart().PlayUntil(T0.AddSeconds(121));
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.Equal(Enumerable.Range(0, 21_002).Select(reading => T0.ToUnixTimeMilliseconds() + reading * 10), timestamps);
    }

    [Fact]
    public void Tick_AfterALongerStop_SyntheticReadingsWithAnEpochGoOnWhereTheyWere()
    {
        using var player = new Player(HundredASecond with { Synthetic = HundredASecond.Synthetic with { Epoch = new Epoch(1_577_836_800_000) } });
        player.PlayUntil(T0.AddSeconds(1)).Now = T0.AddHours(1);
        player.Restart().PlayUntil(T0.AddHours(1).AddSeconds(1));
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.Equal(Enumerable.Range(0, timestamps.Count).Select(reading => 1_577_836_800_000 + reading * 10), timestamps);
        Assert.InRange(timestamps.Count, 150, 210);
    }

    [Fact]
    public void Tick_AfterALongerStop_AReplayGoesOnWhereItWasAtItsPace()
    {
        using var file = new CsvFile([.. Enumerable.Range(0, 100).Select(row => $"a,{row}").Prepend("deviceId,t")]);
        using var player = new Player(new SensorSettings { Replay = new ReplaySettings { File = file.Path, IntervalSeconds = 1, Speed = 1 } });
        player.PlayUntil(T0.AddSeconds(20)).Now = T0.AddHours(1);
        player.Restart().PlayToEnd();
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.Equal(Enumerable.Range(0, 100).Select(row => timestamps[0] + row * 1_000), timestamps);
        Assert.Equal(79, (player.Sent[^1].At - T0.AddHours(1)).TotalSeconds, tolerance: 2);
    }

    [Fact]
    public void Tick_WhenTheHubIsSlowForLongerThanAMinute_DoesNotBurstAfterwards()
    {
        using var player = new Player(HundredASecond);
        player.PlayUntil(T0.AddSeconds(1));
        var before = player.Sent.Count;
        player.Now = T0.AddSeconds(100);
        player.PlayUntil(T0.AddSeconds(101));
        Assert.InRange(player.Sent.Skip(before).Sum(sent => sent.Message.Count), 80, 101);
    }

    [Fact]
    public void Tick_WhenTheClockIsSetBack_GoesOnFromTheNewTime()
    {
        using var player = new Player(HundredASecond);
        player.PlayUntil(T0.AddSeconds(2));
        var before = player.Sent.Count;
        player.Now = T0.AddHours(-3);
        player.PlayUntil(T0.AddHours(-3).AddSeconds(62));
        Assert.NotEqual(before, player.Sent.Count);
        Assert.All(player.Sent.Skip(before), sent => Assert.InRange(sent.Timestamps[^1], 0, sent.At.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Tick_WhenTheSpeedChanges_GoesOnInEventTimeAtTheNewPace()
    {
        using var player = new Player(HundredASecond with { LingerMilliseconds = 0 });
        player.PlayUntil(T0.AddSeconds(1)).Set(settings => settings with { Synthetic = settings.Synthetic with { Speed = 10 } });
        player.PlayUntil(T0.AddSeconds(2));
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.Equal(Enumerable.Range(0, 1_101).Select(reading => T0.ToUnixTimeMilliseconds() + reading * 10), timestamps);
    }

    [Fact]
    public void Tick_WhenTheSpeedChangesWhileTheModuleIsDown_GoesOnInEventTime()
    {
        using var player = new Player(HundredASecond with { LingerMilliseconds = 0 });
        player.PlayUntil(T0.AddSeconds(1)).Restart().Set(settings => settings with { Synthetic = settings.Synthetic with { Speed = 0 } });
        player.PlayMessages(player.Sent.Count + 10);
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.Equal(Enumerable.Range(0, timestamps.Count).Select(reading => T0.ToUnixTimeMilliseconds() + reading * 10), timestamps);
        Assert.Equal(T0.AddSeconds(1), player.Sent[^1].At);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0.5, 0, 0)]
    [InlineData(2, 1_000, 500)]
    [InlineData(0, 1_000, 1_000)]
    [InlineData(60, 0, 0)]
    public void Lead_IsWhatEventTimeGainsOnTheClock(double speed, long span, long expected) => Assert.Equal(expected, TimeShift.Lead(span, speed));

    [Theory]
    [InlineData(0, 0, 1, 0, 0)]
    [InlineData(0, 0, 1, 299_999, 0)]
    [InlineData(0, 0, 1, 300_000, 300_000)]
    [InlineData(300_001, 300_001, 1, 300_000, -300_000)]
    [InlineData(0, 600_000, 1, 600_000, 600_000)]
    [InlineData(0, 600_000, 0, 600_000, 0)]
    [InlineData(0, 600_000, 2, 600_000, 300_000)]
    [InlineData(0, 600_000, 2, 599_999, 0)]
    public void Of_IsTheGreatestStepThatLeavesNothingInTheFuture(long first, long last, double speed, long now, long expected) =>
        Assert.Equal(expected, TimeShift.Of(first, last, speed, now, null));

    private static List<(int Milliseconds, int Count)> Times(Player player) =>
        [.. player.Sent.Select(sent => ((int)(sent.At - T0).TotalMilliseconds, sent.Message.Count))];
}
