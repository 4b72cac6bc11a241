using EdgeModules.Hosting.State;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>What happens to the state; the numbers are those of the journal.</summary>
internal enum StateEvent
{
    Device = 1,
    Move = 2,
    Open = 3,
    Close = 4,
    OpenKept = 5,
    Revise = 6,
    Forget = 7,
    StartAnew = 8,
    Hold = 9,
    ReleaseHeld = 10,
    Behind = 11,
    Evict = 12,
    CloseZone = 13,
    ForgetZone = 14,
    Sent = 15,
    Shape = 16,
    ClearShapes = 17,
    SavedTotals = 18,
    SavedDevice = 19,
    SavedWindow = 20,
    SavedZone = 21,
    SavedZoneWindow = 22,
}

/// <summary>
/// Writes events as <see cref="EventReplay"/> reads them. A reading, by far the most frequent one, is an odd number (the step to its device from that of the
/// reading before), the step in time, the number of its set of metrics, and the values; any other event is an even number and what it needs.
/// </summary>
internal sealed class EventJournal(CompactWriter writer, ShapeTable shapes)
{
    private int _lastIndex;
    private long _lastTimestamp;

    /// <summary>While events are read back.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Events were written since the last <see cref="Begin"/>.</summary>
    public bool HasEvents { get; private set; }

    public void Begin(long now)
    {
        (_lastIndex, _lastTimestamp, HasEvents) = (0, 0, false);
        if (IsMuted) return;
        writer.Clear();
        writer.WriteSigned(now);
    }

    public void Device(Device device)
    {
        if (!Start(StateEvent.Device)) return;
        writer.Write(device.Id);
        writer.Write((long)device.Index);
        writer.Write(device.Generation);
    }

    public void Move(Device device)
    {
        if (Start(StateEvent.Move, device)) WriteOptional(device.Zone?.Name);
    }

    public void Open(Device device, DeviceWindow window)
    {
        if (Start(StateEvent.Open, device)) WriteWindow(window);
    }

    public void OpenKept(Device device, DeviceWindow window)
    {
        if (Start(StateEvent.OpenKept, device)) WriteWindow(window);
    }

    public void BeginFold(Device device, long timestamp, ReadOnlySpan<MetricValue> metrics)
    {
        if (IsMuted) return;
        var shape = ShapeOf(device, metrics);
        var step = (long)device.Index - _lastIndex;
        writer.Write((((step << 1) ^ (step >> 63)) << 1) | 1);
        writer.WriteSigned(timestamp - _lastTimestamp);
        writer.Write((long)shape);
        (_lastIndex, _lastTimestamp, HasEvents) = (device.Index, timestamp, true);
    }

    public void Value(ref DecimalCode code, double value)
    {
        // In a replay the code has read the value already.
        if (!IsMuted) code.Write(value, writer);
    }

    public void Close(Device device, DeviceWindow window, bool keep, bool isPartial, (long Start, long End)? zoneSpan)
    {
        if (!Start(StateEvent.Close, device)) return;
        writer.WriteSigned(window.Start);
        writer.Write((keep ? 1L : 0) | (isPartial ? 2L : 0) | (zoneSpan is null ? 0 : 4L));
        WriteSpan(zoneSpan);
    }

    public void Revise(Device device, DeviceWindow window, long timestamp, ReadOnlySpan<MetricValue> metrics, (long Start, long End)? zoneSpan)
    {
        if (!Start(StateEvent.Revise, device)) return;
        writer.WriteSigned(window.Start);
        writer.Write(zoneSpan is not null);
        WriteSpan(zoneSpan);
        WriteReading(timestamp, metrics);
    }

    public void Forget(Device device, long through)
    {
        if (Start(StateEvent.Forget, device)) writer.WriteSigned(through);
    }

    public void StartAnew(Device device) => Start(StateEvent.StartAnew, device);

    public void Hold(Device device, long timestamp, ReadOnlySpan<MetricValue> metrics)
    {
        if (Start(StateEvent.Hold, device)) WriteReading(timestamp, metrics);
    }

    public void ReleaseHeld(Device device) => Start(StateEvent.ReleaseHeld, device);

    public void Behind(Device device)
    {
        if (!Start(StateEvent.Behind, device)) return;
        writer.Write((long)device.Behind);
        writer.WriteSigned(device.LastBehind);
    }

    public void Evict(Device device) => Start(StateEvent.Evict, device);

    public void CloseZone(Zone zone, ZoneWindow window, bool keep)
    {
        if (!Start(StateEvent.CloseZone)) return;
        writer.Write(zone.Name);
        writer.WriteSigned(window.Start);
        writer.Write(keep);
    }

    public void ForgetZone(Zone zone, long through)
    {
        if (!Start(StateEvent.ForgetZone)) return;
        writer.Write(zone.Name);
        writer.WriteSigned(through);
    }

    public void Sent() => Start(StateEvent.Sent);

    public void WriteOptional(string? name)
    {
        writer.Write(name is not null);
        if (name is not null) writer.Write(name);
    }

    public void WriteReading(long timestamp, ReadOnlySpan<MetricValue> metrics)
    {
        writer.WriteSigned(timestamp);
        writer.Write((long)metrics.Length);
        foreach (ref readonly var metric in metrics)
        {
            writer.Write(metric.Name);
            writer.Write(metric.Value);
        }
    }

    /// <returns>False when nothing is to be written.</returns>
    public bool Start(StateEvent kind)
    {
        if (IsMuted) return false;
        writer.Write((long)kind << 1);
        return HasEvents = true;
    }

    private bool Start(StateEvent kind, Device device)
    {
        if (!Start(kind)) return false;
        writer.Write((long)device.Index);
        return true;
    }

    private void WriteWindow(DeviceWindow window)
    {
        writer.WriteSigned(window.Start);
        writer.Write(window.End - window.Start);
        writer.Write((long)window.Contents.SketchError);
        writer.Write(window.IsPartial);
    }

    private void WriteSpan((long Start, long End)? span)
    {
        if (span is not { } zone) return;
        writer.WriteSigned(zone.Start);
        writer.Write(zone.End - zone.Start);
    }

    private int ShapeOf(Device device, ReadOnlySpan<MetricValue> metrics)
    {
        if (device.ShapeGeneration == shapes.Generation && shapes.Has(device.Shape, metrics)) return device.Shape;
        var shape = shapes.Find(metrics);
        if (shape < 0)
        {
            if (shapes.IsFull)
            {
                Start(StateEvent.ClearShapes);
                shapes.Clear();
            }

            var names = new string[metrics.Length];
            for (var i = 0; i < names.Length; i++) names[i] = metrics[i].Name;
            shape = shapes.Add(names);
            WriteShape(names);
        }

        (device.Shape, device.ShapeGeneration) = (shape, shapes.Generation);
        return shape;
    }

    public void WriteShape(string[] names)
    {
        Start(StateEvent.Shape);
        writer.Write((long)names.Length);
        foreach (var name in names) writer.Write(name);
    }
}
