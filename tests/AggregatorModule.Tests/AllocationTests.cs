using EdgeModules.Messages;
using EdgeModules.Testing;

namespace EdgeModules.Aggregation.Tests;

public sealed class AllocationTests
{
    /// <summary>The first readings of a window make its memory; those after them find it.</summary>
    [Fact]
    public void Add_ReadingsOfOpenWindowsOfManyDevices_AllocatesNothing()
    {
        var windows = new WindowAggregator();
        var statistics = new StatisticsSettings { Stddev = true, P95 = true };
        var settings = new AggregatorSettings { WindowSeconds = 3_600, ZoneWindowSeconds = 3_600, Statistics = statistics };
        var devices = Enumerable.Range(0, 500).Select(i => $"device-{i}").ToArray();
        MetricValue[] metrics = [new("temperature", 20), new("humidity", 50), new("vibration", 10), new("pressure", 1000)];
        var second = 0;
        for (; second < 520; second++) Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; second < 540; second++) Round();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);

        void Round()
        {
            var tally = new AggregatorTally();
            windows.Begin(DateTimeOffset.UnixEpoch.AddSeconds(second));
            for (var i = 0; i < devices.Length; i++)
            {
                for (var metric = 0; metric < metrics.Length; metric++) metrics[metric] = metrics[metric] with { Value = 20 + metric + (second + i) % 7 / 4.0 };
                windows.Add(new Reading(devices[i], i % 2 == 0 ? "hall" : "yard", second * 1000, 0, 4, 0, 0), metrics, settings, ref tally);
            }

            windows.CloseIdle(settings, ref tally);
            windows.CloseZones(settings, ref tally);
            // An assertion would allocate.
            if (tally.Folded != devices.Length) throw new InvalidOperationException("Not all readings are folded.");
        }
    }
}
