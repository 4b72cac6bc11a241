using EdgeModules.Hosting.State;

namespace EdgeModules.Inference.Windows;

/// <summary>
/// Writes what happens to the rings as <see cref="RingReplay"/> reads it. A row, by far the most frequent event, is an odd number (the step to its device
/// from that of the event before, and what is special about it), the step in time from the device's row before, and each value's difference from the one
/// before; any other event is an even number and what it needs.
/// </summary>
internal sealed class RingJournal
{
    private readonly CompactWriter _writer = new();
    private int _lastIndex;

    /// <summary>Holds until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> Written => _writer.Written;

    public int Length => _writer.Length;

    public void Begin()
    {
        _writer.Clear();
        _lastIndex = 0;
    }

    public void Row(DeviceRing device, long timestamp, ReadOnlySpan<float> row, ReadOnlySpan<float> before, bool isHeld, bool isDue)
    {
        _writer.Write((StepTo(device) << 3) | (isHeld ? 4L : 0) | (isDue ? 2L : 0) | 1);
        _writer.WriteSigned(timestamp - device.Newest);
        for (var feature = 0; feature < row.Length; feature++) ValueCode.Write(_writer, row[feature], before[feature]);
    }

    /// <summary>Said as often as one likes: an epoch that is known already begins nothing.</summary>
    public void Layout(RingLayout layout, long epoch)
    {
        Start(RingEvent.Layout);
        _writer.Write(epoch);
        _writer.Write((long)layout.Size);
        _writer.Write((long)layout.Features);
        foreach (var name in layout.Names) _writer.Write(name);
        _writer.Write(layout.Ewma is not null);
        if (layout.Ewma is not { } ewma) return;
        _writer.Write(ewma.HalfLifeReadings!.Value);
        _writer.Write((long)ewma.FreezeReadings!.Value);
        _writer.Write(ewma.Deviations is not null);
        foreach (var deviation in ewma.Deviations ?? []) _writer.Write(deviation);
    }

    public void Device(DeviceRing device)
    {
        Start(RingEvent.Device, device);
        _writer.Write(device.Id);
    }

    public void Move(DeviceRing device)
    {
        Start(RingEvent.Move, device);
        WriteOptional(device.Zone);
    }

    /// <summary>A reading that is not in the ring was the device's newest.</summary>
    public void Seen(DeviceRing device, long timestamp)
    {
        Start(RingEvent.Seen, device);
        _writer.WriteSigned(timestamp);
    }

    public void Empty(DeviceRing device) => Start(RingEvent.Empty, device);

    public void Scored(DeviceRing device, long timestamp, bool isOver, bool isSent)
    {
        Start(RingEvent.Scored, device);
        _writer.WriteSigned(device.Newest - timestamp);
        _writer.Write((isOver ? 1L : 0) | (isSent ? 2L : 0));
    }

    public void Evict(DeviceRing device) => Start(RingEvent.Evict, device);

    /// <summary>All of a device: what a snapshot is made of.</summary>
    public void Saved(RingState state, DeviceRing device, Span<float> raw, Span<float> normalised, ReadOnlySpan<float> zeros)
    {
        Start(RingEvent.SavedDevice, device);
        _writer.Write(device.Id);
        WriteOptional(device.Zone);
        _writer.Write(device.Order.Newest is not null);
        if (device.Order.Newest is { } seen) _writer.WriteSigned(seen);
        _writer.WriteSigned(device.Newest);
        _writer.Write((long)device.SinceDue);
        _writer.Write((long)device.HeldRun);
        _writer.Write((long)device.OverRun);
        _writer.Write(device.LastSent is not null);
        if (device.LastSent is { } sent) _writer.WriteSigned(sent);
        var layout = state.Layout!;
        var hasBaseline = layout.Ewma is not null;
        if (hasBaseline)
        {
            foreach (var number in state.BaselineOf(device)) _writer.Write(number);
            state.CopyRows(device, normalised, normalised: true);
        }

        state.CopyRows(device, raw, normalised: false);
        _writer.Write((long)device.Count);
        var before = zeros;
        for (var row = 0; row < device.Count; row++)
        {
            var values = raw.Slice(row * layout.Features, layout.Features);
            _writer.Write((long)state.StepOf(device, row));
            for (var feature = 0; feature < layout.Features; feature++) ValueCode.Write(_writer, values[feature], before[feature]);
            for (var feature = 0; hasBaseline && feature < layout.Features; feature++) _writer.Write(normalised[row * layout.Features + feature]);
            before = values;
        }
    }

    private void Start(RingEvent kind) => _writer.Write((long)kind << 1);

    private void Start(RingEvent kind, DeviceRing device)
    {
        Start(kind);
        _writer.Write(StepTo(device));
    }

    private long StepTo(DeviceRing device)
    {
        var step = (long)device.Index - _lastIndex;
        _lastIndex = device.Index;
        return (step << 1) ^ (step >> 63);
    }

    private void WriteOptional(string? name)
    {
        _writer.Write(name is not null);
        if (name is not null) _writer.Write(name);
    }
}
