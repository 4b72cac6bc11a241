using EdgeModules.Alerting.Machine;
using EdgeModules.Messages;

namespace EdgeModules.Alerting.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void OnReading_QuietReadingsOfManyDevices_AllocatesNothing()
    {
        var engine = new AlertEngine();
        var settings = new AlertSettings();
        var devices = Enumerable.Range(0, 500).Select(i => $"device-{i}").ToArray();
        MetricValue[] metrics = [new("temperature", 20), new("humidity", 50), new("vibration", 10), new("pressure", 1000)];
        for (var round = 0; round < 130; round++) Round(round);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 130; round < 150; round++) Round(round);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round(int second)
        {
            engine.Begin(EngineRig.Start.AddSeconds(second), settings);
            for (var i = 0; i < devices.Length; i++)
            {
                metrics[0] = metrics[0] with { Value = 20 + (second + i) % 7 };
                engine.OnReading(new Reading(devices[i], i % 2 == 0 ? "hall" : "yard", EngineRig.T0 + second * 1000, 0, 4, 0, 0), metrics, default);
            }

            // An assertion would allocate.
            if (engine.Events.Count > 0) throw new InvalidOperationException("The readings are not quiet.");
        }
    }
}
