using EdgeModules.Messages;
using Newtonsoft.Json.Linq;
using static EdgeModules.Aggregation.Tests.AggregatorRig;

namespace EdgeModules.Aggregation.Tests;

/// <summary>What is not told by a scenario: sizes, ids, changed settings, damaged state.</summary>
public sealed class AggregatorModuleTests
{
    private static readonly AggregatorSettings TenSeconds = new() { WindowSeconds = 10, ZoneWindowSeconds = 20, AllowedLatenessSeconds = 0, LingerSeconds = 0 };

    [Fact]
    public void OnReadings_ManySummaries_TravelInMessagesOfBoundedSizeWithIdsOfTheirOwn()
    {
        var rig = new AggregatorRig(TenSeconds);
        rig.Send([.. Enumerable.Range(0, 3_000).Select(i => ($"device-with-a-long-name-{i:00000}", 1.0, (double)i))]);
        rig.Send([.. Enumerable.Range(0, 3_000).Select(i => ($"device-with-a-long-name-{i:00000}", 10.0, (double)i))]);

        Assert.True(rig.Messages.Count > 1);
        Assert.All(rig.Messages, message => Assert.InRange(message.Body.Length, 2, MessageLimits.EmittedBody));
        Assert.All(rig.Messages, message => Assert.InRange(message.MessageId!.Length, 1, 128));
        Assert.Equal(rig.Messages.Count, rig.Messages.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(3_000, rig.Messages.Sum(message => message.Count));
        Assert.Equal(3_000, rig.Items("aggregates").Select(item => (string)item["deviceId"]!).Distinct().Count());
        Assert.All(rig.Messages, message => Assert.Equal(("aggregates", "aggregate", Priorities.Normal), (message.Output, message.MessageType, message.Priority)));
    }

    [Fact]
    public void OnReadings_ZoneOfManyDevices_IsToldInParts()
    {
        var rig = new AggregatorRig(TenSeconds);
        for (var second = 0; second <= 20; second += 10)
            rig.Send("hall", [.. Enumerable.Range(0, 4_000).Select(i => ($"device-with-a-long-name-{i:00000}", (double)second, (double)i))]);

        var zones = rig.Items("zones").ToList();
        Assert.True(zones.Count > 1);
        Assert.Equal(Enumerable.Range(1, zones.Count), zones.Select(zone => (int)zone["part"]!));
        Assert.All(zones, zone => Assert.Equal((zones.Count, 4_000, 8_000), ((int)zone["parts"]!, (int)zone["deviceCount"]!, (int)zone["readingCount"]!)));
        Assert.Equal(4_000, zones.SelectMany(zone => ((JObject)zone["devices"]!).Properties()).Select(device => device.Name).Distinct().Count());
        Assert.All(rig.Messages, message => Assert.InRange(message.Body.Length, 2, MessageLimits.EmittedBody));
    }

    [Fact]
    public void OnReadings_NoZoneDevices_LeavesThemOut()
    {
        var rig = new AggregatorRig(TenSeconds with { ZoneDevices = false });
        rig.Send("hall", ("a", 1, 1), ("a", 20, 1));
        Assert.Null(Assert.Single(rig.Items("zones"))["devices"]);
    }

    /// <summary>No reading is lost, none is in two windows, and the window that is shorter than the setting says so.</summary>
    [Theory]
    [InlineData(10, 15)]
    [InlineData(15, 10)]
    [InlineData(10, 7)]
    public void OnReadings_WindowLengthChanged_GoesOnWithoutGapOrOverlap(int before, int after)
    {
        var rig = new AggregatorRig(TenSeconds with { WindowSeconds = before, ZoneWindowSeconds = 0 });
        for (var second = 0; second < 100; second++)
        {
            if (second == 42) rig.Settings = rig.Settings with { WindowSeconds = after };
            if (second == 47) rig.Kill();
            rig.Send(("a", second, second));
        }

        rig.Advance(1_000);
        var windows = rig.Items("aggregates").OrderBy(item => (long)item["windowStart"]!).ToList();
        Assert.Equal(100, windows.Sum(window => (int)window["readingCount"]!));
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.Equal((long)pair.First["windowEnd"]!, (long)pair.Second["windowStart"]!));
        Assert.All(windows, window =>
        {
            var length = (long)window["windowEnd"]! - (long)window["windowStart"]!;
            var wanted = (long)window["windowStart"]! < T0 + 42_000 ? before : after;
            Assert.Equal(window["partial"] is null, length == wanted * 1000);
        });
    }

