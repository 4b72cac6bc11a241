using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeModules.Sensing.Tests;

/// <summary>Settings of a source with all kinds of faults at any rates; small enough to play many.</summary>
public sealed record FaultyRun(SensorSettings Settings)
{
    public static Arbitrary<FaultyRun> Arbitrary() => (
        from isSynthetic in Gen.Elements(true, false)
        from seed in Gen.Choose(int.MinValue, int.MaxValue)
        from singles in Gen.Choose(0, 100).ArrayOf(5)
        from blocks in Gen.Choose(0, 100).ArrayOf(5)
        from skew in Gen.Choose(1, 86_400)
        from batchSize in Gen.Frequency((1, Gen.Constant(1)), (6, Gen.Elements(7, 50, 2_000)))
        from devices in Gen.Choose(1, 12)
        from readings in Gen.Choose(1, 900)
        select new FaultyRun(Of(isSynthetic, seed, RatesOf(singles), RatesOf(blocks), skew, batchSize, devices, readings))).ToArbitrary();

    public SensorSettings Clean => Settings with
    {
        TruthFile = null,
        Synthetic = Settings.Synthetic with { Faults = new FaultSettings() },
        Replay = Settings.Replay with { Faults = new FaultSettings() },
    };

    private static SensorSettings Of(bool isSynthetic, long seed, double[] singles, double[] blocks, int skew, int batchSize, int devices, int readings)
    {
        var faults = new FaultSettings
        {
            SpikeRate = singles[0], NanRate = singles[1], DuplicateRate = singles[2], OutOfOrderRate = singles[3],
            StuckRate = blocks[0], DriftRate = blocks[1], DropOutRate = Math.Min(0.9, blocks[2]), ClockSkewRate = blocks[3], ClockSkewSeconds = skew,
        };
        var epoch = new Epoch(1_800_000_000_000);
        return new SensorSettings
        {
            Mode = isSynthetic ? SourceMode.Synthetic : SourceMode.Replay,
            BatchSize = batchSize,
            TruthFile = "truth.jsonl",
            Synthetic = new SyntheticSettings { Devices = devices, Readings = readings, Seed = seed, Speed = 0, Epoch = epoch, Faults = faults },
            Replay = new ReplaySettings { File = FaultTests.SmallFile, Seed = seed, Speed = 0, Epoch = epoch, Faults = faults },
        };
    }

    /// <summary>Shares that, with what is left for no fault, are 1.</summary>
    private static double[] RatesOf(int[] weights) => [.. weights.Select(weight => weight / (double)Math.Max(1, weights.Sum()))];
}

[Properties(Arbitrary = [typeof(FaultyRun)], MaxTest = 40, QuietOnSuccess = true)]
public sealed class FaultTests
{
    /// <summary>The beginning of the shipped data, with empty cells, a metric that never changes, and a device that comes late.</summary>
    public static string SmallFile { get; } = MakeSmallFile();

    [Property]
    public void Truth_OfAnyRun_ExplainsTheDataAndNothingMore(FaultyRun run)
    {
        using var clean = new Player(run.Clean).PlayToEnd();
        using var faulty = new Player(run.Settings).PlayToEnd();
        Assert.Null(faulty.Source.Value<string>("error"));
        var truth = faulty.Truth();
        Scoring.AssertSame(Scoring.Explain(clean.Readings, truth), Scoring.ByDevice(faulty.Readings));
        Assert.Equal(Enumerable.Range(0, truth.Count).Select(number => (long)number), truth.Select(line => TruthLine.Parse(line).Sequence));
        Assert.All(faulty.Sent, sent => Assert.InRange(sent.Message.Count, 1, run.Settings.BatchSize));
    }

    [Property]
    public void Truth_OfEqualSettings_IsEqualWhateverTheBatch(FaultyRun run)
    {
        using var one = new Player(run.Settings).PlayToEnd();
        using var other = new Player(run.Settings with { BatchSize = 17 }).PlayToEnd();
        Assert.Equal(one.Readings, other.Readings);
        Assert.Equal(one.Truth(), other.Truth());
    }

