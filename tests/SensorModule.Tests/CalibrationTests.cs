using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

public class CalibrationTests
{
    [Fact]
    public void OnTick_CalibratedReplay_AppliesScaleAndOffsetOnceAndMarksTheMessage()
    {
        using var file = new CsvFile("deviceId,temperature,pressure", "press.1,20.1,6", "b,20.10,6", "press.1,NaN,", "press.1,1e308,7");
        using var player = new Player(Bound(file, """{"press%2E1":{"temperature":{"scale":10,"offset":-0.3},"nothing":{"scale":2}}}"""));
        player.PlayToEnd();

        Assert.Equal(
            [
                """{"deviceId":"press.1","temperature":200.7,"pressure":6}""", """{"deviceId":"b","temperature":20.10,"pressure":6}""",
                """{"deviceId":"press.1","temperature":"NaN"}""", """{"deviceId":"press.1","temperature":"Infinity","pressure":7}""",
            ],
            player.Readings.Select(WithoutTime));
        Assert.Equal("true", Assert.Single(player.Sent).Message.Properties[ApplicationProperties.Calibrated]);
    }

    [Fact]
    public void OnTick_NoCalibration_MarksNothing()
    {
        using var file = new CsvFile("deviceId,temperature", "a,20");
        using var player = new Player(Bound(file, "{}"));
        player.PlayToEnd();

        Assert.Empty(Assert.Single(player.Sent).Message.Properties);
    }

    [Fact]
    public void OnTick_CalibratedSyntheticReadings_DifferFromThePlainOnesByTheLineAlone()
    {
        var plain = Synthetic("{}");
        var calibrated = Synthetic("""{"sensor-00002":{"temperature":{"scale":2,"offset":1}},"sensor-2":{"humidity":{"offset":99}},"sensor-00009":{"humidity":{"offset":99}}}""");

        Assert.Equal(plain.Count, calibrated.Count);
        foreach (var (before, after) in plain.Zip(calibrated))
        {
            if ((string?)before["deviceId"] == "sensor-00002")
            {
                Assert.InRange(after.Value<double>("temperature") - (2 * before.Value<double>("temperature") + 1), -0.0151, 0.0151);
                after["temperature"] = before["temperature"];
            }

            Assert.True(JToken.DeepEquals(before, after), $"{before} {after}");
        }

        static List<JObject> Synthetic(string calibration)
        {
            using var player = new Player(Bound(
                $$"""{"mode":"synthetic","synthetic":{"devices":3,"readings":30,"speed":0,"epoch":0},"calibration":{{calibration}}}"""));
            return [.. player.PlayToEnd().Readings.Select(JObject.Parse)];
        }
    }

    [Fact]
    public void OnSettings_OtherCalibration_HoldsFromTheNextMessageOnAndLosesNothing()
    {
        using var file = new CsvFile(["deviceId,temperature", .. Enumerable.Range(0, 6).Select(i => $"a,{i}")]);
        using var player = new Player(Bound(file, "{}") with { BatchSize = 2 });
        player.PlayMessages(1);
        player.Set(settings => settings with { Calibration = Bound(file, """{"a":{"temperature":{"offset":100}}}""").Calibration });
        player.PlayToEnd();

        Assert.Equal(["0", "1", "102", "103", "104", "105"], player.Readings.Select(reading => (string?)JObject.Parse(reading)["temperature"]));
    }

    [Fact]
    public void RecreateOutputs_Calibrated_IsTheSameByteForByte()
    {
        using var file = new CsvFile(["deviceId,temperature", .. Enumerable.Range(0, 6).Select(i => $"a,{i}.3")]);
        using var player = new Player(Bound(file, """{"a":{"temperature":{"scale":1.07,"offset":-3}}}""") with { BatchSize = 2 });
        player.PlayMessages(2);
        var again = Assert.Single(player.CrashAndRecreate());

        Assert.Equal((player.Sent[1].Body, "true"), (again.Body, again.Message.Properties[ApplicationProperties.Calibrated]));
    }

