using EdgeModules.Messages;
using EdgeModules.Models;

namespace EdgeModules.Inference.Tests;

internal sealed record PlainReading(string Device, long Timestamp, float? Temperature, float? Humidity);

/// <summary>
/// What the module must do, written as plainly as can be: lists that grow, a window cut out of them at each reading, no batches, no memory limits.
/// </summary>
internal sealed class PlainInference(InferenceSettings settings, ModelManifest manifest)
{
    private readonly Dictionary<string, Device> _devices = [];
    private readonly EwmaBaseline? _baseline = manifest.Normalisation.Kind == Normalisation.Ewma ? new EwmaBaseline(manifest.Normalisation, 2) : null;

    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Device, timestamp, window start, run over the limit, score.</summary>
    public List<string> Scores { get; } = [];

    private sealed class Device(int states)
    {
        public EventOrder Order;

        public List<(long Timestamp, float[] Raw, float[] Normalised)> Rows { get; } = [];

        public double[] State { get; } = new double[states];

        public int SinceDue { get; set; }

        public int HeldRun { get; set; }

        public int OverRun { get; set; }

        public long? LastSent { get; set; }
    }

    /// <summary>A new process knows the newest timestamps, not how readings behind them stood.</summary>
    public void Restarted()
    {
        foreach (var device in _devices.Values)
        {
            if (device.Order.Newest is { } newest) device.Order = new EventOrder(newest);
        }
    }

    public void Take(IEnumerable<PlainReading> readings)
    {
        foreach (var reading in readings)
        {
            Count("received");
            Count(Take(reading));
        }
    }

    private string Take(PlainReading reading)
    {
        if (!_devices.TryGetValue(reading.Device, out var device)) _devices[reading.Device] = device = new Device(_baseline?.StateLength ?? 0);
        switch (device.Order.See(reading.Timestamp))
        {
            case ReadingOrder.Duplicate:
                return "duplicate";
            case ReadingOrder.Late:
                return "late";
            case ReadingOrder.ClockReset:
                Empty(device, "clockReset");
                break;
        }

        float?[] values = [reading.Temperature, reading.Humidity];
        var isWhole = values.All(value => value is >= -1000 and <= 1000);
        if (!isWhole)
        {
            var canHold = settings.Missing == MissingPolicy.Hold && device.Rows.Count > 0 && device.HeldRun < settings.HoldReadings
                && values.Any(value => value is >= -1000 and <= 1000);
            if (!canHold)
            {
                if (settings.Missing != MissingPolicy.Skip) Empty(device, "missingFeature");
                return "dropped/missingFeature";
            }

            for (var i = 0; i < 2; i++) values[i] = values[i] is >= -1000 and <= 1000 ? values[i] : device.Rows[^1].Raw[i];
            Count("heldValues");
        }

        if (device.Rows.Count > 0 && settings.LongestGap(manifest.Window.SamplePeriodMs) is { } longest
            && reading.Timestamp - device.Rows[^1].Timestamp > longest)
        {
            Count("gaps");
            if (settings.Gaps == GapPolicy.Reset) Empty(device, "gap");
        }

        return Enter(device, reading, [values[0]!.Value, values[1]!.Value], isHeld: !isWhole);
    }

    private string Enter(Device device, PlainReading reading, float[] raw, bool isHeld)
    {
        var normalised = new float[2];
        if (_baseline is null) manifest.Normalisation.Apply(raw, normalised, 2);
        else _baseline.Apply(device.State, raw, normalised, device.OverRun > 0);
        device.Rows.Add((reading.Timestamp, raw, normalised));
        device.HeldRun = isHeld ? device.HeldRun + 1 : 0;
        var size = manifest.Window.Size;
        if (device.Rows.Count < size) return "warming";
        device.SinceDue = device.Rows.Count == size ? 0 : device.SinceDue + 1;
        if (device.SinceDue % settings.Stride != 0) return "suppressed/stride";
        var window = device.Rows.TakeLast(size).ToList();
        var score = FakeModel.ScoreOf(window.SelectMany(row => row.Normalised).ToArray());
        var isOver = score > manifest.Limit;
        if (isOver) Count("overLimit");
        var isTime = settings.ScoreIntervalSeconds > 0
            && (device.LastSent is not { } last || reading.Timestamp < last || reading.Timestamp >= last + settings.ScoreIntervalSeconds * 1000L);
        var isSent = isOver || device.OverRun > 0 || isTime;
        device.OverRun = isOver ? device.OverRun + 1 : 0;
        if (!isSent) return "scored";
        device.LastSent = reading.Timestamp;
        Scores.Add($"{reading.Device} {reading.Timestamp} {window[0].Timestamp} {device.OverRun} {score:R}");
        return "scored";
    }

    private void Empty(Device device, string cause)
    {
        if (device.Rows.Count > 0) Count($"ringsEmptied/{cause}");
        device.Rows.Clear();
        (device.SinceDue, device.HeldRun) = (0, 0);
    }

    private void Count(string counter) => Counts[counter] = Counts.GetValueOrDefault(counter) + 1;
}
