using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Aggregation.Tests;

/// <summary>Any readings in any order, with lives that end at any point: what the cloud has at the end is what the plain program says.</summary>
[Properties(Arbitrary = [typeof(Batches)], MaxTest = 300, QuietOnSuccess = true)]
public sealed class AggregatorProperties
{
    [Property]
    public void Windows_AnyReadingsAndKills_AreThoseOfThePlainProgram(SampleBatch[] batches, bool revise)
    {
        var settings = new AggregatorSettings
        {
            WindowSeconds = 10, ZoneWindowSeconds = 30, AllowedLatenessSeconds = 3, IdleSeconds = 1_000, LingerSeconds = 2, ReviseSeconds = 20,
            LateReadings = revise ? LateReadings.Revise : LateReadings.Drop, Statistics = new StatisticsSettings { Stddev = true, First = true, Last = true, P50 = true },
        };
        var rig = new AggregatorRig(settings);
        var plain = new PlainAggregator(settings);
        foreach (var batch in batches)
        {
            foreach (var (device, seconds, value) in batch.Readings) plain.Add(device, AggregatorRig.T0 + seconds * 1000, value);
            rig.Send("hall", [.. batch.Readings.Select(reading => (reading.Device, (double)reading.Seconds, reading.Value))]);
            // The clock of the whole test stays below the idle time.
            if (batch.Clock == 1) rig.Advance(2);
            if (batch.Life is 1 or 3) rig.Compact();
            if (batch.Life is 2 or 3) rig.Kill();
            AssertBooks(rig);
        }

        rig.Advance(5_000);
        AssertBooks(rig);
        Assert.Equal((0, plain.Late, plain.Duplicates), (rig.Open, rig.Ledger.Total("late"), rig.Ledger.Total("duplicate")));
        var final = rig.Items("aggregates").GroupBy(item => ((string)item["deviceId"]!, (long)item["windowStart"]!)).ToDictionary(group => group.Key, Highest);
        Assert.Equal(plain.Windows.Keys.Order(), final.Keys.Order());
        foreach (var (key, readings) in plain.Windows) AssertWindow(readings, final[key]);
        var ids = rig.Items("aggregates").Concat(rig.Items("zones")).Select(item => (string)item["summaryId"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        AssertZones(rig, plain);
    }

    private static void AssertBooks(AggregatorRig rig) =>
        Assert.Equal(rig.Ledger.Total("folded"), rig.Ledger.Total("summarized") + rig.Open);

    private static JObject Highest(IEnumerable<JObject> revisions)
    {
        var all = revisions.OrderBy(item => (int)item["revision"]!).ToList();
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(item => (int)item["revision"]!));
        return all[^1];
    }

    private static void AssertWindow(SortedDictionary<long, double> readings, JObject item)
    {
        Assert.Equal(readings.Count, (int)item["readingCount"]!);
        var metric = (JObject)item["t"]!;
        var mean = readings.Values.Average();
        var deviation = readings.Count == 1 ? 0 : Math.Sqrt(readings.Values.Sum(value => (value - mean) * (value - mean)) / (readings.Count - 1));
        Assert.Equal(
            (readings.Values.Min(), readings.Values.Max(), readings.Count, readings.First().Value, readings.Last().Value),
            ((double)metric["min"]!, (double)metric["max"]!, (int)metric["count"]!, (double)metric["first"]!, (double)metric["last"]!));
        Assert.Equal(mean, (double)metric["avg"]!, 1e-9);
        Assert.Equal(deviation, (double)metric["stddev"]!, 1e-6);
        var median = readings.Values.Order().ElementAt((readings.Count - 1) / 2);
        Assert.InRange((double)metric["p50"]!, median - Math.Abs(median) * 0.0101 - 1e-9, median + Math.Abs(median) * 0.0101 + 1e-9);
    }

    /// <summary>What is in no zone's summary is counted; all else is, once.</summary>
    private static void AssertZones(AggregatorRig rig, PlainAggregator plain)
    {
        var zones = rig.Items("zones").GroupBy(item => (long)item["windowStart"]!).Select(Highest).ToList();
        Assert.Equal(plain.Windows.Values.Sum(window => window.Count) - rig.Ledger.Total("zoneLate"), zones.Sum(zone => (int)zone["readingCount"]!));
        foreach (var zone in zones)
        {
            var devices = ((JObject)zone["devices"]!).Properties().Select(device => device.Value).ToList();
            Assert.Equal((int)zone["deviceCount"]!, devices.Count);
            Assert.Equal((int)zone["readingCount"]!, devices.Sum(device => (int)device["readingCount"]!));
            Assert.Equal((double)zone["t"]!["max"]!, devices.Max(device => (double)device["t"]!["max"]!));
        }
    }

    private static class Batches
    {
        public static Arbitrary<SampleBatch> Any()
        {
            var reading =
                from device in Gen.Elements("a", "b", "c")
                from seconds in Gen.Choose(0, 55)
                from hundredths in Gen.Choose(-5_000, 5_000)
                select (device, seconds, hundredths / 100.0);
            return (
                from readings in Gen.NonEmptyListOf(reading)
                from life in Gen.Choose(0, 4)
                from clock in Gen.Choose(0, 2)
                select new SampleBatch([.. readings], life, clock)).ToArbitrary();
        }
    }
}

public sealed record SampleBatch((string Device, int Seconds, double Value)[] Readings, int Life, int Clock)
{
    public override string ToString() => $"{string.Join(' ', Readings)} life {Life} clock {Clock}";
}