    [Fact]
    public void OnReadings_OneDeviceFarAhead_DoesNotCloseTheZoneForTheOthers()
    {
        var rig = new AggregatorRig(TenSeconds);
        rig.Send("hall", ("a", 1, 1), ("b", 1, 1), ("ahead", 1_000, 1));
        rig.Send("hall", ("a", 11, 1), ("b", 11, 1), ("ahead", 1_020, 1));
        Assert.DoesNotContain(rig.Items("zones"), zone => (long)zone["windowStart"]! == T0);
        rig.Send("hall", ("a", 21, 1), ("b", 21, 1));
        Assert.Equal(4, (int)rig.Items("zones").Single(zone => (long)zone["windowStart"]! == T0)["readingCount"]!);
        Assert.Equal(0, rig.Ledger.Total("zoneLate"));
    }

    [Fact]
    public void OnTick_ClockSetBack_StillClosesIdleDevices()
    {
        var rig = new AggregatorRig(TenSeconds);
        rig.Send(("a", 1, 1));
        rig.SetClock(-100_000);
        rig.Send(("b", 1, 1));
        rig.Advance(90);
        Assert.Equal(2, rig.Items("aggregates").Count());
    }

    [Fact]
    public void OnReadings_TimestampsBefore1970_FallOnTheGridToo()
    {
        var rig = new AggregatorRig(TenSeconds);
        rig.SendJson("""[{"deviceId":"a","timestamp":-1,"t":1},{"deviceId":"a","timestamp":0,"t":1}]""");
        Assert.Equal((-10_000, 0), ((long)rig.Items("aggregates").Single()["windowStart"]!, (long)rig.Items("aggregates").Single()["windowEnd"]!));
    }

    [Fact]
    public void ApplyChange_CutBytes_AreRefusedAsUnreadable()
    {
        var windows = new WindowAggregator();
        var tally = new AggregatorTally();
        windows.Begin(DateTimeOffset.UnixEpoch);
        windows.Add(new Reading("a", "hall", T0, 0, 2, 0, 0), [new MetricValue("x", 20.37), new MetricValue("y", 1.0 / 3)], TenSeconds, ref tally);
        var change = windows.Changes.ToArray();
        var refused = 0;
        for (var length = 0; length < change.Length; length++)
        {
            try
            {
                new WindowAggregator().Apply(change.AsSpan(0, length));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // Those that end between two events are whole.
        Assert.InRange(refused, change.Length - 6, change.Length - 1);
    }

    /// <summary>The share of the module in the 5 KB per 100 readings; the rest is the store's.</summary>
    [Fact]
    public void Changes_OfAThousandReadings_AreSmall()
    {
        var rig = new AggregatorRig(new AggregatorSettings());
        var random = new Random(1);
        for (var second = 0; second < 120; second++)
        {
            var readings = Enumerable.Range(0, 1_000).Select(i => new JObject
            {
                ["deviceId"] = $"sensor-{i:00000}", ["timestamp"] = T0 + second * 1000, ["zone"] = $"zone-{i / 100}", ["temperature"] = Math.Round(20 + random.NextDouble(), 2),
                ["humidity"] = Math.Round(40 + random.NextDouble(), 2), ["vibration"] = Math.Round(12 + random.NextDouble(), 2), ["pressure"] = 1010.0,
            });
            rig.SendJson(new JArray(readings).ToString(Newtonsoft.Json.Formatting.None));
        }

        Assert.InRange(rig.JournalBytes / 120_000.0, 5, 14);
    }

    [Fact]
    public void Validate_WrongSettings_NamesAll()
    {
        var errors = new Hosting.Settings.SettingErrors();
        var settings = new AggregatorSettings
        {
            WindowSeconds = 0, AllowedLatenessSeconds = -1, IdleSeconds = 0, ZoneWindowSeconds = 90, LingerSeconds = 61, ReviseSeconds = 0, MaxFutureSeconds = 0,
            RelativeErrorPercent = 0, MaxDevices = 0, MaxOpenWindows = 0,
        };
        settings.Validate(errors);
        Assert.Equal(10, errors.All.Count);
        errors = new();
        new AggregatorSettings { ZoneWindowSeconds = 90 }.Validate(errors);
        Assert.Equal("zoneWindowSeconds is 90; it must be 0, or a multiple of windowSeconds (60) up to 86400.", Assert.Single(errors.All).Message);
        errors = new();
        new AggregatorSettings { ZoneWindowSeconds = 0 }.Validate(errors);
        Assert.Empty(errors.All);
    }

    [Fact]
    public void Reset_FoldedReadings_StayInTheBooks()
    {
        var rig = new AggregatorRig(TenSeconds);
        rig.Send(("a", 1, 1), ("a", 9_000, 1));
        rig.Reset();
        rig.Kill();
        Assert.Equal((0, 1, 1), (rig.Open, rig.Ledger.Total("forgotten"), rig.Ledger.Total("dropped", "reset")));
        rig.Send(("a", 2, 1), ("a", 10, 1));
        Assert.EndsWith("/g1", (string)rig.Items("aggregates").Single()["summaryId"]!);
    }
}
