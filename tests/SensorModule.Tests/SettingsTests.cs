using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

public class SettingsTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => Assert.Empty(ErrorsOf(new SensorSettings()));

    [Fact]
    public void Validate_OfEverythingWrong_NamesEveryRuleAtOnce()
    {
        var settings = new SensorSettings
        {
            Mode = (SourceMode)7,
            BatchSize = 0,
            LingerMilliseconds = -1,
            TruthFile = "../truth.jsonl",
            Replay = new ReplaySettings
            {
                File = " ", IntervalSeconds = 0, Speed = -1, KeepTimestamps = true, Epoch = new Epoch(0), Faults = new FaultSettings { SpikeRate = 2 },
            },
            Synthetic = new SyntheticSettings
            {
                Devices = 0,
                Zones = 0,
                IntervalSeconds = double.NaN,
                Speed = 0.0001,
                Readings = -1,
                CycleSeconds = 9,
                Amplitude = -1,
                Noise = 101,
                Faults = new FaultSettings
                {
                    SpikeRate = -0.1, NanRate = 2, DuplicateRate = 1.5, OutOfOrderRate = double.NaN,
                    StuckRate = 1.1, DriftRate = double.NaN, DropOutRate = 0.95, ClockSkewRate = -1, ClockSkewSeconds = 0,
                },
            },
        };
        Assert.Equal(
            [
                "mode", "batchSize", "lingerMilliseconds", "truthFile", "replay.file", "replay.intervalSeconds", "replay.speed", "replay.keepTimestamps",
                "replay.faults.spikeRate", "replay.faults.outOfOrderRate",
                "synthetic.devices", "synthetic.zones", "synthetic.intervalSeconds", "synthetic.speed", "synthetic.readings",
                "synthetic.cycleSeconds", "synthetic.amplitude", "synthetic.noise",
                "synthetic.faults.spikeRate", "synthetic.faults.nanRate", "synthetic.faults.duplicateRate", "synthetic.faults.outOfOrderRate",
                "synthetic.faults.stuckRate", "synthetic.faults.driftRate", "synthetic.faults.dropOutRate", "synthetic.faults.clockSkewRate",
                "synthetic.faults.clockSkewSeconds",
            ],
            ErrorsOf(settings).Select(error => error.Path));
    }

    [Fact]
    public void Validate_OfAWrongValue_SaysWhatItIsAndMustBe()
    {
        Assert.Equal("batchSize is 2001; it must be 1 to 2000.", Assert.Single(ErrorsOf(new SensorSettings { BatchSize = 2_001 })).Message);
        Assert.Equal(
            "synthetic.faults.clockSkewRate is 0.5; it must be at most 1 together with stuckRate (0.4), driftRate (0.2) and dropOutRate (0).",
            Assert.Single(ErrorsOf(new SensorSettings
            {
                Synthetic = new SyntheticSettings { Faults = new FaultSettings { StuckRate = 0.4, DriftRate = 0.2, ClockSkewRate = 0.5 } },
            })).Message);
        Assert.Equal(
            "replay.faults.outOfOrderRate is 0.25; it must be at most 1 together with spikeRate (0.5), nanRate (0.25) and duplicateRate (0.125).",
            Assert.Single(ErrorsOf(new SensorSettings
            {
                Replay = new ReplaySettings { Faults = new FaultSettings { SpikeRate = 0.5, NanRate = 0.25, DuplicateRate = 0.125, OutOfOrderRate = 0.25 } },
            })).Message);
    }

    [Theory]
    [InlineData("truth.jsonl", true)]
    [InlineData("Run_7-b.jsonl", true)]
    [InlineData("", false)]
    [InlineData(".jsonl", false)]
    [InlineData("SensorModule.db", false)]
    [InlineData("truth.1.jsonl", false)]
    [InlineData("a/truth.jsonl", false)]
    [InlineData("a\\truth.jsonl", false)]
    [InlineData("truth.jsonl\n", false)]
    [InlineData("trüth.jsonl", false)]
    public void Validate_TruthFile_MustBeAPlainNameOfItsKind(string name, bool isGood)
    {
        var errors = ErrorsOf(new SensorSettings { TruthFile = name });
        Assert.Equal(isGood ? [] : ["truthFile"], errors.Select(error => error.Path));
        Assert.All(errors, error => Assert.Contains("such as \"truth.jsonl\"", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/proc/self/environ", false)]
    [InlineData("/data/../proc/self/environ", false)]
    [InlineData("/sys/class/net", false)]
    [InlineData("/dev/stdin", false)]
    [InlineData("/processes.csv", true)]
    [InlineData("data/proc/a.csv", true)]
    public void Validate_ReplayFile_IsNoneOfTheSystem(string file, bool isGood) =>
        Assert.Equal(isGood ? [] : ["replay.file"], ErrorsOf(new SensorSettings { Replay = new ReplaySettings { File = file } }).Select(error => error.Path));

    [Theory]
    [InlineData("1769860800000")]
    [InlineData("\"1769860800000\"")]
    [InlineData("\"2026-01-31T12:00:00Z\"")]
    [InlineData("\"2026-01-31T14:00:00+02:00\"")]
    public void Bind_AnEpoch_TakesEveryFormOfATime(string epoch)
    {
        var errors = new SettingErrors();
        var settings = SettingsBinder.Bind<SensorSettings>(new JObject { ["replay"] = WithEpoch(), ["synthetic"] = WithEpoch() }, errors);
        Assert.Empty(errors.All);
        Assert.Equal((new Epoch(1_769_860_800_000), new Epoch(1_769_860_800_000)), (settings.Replay.Epoch, settings.Synthetic.Epoch));
        Assert.Equal(Uncalibrated(settings), Uncalibrated(SettingsBinder.Bind<SensorSettings>(SettingsBinder.ToJson(settings), errors)));

        JObject WithEpoch() => new() { ["epoch"] = JsonText.Parse(epoch) };
    }

    [Theory]
    [InlineData("\"yesterday\"", "\"yesterday\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("1.5", "\"1.5\"")]
    [InlineData("true", "\"true\"")]
    public void Bind_OfNoTime_SaysWhatItMustBe(string epoch, string shown)
    {
        var errors = new SettingErrors();
        SettingsBinder.Bind<SensorSettings>(new JObject { ["replay"] = new JObject { ["epoch"] = JsonText.Parse(epoch) } }, errors);
        Assert.Equal($"replay.epoch is {shown}; it must be Unix milliseconds or an ISO-8601 time.", Assert.Single(errors.All).Message);
    }

    [Fact]
    public void Bind_OfEveryDefault_GivesTheDefaults()
    {
        var errors = new SettingErrors();
        var bound = SettingsBinder.Bind<SensorSettings>(JsonText.ParseObject(JsonText.ToUtf8(SettingsBinder.ToJson(new SensorSettings()))), errors);
        Assert.Equal(new SensorSettings(), Uncalibrated(bound));
        Assert.Empty(bound.Calibration);
        Assert.Empty(errors.All);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(1_000_000)]
    public void Validate_SpeedAtItsLimits_IsGood(double speed) =>
        Assert.Empty(ErrorsOf(new SensorSettings { Replay = new ReplaySettings { Speed = speed }, Synthetic = new SyntheticSettings { Speed = speed } }));

    [Fact]
    public void HasSameSourceAs_OfTheModeThatIsNotChosen_DoesNotMatter()
    {
        var settings = new SensorSettings();
        Assert.True(settings.HasSameSourceAs(settings with { BatchSize = 5, Synthetic = new SyntheticSettings { Seed = 9 } }));
        Assert.True(settings.HasSameSourceAs(settings with { Replay = settings.Replay with { Speed = 9 } }));
        Assert.True(settings.HasSameSourceAs(settings with { TruthFile = "other.jsonl" }));
        Assert.False(settings.HasSameSourceAs(settings with { Replay = settings.Replay with { IntervalSeconds = 9 } }));
        Assert.False(settings.HasSameSourceAs(settings with { Replay = settings.Replay with { Faults = new FaultSettings { SpikeRate = 0.1 } } }));
        Assert.False(settings.HasSameSourceAs(settings with { Mode = SourceMode.Synthetic }));
    }

    private static IReadOnlyList<SettingError> ErrorsOf(SensorSettings settings)
    {
        var errors = new SettingErrors();
        settings.Validate(errors);
        return errors.All;
    }

    /// <summary>Records with dictionaries do not compare by value.</summary>
    private static SensorSettings Uncalibrated(SensorSettings settings) => settings with { Calibration = Calibration.None };
}
