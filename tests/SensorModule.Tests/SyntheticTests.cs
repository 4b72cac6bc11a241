using EdgeModules.Sensing.Synthetic;
using EdgeModules.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

public class SyntheticTests
{
    private static readonly string[] Metrics = ["temperature", "humidity", "vibration", "pressure"];
    private static readonly SyntheticSettings Plain = new() { Devices = 20, Zones = 3, Epoch = new Epoch(1_800_000_000_000), Speed = 0, Readings = 20_000 };

    [Fact]
    public void Readings_OfASeed_AreTheseForEver()
    {
        var readings = Read(Plain with { Readings = 21 });
        Assert.Equal(
            """{"deviceId":"sensor-00001","timestamp":1800000000000,"zone":"zone-01","temperature":21.16,"humidity":42.65,"vibration":27.91,"pressure":1012.94}""",
            readings[0].ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            """{"deviceId":"sensor-00001","timestamp":1800000001000,"zone":"zone-01","temperature":21.16,"humidity":42.66,"vibration":29.1,"pressure":1012.99}""",
            readings[20].ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public void Readings_OfManyDevices_AreSpreadOverTheIntervalAndTheZones()
    {
        var readings = Read(Plain with { Devices = 4, Zones = 3, IntervalSeconds = 2, Readings = 8 });
        Assert.Equal([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500], readings.Select(reading => reading.Value<long>("timestamp") - 1_800_000_000_000));
        Assert.Equal(
            ["sensor-00001 zone-01", "sensor-00002 zone-02", "sensor-00003 zone-03", "sensor-00004 zone-01"],
            readings.Take(4).Select(reading => $"{reading["deviceId"]} {reading["zone"]}"));
    }

    [Fact]
    public void Readings_OfEqualSettings_AreEqualWhateverTheBatch()
    {
        var settings = Plain with { Readings = 3_000, Faults = new FaultSettings { DropOutRate = 0.1, DriftRate = 0.1, StuckRate = 0.1, SpikeRate = 0.1, NanRate = 0.1 } };
        using var one = Play(settings, batchSize: 7);
        using var other = Play(settings, batchSize: 2_000);
        Assert.Equal(one.Readings, other.Readings);
    }

    [Fact]
    public void Readings_OfAnotherSeed_AreOthers()
    {
        var one = Read(Plain with { Readings = 100 });
        var other = Read(Plain with { Readings = 100, Seed = -2 });
        Assert.Equal(one.Select(reading => reading["timestamp"]), other.Select(reading => reading["timestamp"]));
        Assert.DoesNotContain(one.Zip(other), pair => JToken.DeepEquals(pair.First, pair.Second));
    }

    [Fact]
    public void Readings_WithoutAnEpoch_EndNowAtTheLatest()
    {
        using var player = Play(Plain with { Epoch = null, Speed = 0 });
        var timestamps = player.Sent.SelectMany(sent => sent.Timestamps).ToList();
        Assert.InRange(Player.T0.ToUnixTimeMilliseconds() - timestamps[^1], 0, 1);
    }

    [Fact]
    public void Signals_OverADay_StayInTheirBandAndMoveInSmallSteps()
    {
        var readings = Read(Plain with { Devices = 1, IntervalSeconds = 4, Readings = 21_600 });
        for (var metric = 0; metric < Metrics.Length; metric++)
        {
            var signal = Signals.All[metric];
            var values = readings.ConvertAll(reading => reading.Value<double>(Metrics[metric]));
            var reach = Math.Abs(signal.Daily) + 1.6 * signal.Walk + signal.Noise + 0.01;
            var work = signal.Warm + signal.Busy;
            Assert.InRange(values.Min(), signal.Base - signal.Spread - reach + Math.Min(0, work), signal.Base + signal.Spread + reach);
            Assert.InRange(values.Max(), signal.Base - signal.Spread - reach, signal.Base + signal.Spread + reach + Math.Max(0, work));
            Assert.InRange(values.Max() - values.Min(), Math.Abs(signal.Daily) + Math.Abs(work) / 2, 2 * reach + Math.Abs(work));
            // Machines switch, so the usual step is the median.
            var steps = values.Zip(values.Skip(1), (from, to) => Math.Abs(to - from)).Order().ToList();
            Assert.InRange(steps[steps.Count / 2], 0.1 * signal.Noise, 1.5 * signal.Noise);
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.3, 0.75, 1)]
    [InlineData(0.5999999, 1, 1)]
    [InlineData(0.6, 1, 0)]
    [InlineData(0.8, 0.25, 0)]
    [InlineData(0.9999999, 0, 0)]
    public void WorkCycle_WarmsWhileItWorksAndCoolsAfterwards(double phase, double warm, double busy)
    {
        var cycle = Signals.WorkCycle(phase);
        Assert.Equal(warm, cycle.Warm, tolerance: 1e-6);
        Assert.Equal(busy, cycle.Busy);
    }

    [Fact]
    public void Values_WithoutCyclesAndNoise_AreLevelAndWalkAlone()
    {
        var still = Read(Plain with { Devices = 1, Readings = 2_000, Amplitude = 0, Noise = 0 });
        var asStill = Read(Plain with { Devices = 1, Readings = 2_000, Amplitude = 0, Noise = 0, CycleSeconds = 0 });
        Assert.Equal(still, asStill, JToken.EqualityComparer);
        foreach (var name in Metrics)
        {
            var steps = still.Zip(still.Skip(1), (from, to) => Math.Abs(to.Value<double>(name) - from.Value<double>(name)));
            Assert.InRange(steps.Max(), 0.01, Signals.All[Array.IndexOf(Metrics, name)].Walk / 16);
        }
    }

    /// <summary>With the deadbands of the FilterModule: temperature 0.5, humidity 2, vibration 10, pressure 1.</summary>
    [Fact]
    public void Values_OfTheDefaults_LeaveTheDefaultDeadbandsEveryTwentySeconds()
    {
        double[] bands = [0.5, 2, 10, 1];
        var held = new Dictionary<string, double[]>();
        var passed = 0;
        var readings = Read(new SyntheticSettings { Devices = 20, Epoch = Plain.Epoch, Speed = 0, Readings = 20 * 1_800 });
        foreach (var reading in readings)
        {
            double[] values = [.. Metrics.Select(name => reading.Value<double>(name))];
            var device = reading.Value<string>("deviceId")!;
            if (held.TryGetValue(device, out var last) && !values.Where((value, metric) => Math.Abs(value - last[metric]) > bands[metric]).Any()) continue;
            held[device] = values;
            passed++;
        }

        Assert.InRange(passed / (double)readings.Count, 0.04, 0.07);
    }

    /// <summary>With the rules of the AlertModule: temperature 35 warns, vibration 50 warns. What is right must not look like a fault.</summary>
    [Fact]
    public void Values_OfTheDefaults_SeldomReachAThreshold()
    {
        var readings = Read(new SyntheticSettings { Devices = 50, IntervalSeconds = 120, Epoch = Plain.Epoch, Speed = 0, Readings = 50 * 720 });
        var (hot, shaking) = (readings.Count(reading => reading.Value<double>("temperature") > 35), readings.Count(reading => reading.Value<double>("vibration") > 50));

        Assert.InRange(hot / (double)readings.Count, 0, 0.01);
        Assert.InRange(shaking / (double)readings.Count, 0, 0.0001);
    }

    [Theory]
    [InlineData(15, 1.0)]
    [InlineData(3, -1.0)]
    [InlineData(9, 0.0)]
    [InlineData(21, 0.0)]
    [InlineData(12, 0.75)]
    public void DailyCycle_PeaksAtThreeInTheAfternoon(int hour, double expected) =>
        Assert.Equal(expected, Signals.DailyCycle(DateTimeOffset.UnixEpoch.AddDays(20_000).AddHours(hour).ToUnixTimeMilliseconds()), tolerance: 0.06);

    [Fact]
    public void Spikes_AtARate_TouchThatShareByOnceToTwiceTheFault()
    {
        var disturbed = Disturbed(new FaultSettings { SpikeRate = 0.05 });
        Assert.InRange(disturbed.Count, 900, 1_100);
        Assert.All(disturbed, item => Assert.InRange(Math.Abs(item.Change), item.Fault - 0.011, 2 * item.Fault + 0.011));
        Assert.Equal(4, disturbed.Select(item => item.Metric).Distinct().Count());
        Assert.InRange(disturbed.Count(item => item.Change > 0), 400, 600);
    }

    [Fact]
    public void Nan_AtARate_StandsInOneMetricOfThatShare()
    {
        var readings = Read(Plain with { Faults = new FaultSettings { NanRate = 0.05 } });
        Assert.InRange(readings.Count(reading => Metrics.Any(metric => (string?)reading[metric] == "NaN")), 900, 1_100);
        Assert.All(readings, reading => Assert.InRange(Metrics.Count(metric => (string?)reading[metric] == "NaN"), 0, 1));
    }

    [Fact]
    public void DropOut_AtARate_SilencesDevicesForWholeBlocks()
    {
        var settings = Plain with { Faults = new FaultSettings { DropOutRate = 0.2 }, Readings = 60 * 20 * 50 };
        var readings = Read(settings);
        Assert.InRange(readings.Count / (double)settings.Readings, 0.76, 0.84);
        Assert.All(
            readings.GroupBy(reading => (reading["deviceId"], (reading.Value<long>("timestamp") - 1_800_000_000_000) / 60_000)), block => Assert.Equal(60, block.Count()));
    }

    [Fact]
    public void DropOut_OfEverythingThatIsLeft_EndsTheRun()
    {
        using var player = Play(Plain with { Devices = 1, Readings = 6_000, Faults = new FaultSettings { DropOutRate = 0.9 } });
        Assert.Equal("ended", player.Source.Value<string>("state"));
        Assert.Null(player.Source.Value<long?>("readings"));
        Assert.Equal(0, player.Readings.Count % 60);
    }

    [Fact]
    public void Stuck_AtARate_RepeatsAllMetricsOfABlock()
    {
        var readings = Read(Plain with { Faults = new FaultSettings { StuckRate = 0.25 }, Readings = 60 * 20 * 25 });
        var blocks = readings.GroupBy(reading => (reading["deviceId"], (reading.Value<long>("timestamp") - 1_800_000_000_000) / 60_000)).ToList();
        var stuck = blocks.Count(block => block.Select(reading => string.Join(' ', Metrics.Select(metric => reading[metric]))).Distinct().Count() == 1);
        Assert.InRange(stuck / (double)blocks.Count, 0.2, 0.3);
    }

    [Fact]
    public void Drift_AtARate_GrowsToTheFaultOverABlock()
    {
        var disturbed = Disturbed(new FaultSettings { DriftRate = 0.3 });
        Assert.InRange(disturbed.Count / 20_000.0, 0.2, 0.4);
        Assert.All(disturbed, item => Assert.Equal(item.Fault * (item.Tick % 60 + 1) / 60, Math.Abs(item.Change), tolerance: 0.011));
    }

    [Fact]
    public void TryRead_OfManyReadings_AllocatesNothing()
    {
        using var source = new SyntheticSource(Plain with { Readings = 0 });
        var buffer = new ReadingBuffer();
        void Fill()
        {
            buffer.Clear();
            while (!buffer.IsFull(1_000)) source.TryRead(buffer);
        }

        Fill();
        Fill();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);
    }

    private static Player Play(SyntheticSettings settings, int batchSize = 2_000) =>
        new Player(new SensorSettings { Mode = SourceMode.Synthetic, BatchSize = batchSize, Synthetic = settings }).PlayToEnd();

    private static List<JObject> Read(SyntheticSettings settings)
    {
        using var player = Play(settings);
        return [.. player.Readings.Select(JObject.Parse)];
    }

    /// <summary>How readings differ from those of the same seed without faults.</summary>
    private static List<(int Metric, double Change, double Fault, long Tick)> Disturbed(FaultSettings faults)
    {
        var pairs = Read(Plain).Zip(Read(Plain with { Faults = faults }));
        var changes = pairs.SelectMany((pair, position) => Metrics.Select((name, metric) =>
            (metric, Change: pair.Second.Value<double>(name) - pair.First.Value<double>(name), Signals.All[metric].Fault, Tick: (long)(position / Plain.Devices))));
        return [.. changes.Where(item => item.Change != 0)];
    }
}
