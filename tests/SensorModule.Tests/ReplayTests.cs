using Newtonsoft.Json.Linq;
using static EdgeModules.Sensing.Tests.Player;

namespace EdgeModules.Sensing.Tests;

public class ReplayTests
{
    [Fact]
    public void Readings_WithoutTimestamps_AreSpacedByTheirDevicesOwnCount()
    {
        using var file = new CsvFile("deviceId,zone,t", "a,in,1", "b,out,2", "a,in,3", "a,in,4", "b,out,5");
        var readings = Play(file, settings => settings with { Epoch = new Epoch(1_800_000_000_000), IntervalSeconds = 5 });
        Assert.Equal(
            [
                """{"deviceId":"a","timestamp":1800000000000,"zone":"in","t":1}""",
                """{"deviceId":"b","timestamp":1800000000000,"zone":"out","t":2}""",
                """{"deviceId":"a","timestamp":1800000005000,"zone":"in","t":3}""",
                """{"deviceId":"a","timestamp":1800000010000,"zone":"in","t":4}""",
                """{"deviceId":"b","timestamp":1800000005000,"zone":"out","t":5}""",
            ],
            readings);
    }

    [Fact]
    public void Readings_OfTheExampleInTheReadme_AreThoseOfTheReadme()
    {
        using var file = new CsvFile("deviceId,zone,temperature,pressure", "press-1,hall-a,41.5,6.1", "press-2,hall-a,39.0,", "press-1,hall-a,41.75,6.2", "press-2,hall-a,39.5,5.9");
        var settings = SettingsFor(file, settings => settings with { IntervalSeconds = 10, Epoch = new Epoch(1_769_860_800_000) });
        using var atOnce = new Player(settings);
        Assert.Equal(
            """
            [{"deviceId":"press-1","timestamp":1769860800000,"zone":"hall-a","temperature":41.5,"pressure":6.1},
             {"deviceId":"press-2","timestamp":1769860800000,"zone":"hall-a","temperature":39.0},
             {"deviceId":"press-1","timestamp":1769860810000,"zone":"hall-a","temperature":41.75,"pressure":6.2},
             {"deviceId":"press-2","timestamp":1769860810000,"zone":"hall-a","temperature":39.5,"pressure":5.9}]
            """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            Assert.Single(atOnce.PlayToEnd().Sent).Body);
        using var paced = new Player(settings with { Replay = settings.Replay with { Speed = 2 } });
        Assert.Equal([(100, 2), (5_000, 2)], paced.PlayToEnd().Sent.Select(sent => ((int)(sent.At - T0).TotalMilliseconds, sent.Message.Count)));
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0.50", "-0.50")]
    [InlineData("1e3", "1e3")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData(".5", "0.5")]
    [InlineData("+2", "2")]
    [InlineData("007", "7")]
    [InlineData("1.", "1")]
    [InlineData("  3 ", "3")]
    [InlineData("\"4\"", "4")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("Infinity", "\"Infinity\"")]
    [InlineData("-Infinity", "\"-Infinity\"")]
    [InlineData("1e999", "\"Infinity\"")]
    [InlineData("-1e999", "\"-Infinity\"")]
    public void Readings_Numbers_KeepTheirDigits(string cell, string json)
    {
        using var file = new CsvFile("deviceId,timestamp,t", $"a,0,{cell}");
        Assert.Equal([$$"""{"deviceId":"a","timestamp":0,"t":{{json}}}"""], Play(file, settings => settings with { KeepTimestamps = true }));
    }

    [Fact]
    public void Readings_NamesAndEmptyCells_AreWrittenAsJsonNeedsThem()
    {
        using var file = new CsvFile("\uFEFFdeviceId;zone;a \"\"b\";größe".Replace("a \"\"b\"", "\"a \"\"b\"", StringComparison.Ordinal), "\"x \"\"1\"\"\";;;2", "y\\;ü;3;");
        var readings = Play(file, settings => settings with { Epoch = new Epoch(0) });
        Assert.Equal(["""{"deviceId":"x \"1\"","timestamp":0,"größe":2}""", """{"deviceId":"y\\","timestamp":0,"zone":"ü","a \"b":3}"""], readings);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31 12:00")]
    [InlineData("2026-01-31T14:00:00.000+02:00")]
    [InlineData("1769860800000")]
    public void Readings_Timestamps_OfEveryForm(string cell)
    {
        using var file = new CsvFile("deviceId,timestamp,t", $"a,{cell},1");
        Assert.Contains(":1769860800000,", Assert.Single(Play(file, settings => settings with { KeepTimestamps = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void Readings_WithAnEpoch_StartAtTheLastStepBeforeItAndAreTheSameInEveryRun()
    {
        using var file = new CsvFile("deviceId,timestamp,t", "a,1000,1", "a,7000,2");
        using var one = new Player(SettingsFor(file, settings => settings with { Epoch = new Epoch(1_800_000_000_999), Speed = 60 })) { Now = T0.AddDays(1) };
        using var other = new Player(SettingsFor(file, settings => settings with { Epoch = new Epoch(1_800_000_000_999), Speed = 0 })) { Now = T0.AddDays(7) };
        Assert.Equal(one.PlayToEnd().Readings, other.PlayToEnd().Readings);
        Assert.Equal([1_799_999_701_000, 1_799_999_707_000], one.Sent.SelectMany(sent => sent.Timestamps));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(1_000)]
    public void Readings_AtAnySpeed_AreNeverOfTheFutureAndAsLateAsTheStepAllows(double speed)
    {
        var rows = Enumerable.Range(0, 400).Select(row => $"a,{T0.AddYears(-3).AddSeconds(row * 30).ToUnixTimeMilliseconds()},{row}");
        using var file = new CsvFile([.. rows.Prepend("deviceId,timestamp,t")]);
        using var player = new Player(SettingsFor(file, settings => settings with { Speed = speed }));
        player.PlayToEnd();
        Assert.Equal(400, player.Readings.Count);
        var ages = player.Sent.SelectMany(sent => sent.Timestamps.Select(timestamp => sent.At.ToUnixTimeMilliseconds() - timestamp)).ToList();
        Assert.InRange(ages.Min(), 0, 300_000 + 100);
        var took = (player.Sent[^1].At - T0).TotalSeconds;
        Assert.Equal(speed == 0 ? 0 : 399 * 30 / speed, took, tolerance: 0.2);
    }

    [Fact]
    public void Readings_OutOfOrder_GoOutInFileOrderAndAreNeverOfTheFuture()
    {
        using var file = new CsvFile("deviceId,timestamp,t", "a,600000,1", "a,0,2", "a,1200000,3", "a,900000,4");
        using var player = new Player(SettingsFor(file, settings => settings with { Speed = 2 }));
        player.PlayToEnd();
        Assert.Equal([1, 2, 3, 4], player.Readings.Select(reading => JObject.Parse(reading).Value<int>("t")));
        Assert.All(player.Sent, sent => Assert.All(sent.Timestamps, timestamp => Assert.InRange(timestamp, 0, sent.At.ToUnixTimeMilliseconds())));
    }

    [Fact]
    public void Readings_InALoop_GoOnAfterTheLastByTheLengthOfTheData()
    {
        using var file = new CsvFile("deviceId,t", "a,1", "b,2", "a,3");
        using var player = new Player(SettingsFor(file, settings => settings with { Loop = true, IntervalSeconds = 10, Speed = 1 }));
        player.PlayUntil(T0.AddSeconds(61));
        var first = player.Sent[0].Timestamps[0];
        Assert.Equal([0, 0, 10, 20, 20, 30, 40, 40, 50, 60, 60], player.Sent.SelectMany(sent => sent.Timestamps).Select(timestamp => (timestamp - first) / 1_000));
        Assert.Null(player.Source.Value<long?>("readings"));
        Assert.All(player.Sent, sent => Assert.All(sent.Timestamps, timestamp => Assert.InRange(timestamp, 0, sent.At.ToUnixTimeMilliseconds())));
    }

    [Fact]
    public void Loop_SwitchedOffInALaterRound_EndsWithThatRound()
    {
        using var file = new CsvFile("deviceId,t", "a,1", "b,2", "a,3");
        using var player = new Player(SettingsFor(file, settings => settings with { Loop = true, Speed = 0 }) with { BatchSize = 5 });
        player.PlayMessages(1).Set(settings => settings with { Replay = settings.Replay with { Loop = false } }).PlayToEnd();
        Assert.Equal([1, 2, 3, 1, 2, 3], player.Readings.Select(reading => JObject.Parse(reading).Value<int>("t")));
        Assert.Equal("ended", player.Source.Value<string>("state"));
    }

    [Fact]
    public void Loop_KilledInALaterRound_GoesOnThere()
    {
        using var file = new CsvFile("deviceId,timestamp,t", "a,0,1", "b,1000,2", "a,2000,3");
        var settings = SettingsFor(file, settings => settings with { Loop = true, Speed = 0 }) with { BatchSize = 2 };
        using var undisturbed = new Player(settings);
        undisturbed.PlayMessages(9);
        using var player = new Player(settings);
        for (var count = 1; count < 9; count++)
        {
            Assert.Equal(player.PlayMessages(count).Sent[^1].Body, Assert.Single(player.CrashAndRecreate()).Body);
        }

        Assert.Equal(undisturbed.Readings, player.PlayMessages(9).Readings);
    }

    private static SensorSettings SettingsFor(CsvFile file, Func<ReplaySettings, ReplaySettings> change) =>
        new() { Replay = change(new ReplaySettings { File = file.Path, Speed = 0 }) };

    private static IReadOnlyList<string> Play(CsvFile file, Func<ReplaySettings, ReplaySettings> change)
    {
        using var player = new Player(SettingsFor(file, change));
        var readings = player.PlayToEnd().Readings;
        Assert.Null(player.Source.Value<string>("error"));
        return readings;
    }
}
