using EdgeModules.Testing;
using System.Text;
using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting;
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
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);

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

    [Fact]
    public void OnReadings_QuietMessages_AllocatesNothingForAReading()
    {
        const int Rounds = 24;
        var module = new AlertModule();
        var ledger = new Ledger();
        var settings = new AlertSettings();
        var codec = new MessageCodec();
        var bodies = Enumerable.Range(0, Rounds).Select(Body).ToArray();
        for (var round = 0; round < Rounds / 2; round++) Handle(round);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = Rounds / 2; round < Rounds; round++) Handle(round);
        // A result and a context are made for each message.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (Rounds / 2), 0, 1000);

        // More devices than the clock policy asks.
        static byte[] Body(int second) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 5000).Select(i =>
            $$"""{"deviceId":"device-{{i}}","zone":"zone-{{i % 4}}","timestamp":{{EngineRig.T0 + second * 1000}},"temperature":{{20 + (second + i) % 7}},"vibration":{{i % 9}}}"""))}]");

        void Handle(int second)
        {
            var context = new ModuleContext<AlertSettings>(EngineRig.Start.AddSeconds(second), settings, ledger);
            if (module.OnReadings(codec.Decode(bodies[second], module.NamedMetrics(settings)), context).Outputs.Count > 0) throw new InvalidOperationException("The readings are not quiet.");
        }
    }
}
