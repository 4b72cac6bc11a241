using EdgeModules.Inference.Windows;
using EdgeModules.Messages;
using EdgeModules.Testing;

namespace EdgeModules.Inference.Tests;

public sealed class AllocationTests
{
    /// <summary>From the reading to the score, with the real runtime: what is sent allocates, and what is not sent does not.</summary>
    [Fact]
    public void AddAndScore_FullRingsOfManyDevices_AllocateNothing()
    {
        var manifest = TinyModel.Manifest(size: 60);
        var settings = new InferenceSettings();
        using var model = new OnnxModelLoader().Load(TinyModel.Bytes(manifest, size: 60), "00", null);
        var (rings, batch) = (new Rings(), new WindowBatch(model));
        rings.Fit(manifest);
        var devices = Enumerable.Range(0, 100).Select(i => $"device-{i}").ToArray();
        MetricValue[] metrics = [new("humidity", 50), new("temperature", 20)];
        var second = 0;
        for (; second < 150; second++) Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; second < 200; second++) Round();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.Noise);

        void Round()
        {
            var tally = new RingTally();
            rings.Begin(settings, ref tally);
            for (var i = 0; i < devices.Length; i++)
            {
                metrics[0] = metrics[0] with { Value = 50 + (second + i) % 7 / 4.0 };
                if (rings.Add(new Reading(devices[i], null, second * 1000, 0, 2, 0, 0), metrics, settings, ref tally, out var device) != RingEntry.Due)
                    continue;
                batch.Add(device, rings, keepsRaw: true);
                if (batch.IsFull) Score();
            }

            Score();
        }

        void Score()
        {
            batch.Run();
            for (var i = 0; i < batch.Count; i++)
            {
                if (!(batch.ScoreOf(i) > 0)) throw new InvalidOperationException("A score is wrong.");
                rings.Scored(batch[i].Device, batch[i].Timestamp, isOver: true, isSent: true);
            }

            batch.Clear();
        }
    }
}