    [Fact]
    public void HasSameSourceAs_Calibration_IsComparedByValue()
    {
        var one = Bound("""{"calibration":{"a":{"t":{"scale":2}}}}""");

        Assert.True(one.HasSameSourceAs(Bound("""{"calibration":{"a":{"t":{"scale":2}}}}""")));
        Assert.False(one.HasSameSourceAs(Bound("""{"calibration":{"a":{"t":{"scale":3}}}}""")));
        Assert.False(one.HasSameSourceAs(Bound("""{"calibration":{"a":{"u":{"scale":2}}}}""")));
        Assert.False(one.HasSameSourceAs(Bound("{}")));
    }

    [Theory]
    [InlineData("""{"a":{"t":{"scale":0}}}""", "calibration.a.t.scale is 0; it must be a number of -1000000 to 1000000 that is not 0.")]
    [InlineData("""{"a%2Eb":{"t u":{"offset":1e10}}}""", "calibration.a%2Eb.t%20u.offset is 10000000000; it must be a number of -1000000000 to 1000000000.")]
    [InlineData("""{"a":{"t":{"scale":"NaN"}}}""", "calibration.a.t.scale is \"NaN\"; it must be a finite number.")]
    [InlineData("""{"a":{"t":{"scale":1e999}}}""", "calibration.a.t.scale is \"Infinity\"; it must be a finite number.")]
    [InlineData("""{"a":{"t":5}}""", "calibration.a.t is 5; it must be an object.")]
    [InlineData("""{"a":{"t":{"gain":2}}}""", "calibration.a.t.gain is 2; it must be absent: it is no setting; the settings here are scale, offset.")]
    [InlineData("""{"":{}}""", "calibration. is \"\"; it must be of a device id of 1 to 128 characters.")]
    public void Validate_WrongCalibration_NamesThePlace(string calibration, string message)
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SensorSettings>(JsonText.ParseObject(System.Text.Encoding.UTF8.GetBytes($$"""{"calibration":{{calibration}}}""")), errors);

        Assert.Equal([message], errors.All.Select(error => error.Message));
    }

    [Fact]
    public void Apply_CalibrationSetOnSite_GoesBeforeALaterOneOfTheTwinAndTheSpeedDoesNot()
    {
        using var store = new InMemoryStateStore();
        var settings = new TwinSettings<SensorSettings>(store, NullLogger<TwinSettings<SensorSettings>>.Instance);
        settings.Apply(JObject.Parse("""{"$version":1,"calibration":{"press%2E1":{"temperature":{"offset":1}}}}"""));
        Assert.Empty(settings.SetLocal(JObject.Parse("""{"calibration.press%2E1.temperature.offset":2,"replay.speed":5}"""), "Jo", DateTimeOffset.UnixEpoch));

        settings.Apply(JObject.Parse("""{"$version":2,"calibration":{"press%2E1":{"temperature":{"offset":3,"scale":4}}},"replay":{"speed":6}}"""));
        Assert.Equal(new CalibrationLine { Scale = 4, Offset = 2 }, settings.Current.Calibration["press.1"]["temperature"]);
        Assert.Equal(6, settings.Current.Replay.Speed);
        Assert.Equal(
            ["calibration.press%2E1.temperature.offset local edge-wins", "replay.speed desired cloud-wins"],
            settings.Verdict()["conflicts"]!.Select(conflict => $"{conflict["path"]} {conflict["winner"]} {conflict["strategy"]}"));
    }

    private static SensorSettings Bound(CsvFile file, string calibration) => Bound(new JObject
    {
        ["replay"] = new JObject { ["file"] = file.Path, ["speed"] = 0, ["epoch"] = 0 }, ["calibration"] = JObject.Parse(calibration),
    }.ToString());

    private static SensorSettings Bound(string desired)
    {
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<SensorSettings>(JObject.Parse(desired), errors);
        Assert.Empty(errors.All);
        return settings;
    }

    private static string WithoutTime(string reading)
    {
        var from = reading.IndexOf("\"timestamp\"", StringComparison.Ordinal);
        return reading.Remove(from, reading.IndexOf(',', from) + 1 - from);
    }
}
