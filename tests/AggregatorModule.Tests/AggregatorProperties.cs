using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Aggregation.Tests;

/// <summary>Any readings in any order, with lives that end between two messages: what the cloud has at the end is what the plain program says.</summary>
[Properties(Arbitrary = [typeof(Batches)], MaxTest = 300, QuietOnSuccess = true)]
public sealed class AggregatorProperties
{
    [Property]
    public void Windows_AnyReadingsAndRestarts_AreThoseOfThePlainProgram(SampleBatch[] batches, bool revise, bool nearFuture)
    {
        var settings = new AggregatorSettings
        {
            WindowSeconds = 10, ZoneWindowSeconds = 30, AllowedLatenessSeconds = 3, IdleSeconds = 6, LingerSeconds = 2, ReviseSeconds = 20,
            MaxFutureSeconds = nearFuture ? 4 : 40,
            LateReadings = revise ? LateReadings.Revise : LateReadings.Drop,
            Statistics = new StatisticsSettings { Stddev = true, First = true, Last = true, P50 = true, P95 = true, P99 = true },
        };
        var rig = new AggregatorRig(settings);
        var plain = new PlainAggregator(settings);
        foreach (var batch in batches)
        {
            plain.Take(
                rig.Now,
                batch.Readings.Select(reading => new PlainReading(reading.Device, AggregatorRig.T0 + reading.Seconds * 1000, ("t", (decimal)reading.Value))));
            rig.Send("hall", [.. batch.Readings.Select(reading => (reading.Device, (double)reading.Seconds, reading.Value))]);
            Advance(2 * batch.Clock);
            if (batch.Life is 1 or 3) rig.Compact();
            if (batch.Life is 2 or 3) rig.Kill();
            AssertBooks();
        }

        Advance(5_000);
        AssertBooks();
        Assert.Equal((0, 0), (rig.Open, rig.Held));
        if (FinalWindows.FirstDifference(plain, [.. rig.Items("aggregates")]) is { } difference) Assert.Fail(difference);
        AssertZones(rig, plain);

        void Advance(int seconds)
        {
            rig.Advance(seconds);
            plain.PassTime(rig.Now);
        }

        void AssertBooks()
        {
            var ledger = rig.Ledger;
            Assert.Equal(ledger.Total("folded"), ledger.Total("summarized") + rig.Open);
            Assert.Equal(
                (plain.Folded, plain.Late, plain.Duplicates, plain.Future, plain.ClockResets, plain.Held),
                (ledger.Total("folded"), ledger.Total("late"), ledger.Total("duplicate"), ledger.Total("dropped", "future"), ledger.Total("clockResets"), rig.Held));
        }
    }

    /// <summary>What is in no zone's summary is counted; all else is, once.</summary>
    private static void AssertZones(AggregatorRig rig, PlainAggregator plain)
    {
        var zones = rig.Items("zones").GroupBy(item => (long)item["windowStart"]!).Select(revisions => revisions.MaxBy(item => (int)item["revision"]!)!).ToList();
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
                from seconds in Gen.Frequency((12, Gen.Choose(0, 55)), (1, Gen.Choose(0, 200)))
                from hundredths in Gen.Choose(-5_000, 5_000)
                select (device, seconds, hundredths / 100.0);
            return (
                from readings in Gen.NonEmptyListOf(reading)
                from life in Gen.Choose(0, 4)
                from clock in Gen.Choose(0, 4)
                select new SampleBatch([.. readings], life, clock)).ToArbitrary();
        }
    }
}

public sealed record SampleBatch((string Device, int Seconds, double Value)[] Readings, int Life, int Clock)
{
    public override string ToString() => $"{string.Join(' ', Readings)} life {Life} clock {Clock}";
}
