using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static EdgeModules.Filtering.Tests.FilterRig;

namespace EdgeModules.Filtering.Tests;

/// <summary>The filter against the plainest program that does the same, in decimal arithmetic; and after restarts against itself.</summary>
[Properties(Arbitrary = [typeof(Steps)], MaxTest = 300, QuietOnSuccess = true)]
public sealed class FilterProperties
{
    [Property]
    public void Passes_AnyReadings_AgreesWithThePlainFilter(SampleStep[] steps, bool forwardUnknown, byte maxDevices, bool hasSilence)
    {
        var settings = Sample with { ForwardUnknownMetrics = forwardUnknown, MaxDevices = 1 + maxDevices % 5, MaxSilenceSeconds = hasSilence ? 120 : 0 };
        var rig = new FilterRig(settings);
        var plain = new PlainFilter(settings);
        foreach (var step in steps) Assert.Equal(plain.Passes(step), rig.Passes(step.Device, step.Zone, step.Seconds, step.Values));

        Assert.Equal(plain.Tally, rig.Tally);
    }

    /// <summary>Readings in order, as a restart does not keep the time of readings that were suppressed.</summary>
    [Property]
    public void Passes_RestartsBetweenReadings_AreNotNoticed(SampleStep[] steps, bool forwardUnknown, byte[] restarts)
    {
        var settings = Sample with { ForwardUnknownMetrics = forwardUnknown };
        var (steady, restarted) = (new FilterRig(settings), new FilterRig(settings));
        var journal = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i] with { Seconds = i * 7 };
            var passes = restarted.Passes(step.Device, step.Zone, step.Seconds, step.Values);
            Assert.Equal(steady.Passes(step.Device, step.Zone, step.Seconds, step.Values), passes);
            if (passes) journal.Add(restarted.ChangeOf(step.Device));
            switch (i < restarts.Length ? restarts[i] % 4 : 3)
            {
                case 0:
                    journal = [.. restarted.Filter.WriteAll()];
                    break;
                case 1:
                    // As settings of a new process would be: equal, and another record.
                    restarted.Settings = restarted.Settings with { MaxDevices = settings.MaxDevices };
                    restarted.RestartFrom(journal);
                    break;
            }
        }

        Assert.Equal(steady.Tally, restarted.Tally);
    }

    [Fact]
    public void WriteAll_ManyDevices_GivesPartsOfBoundedSizeThatRestoreAll()
    {
        var rig = new FilterRig();
        for (var i = 0; i < 5_000; i++) rig.Passes($"device-{i:00000}", "hall", 0, ("temperature", i), ("humidity", -i), ("ü", 0.1), ("pressure", 1000));
        var parts = rig.Filter.WriteAll().ToList();
        rig.RestartFrom(parts);

        Assert.True(parts.Count > 1);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 110_000));
        Assert.InRange(parts.Sum(part => part.Length) / 5_000, 40, 90);
        Assert.All(
            Enumerable.Range(0, 5_000),
            i => Assert.False(rig.Passes($"device-{i:00000}", "hall", 1, ("temperature", i), ("humidity", -i), ("ü", 5), ("pressure", 1000))));
    }

    [Fact]
    public void ReadDevices_CutBytes_Throws()
    {
        var rig = new FilterRig();
        rig.Passes(0, ("temperature", 20), ("humidity", 40));
        var change = rig.ChangeOf("press-1");

        for (var length = 1; length < change.Length; length++) Assert.Throws<InvalidDataException>(() => new DeadbandFilter().ReadDevices(change.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => new DeadbandFilter().ReadDevices([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    }

    private static FilterSettings Sample { get; } = new()
    {
        Deadbands = Bands(("a", Absolute(0.5)), ("b", Percent(10))),
        Zones = new Dictionary<string, FilterOverride> { ["hall"] = new() { Deadbands = Bands(("a", Absolute(2)), ("c", Absolute(0))), MaxSilenceSeconds = 60 } },
        Devices = new Dictionary<string, FilterOverride> { ["d1"] = new() { Deadbands = Bands(("a", Percent(2.5))) }, ["d2"] = new() { MaxSilenceSeconds = 0 } },
    };

    private static class Steps
    {
        private static readonly Gen<(string, double)[]> Values =
            from names in Gen.SubListOf("a", "b", "c", "e").Where(names => names.Count > 0)
            from hundredths in Gen.ArrayOf(Gen.Frequency((5, Gen.Choose(1_990, 2_110)), (1, Gen.Choose(-300, 300)), (1, Gen.Constant(0))), 4)
            select names.Select((name, i) => (name, hundredths[i] / 100.0)).ToArray();

        public static Arbitrary<SampleStep> Any() => (
            from device in Gen.Frequency((6, Gen.Elements("d0", "d1", "d2")), (1, Gen.Elements("d3", "d4", "d5")))
            from zone in Gen.Elements(null, "hall", "yard")
            from seconds in Gen.Frequency((4, Gen.Choose(0, 200)), (1, Gen.Choose(0, 10)))
            from values in Values
            select new SampleStep(device, zone, seconds, values)).ToArbitrary();
    }
}

public sealed record SampleStep(string Device, string? Zone, int Seconds, (string Name, double Value)[] Values)
{
    public override string ToString() => $"{Device} {Zone} {Seconds} {string.Join(' ', Values)}";
}
