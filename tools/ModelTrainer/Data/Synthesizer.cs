using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeModules.Sensing;
using EdgeModules.Sensing.Faults;
using EdgeModules.Sensing.Synthetic;

namespace EdgeModules.ModelTrainer.Data;

/// <summary>
/// Writes what the SensorModule's synthetic devices would send as CSV, with a label for each reading that a spike, a drift or a stuck sensor hit.
/// </summary>
internal static class Synthesizer
{
    private const int BatchSize = 1_000;
    private static readonly FaultKind[] Anomalies = [FaultKind.Spike, FaultKind.Drift, FaultKind.Stuck];

    /// <param name="settings">With an epoch and a number of readings.</param>
    /// <returns>Rows written.</returns>
    public static long Write(SyntheticSettings settings, TextWriter csv)
    {
        using var source = new SyntheticSource(settings);
        while (!source.Prepare())
        {
        }

        var start = source.StartAt(settings.Epoch!.Milliseconds, speed: 0);
        source.MoveTo(0, start.Time);
        var buffer = new ReadingBuffer();
        csv.Write($"deviceId,timestamp,zone,{string.Join(',', Signals.Names)},label\n");
        var rows = 0L;
        for (var isMore = true; isMore;)
        {
            while (!buffer.IsFull(BatchSize) && (isMore = source.TryRead(buffer)))
            {
            }

            if (buffer.Count == 0) break;
            var batch = buffer.Take(buffer.NextCount(BatchSize));
            rows += batch.Count;
            WriteRows(batch, csv);
            buffer.Compact();
        }

        return rows;
    }

    private static void WriteRows(Batch batch, TextWriter csv)
    {
        var hit = batch.Faults.Where(fault => Anomalies.Contains(fault.Kind)).Select(fault => (fault.DeviceId, fault.To)).ToHashSet();
        using var readings = JsonDocument.Parse(batch.Body);
        var line = new StringBuilder();
        foreach (var reading in readings.RootElement.EnumerateArray())
        {
            var device = reading.GetProperty("deviceId").GetString()!;
            var time = reading.GetProperty("timestamp").GetInt64();
            line.Clear().Append(CultureInfo.InvariantCulture, $"{device},{time},{reading.GetProperty("zone").GetString()}");
            foreach (var name in Signals.Names) line.Append(',').Append(reading.GetProperty(name).ToString());
            csv.Write(line.Append(hit.Contains((device, time)) ? ",1\n" : ",0\n"));
        }
    }
}