    [Property(MaxTest = 25)]
    public void Truth_AfterKillsAtAnyMoment_IsThatOfAnUndisturbedRun(FaultyRun run, int killSeed)
    {
        using var undisturbed = new Player(run.Settings with { BatchSize = 50 }).PlayToEnd();
        using var player = new Player(run.Settings with { BatchSize = 50 });
        var random = new Random(killSeed);
        for (var kills = 0; kills < 5; kills++)
        {
            var sent = player.Sent.Count;
            player.PlayMessages(sent + random.Next(1, 8));
            if (player.Sent.Count == sent) break;
            if (random.Next(2) == 0) player.CrashBeforeSave();
            else Assert.Equal(player.Sent[^1].Body, Assert.Single(player.CrashAndRecreate()).Body);
        }

        player.PlayToEnd();
        Assert.Equal(undisturbed.Sent.Select(sent => (sent.Message.MessageId, sent.Body)), player.Sent.Select(sent => (sent.Message.MessageId, sent.Body)));
        Assert.Equal(undisturbed.Truth(), player.Truth());
    }

    [Theory]
    [InlineData("spike")]
    [InlineData("nan")]
    [InlineData("duplicate")]
    [InlineData("outOfOrder")]
    [InlineData("stuck")]
    [InlineData("drift")]
    [InlineData("dropOut")]
    [InlineData("clockSkew")]
    public void Rate_OfEachFault_IsTheShareOfReadings(string kind)
    {
        const double rate = 0.1;
        var faults = kind switch
        {
            "spike" => new FaultSettings { SpikeRate = rate },
            "nan" => new FaultSettings { NanRate = rate },
            "duplicate" => new FaultSettings { DuplicateRate = rate },
            "outOfOrder" => new FaultSettings { OutOfOrderRate = rate },
            "stuck" => new FaultSettings { StuckRate = rate },
            "drift" => new FaultSettings { DriftRate = rate },
            "dropOut" => new FaultSettings { DropOutRate = rate },
            _ => new FaultSettings { ClockSkewRate = rate },
        };
        var synthetic = new SyntheticSettings { Devices = 400, Readings = 400 * 240, Speed = 0, Epoch = new Epoch(0), Faults = faults };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, TruthFile = "truth.jsonl", Synthetic = synthetic }).PlayToEnd();
        var lines = player.Truth().Select(TruthLine.Parse).ToList();
        Assert.All(lines, line => Assert.Equal(kind, line.Kind));
        // Five standard deviations of as many throws as there are blocks (1,600) or readings (96,000).
        var throws = kind is "stuck" or "drift" or "dropOut" or "clockSkew" ? 1_600 : 96_000;
        Assert.Equal(rate, lines.Count / 96_000.0, tolerance: 5 * Math.Sqrt(rate * (1 - rate) / throws) + 0.002);
        if (kind != "dropOut") Assert.Equal(lines.Count, player.Ledger.Total("faults", kind));
    }

    [Fact]
    public void Truth_OfABlock_BeginsWithItsFirstReadingAndMovesOn()
    {
        var settings = new SyntheticSettings { Devices = 1, Readings = 120, Speed = 0, Epoch = new Epoch(0), Faults = new FaultSettings { StuckRate = 1 } };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, TruthFile = "truth.jsonl", Synthetic = settings }).PlayToEnd();
        Assert.Equal(
            Enumerable.Range(0, 120).Select(tick => (tick / 60 * 60_000L, tick * 1_000L, (long)tick)),
            player.Truth().Select(TruthLine.Parse).Select(line => (line.From, line.To, line.Reading)));
    }

    [Fact]
    public void Truth_Line_LooksLikeThis()
    {
        var settings = new SyntheticSettings { Devices = 1, Readings = 3, Speed = 0, Epoch = new Epoch(0), Faults = new FaultSettings { DuplicateRate = 1 } };
        using var player = new Player(new SensorSettings { Mode = SourceMode.Synthetic, TruthFile = "truth.jsonl", Synthetic = settings }).PlayToEnd();
        var source = SensorState.Parse(player.Saved).Source;
        Assert.Equal(
            $$"""{"sequence":1,"source":"{{source}}","kind":"duplicate","deviceId":"sensor-00001","from":1000,"to":1000,"reading":1}""", player.Truth()[1]);
        Assert.Equal([0, 0, 1_000, 1_000, 2_000, 2_000], player.Sent.SelectMany(sent => sent.Timestamps));
        Assert.StartsWith($"readings/{source}/", player.Sent[0].Message.MessageId, StringComparison.Ordinal);
    }

    [Fact]
    public void OutOfOrder_InALoop_IsNeverHeldBeyondItsRound()
    {
        using var file = new CsvFile([.. Enumerable.Range(0, 70).Select(row => $"d{row % 3},{row}").Prepend("deviceId,t")]);
        var faults = new FaultSettings { OutOfOrderRate = 0.6, DuplicateRate = 0.3 };
        var settings = new ReplaySettings { File = file.Path, Speed = 0, Loop = true, Faults = faults };
        using var player = new Player(new SensorSettings { BatchSize = 7, Replay = settings, TruthFile = "truth.jsonl" });
        player.PlayMessages(60).Set(all => all with { Replay = all.Replay with { Loop = false } }).PlayToEnd();
        var copies = player.Truth().Count(line => line.Contains("\"duplicate\"", StringComparison.Ordinal));
        var values = player.Readings.Select(reading => Newtonsoft.Json.Linq.JObject.Parse(reading).Value<int>("t")).ToList();
        Assert.Equal(0, (values.Count - copies) % 70);
        Assert.All(values.GroupBy(value => value), value => Assert.InRange(value.Count(), (values.Count - copies) / 70, int.MaxValue));
        // Another round has other faults.
        var rounds = player.Truth().Select(TruthLine.Parse).GroupBy(line => line.Kind + line.DeviceId + line.Reading).Select(fault => fault.Count());
        Assert.Contains(rounds, count => count < values.Count / 100);
    }

    [Fact]
    public void ClockSkew_AtTheEndsOfTime_StaysInTheYearsThatAReadingMayHave()
    {
        long[] ends = [-62_135_596_800_000, 253_402_300_799_999];
        using var file = new CsvFile(["deviceId,timestamp,t", .. Enumerable.Range(0, 500).Select(row => $"d{row},{ends[row % 2]},1")]);
        var settings = new ReplaySettings { File = file.Path, Speed = 0, KeepTimestamps = true, Faults = new FaultSettings { ClockSkewRate = 1 } };
        using var player = new Player(new SensorSettings { Replay = settings }).PlayToEnd();
        Assert.Equal(500, player.Sent.SelectMany(sent => sent.Timestamps).Count());
        Assert.All(player.Sent.SelectMany(sent => sent.Timestamps), time => Assert.InRange(time, ends[0], ends[1]));
    }

    [Fact]
    public void Tick_AfterALongStopInABlock_TellsTheTimesThatWereSent()
    {
        var synthetic = new SyntheticSettings { Devices = 1, Readings = 60, Faults = new FaultSettings { DriftRate = 1 } };
        var settings = new SensorSettings { Mode = SourceMode.Synthetic, LingerMilliseconds = 0, TruthFile = "truth.jsonl", Synthetic = synthetic };
        using var player = new Player(settings);
        player.PlayUntil(Player.T0.AddSeconds(20)).Now = Player.T0.AddHours(1);
        player.Restart().PlayToEnd();
        var lines = player.Truth().Select(TruthLine.Parse).ToList();
        Assert.Equal(player.Sent.SelectMany(sent => sent.Timestamps), lines.Select(line => line.To));
        Assert.Equal([player.Sent[0].Timestamps[0], Player.T0.AddHours(1).ToUnixTimeMilliseconds()], lines.Select(line => line.From).Distinct());
    }

    private static string MakeSmallFile()
    {
        var rows = File.ReadLines(CsvFile.SensorNetwork).Skip(1).Take(900).Select((line, row) =>
        {
            var cells = line.Split(',');
            if (row % 7 == 3) cells[2] = "";
            return $"{(row < 200 || row % 5 > 0 ? cells[0] : "late")},{cells[1]},{cells[2]},{cells[3]},{(row % 3 == 0 ? "" : "4")}";
        });
        var path = Path.Combine(Path.GetTempPath(), $"sensor-test-faults-{Environment.ProcessId}.csv");
        File.WriteAllLines(path, rows.Prepend("deviceId,zone,temperature,humidity,constant"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}
