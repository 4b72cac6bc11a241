using System.Collections.Frozen;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Peaking;

/// <summary>Takes readings on <c>readings</c>; sends those that are the highest yet of their device to <c>peaks</c>.</summary>
public sealed class PeakModule(Peaks peaks) : EdgeModule<PeakSettings>
{
    private readonly JsonArrayWriter _passed = new();
    private FrozenSet<string> _namedMetrics = FrozenSet<string>.Empty;

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> Outputs => ["peaks", "invalid"];

    public override FrozenSet<string> NamedMetrics(PeakSettings settings) => _namedMetrics;

    public override void OnSettings(ModuleContext<PeakSettings> context) => _namedMetrics = FrozenSet.ToFrozenSet([context.Settings.Metric]);

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<PeakSettings> context)
    {
        _passed.Clear();
        var changes = new List<(string DeviceId, double Highest)>();
        foreach (ref readonly var reading in readings.Readings)
        {
            if (ValueOf(readings.MetricsOf(reading), context.Settings.Metric) is not { } value)
            {
                context.Ledger.Count(Ledger.Suppressed, "otherMetric", 1);
            }
            else if (!peaks.IsPeak(reading.DeviceId, value, context.Settings))
            {
                context.Ledger.Count(Ledger.Suppressed, "belowPeak", 1);
            }
            else
            {
                context.Ledger.Count(Ledger.Forwarded, 1);
                _passed.Add(readings.BytesOf(reading));
                changes.Add((reading.DeviceId, value));
            }
        }

        return new ModuleResult([.. _passed.Finish().Select(ToMessage)], Write(changes));
    }

    public override void ApplyChange(ReadOnlySpan<byte> change)
    {
        using var reader = new BinaryReader(new MemoryStream(change.ToArray()));
        while (reader.BaseStream.Position < reader.BaseStream.Length) peaks.Set(reader.ReadString(), reader.ReadDouble(), int.MaxValue);
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => peaks.All.Chunk(1000).Select(Write);

    public override void Reset() => peaks.Clear();

    private static ReadOnlyMemory<byte> Write(IEnumerable<(string DeviceId, double Highest)> devices)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var (deviceId, highest) in devices)
        {
            writer.Write(deviceId);
            writer.Write(highest);
        }

        return stream.ToArray();
    }

    private static double? ValueOf(ReadOnlySpan<MetricValue> metrics, string name)
    {
        foreach (var metric in metrics)
        {
            if (metric.Name == name) return metric.Value;
        }

        return null;
    }

    private static OutboundMessage ToMessage((ReadOnlyMemory<byte> Body, int Count) array) =>
        new() { Output = "peaks", Body = array.Body, Count = array.Count, MessageType = "reading" };
}
