using System.Diagnostics.CodeAnalysis;
using EdgeModules.Messages;
using EdgeModules.Models;

namespace EdgeModules.Inference.Windows;

/// <summary>The rings of all devices and the steps that change them; the same steps make the state anew from the journal. Decides nothing.</summary>
internal sealed class RingState
{
    private readonly DeviceTable<DeviceRing> _devices = new();
    private readonly List<DeviceRing?> _byIndex = [];
    private readonly Stack<int> _free = new();
    private RingBank? _bank;
    private EwmaBaseline? _baseline;

    /// <summary>Null before the first model.</summary>
    public RingLayout? Layout { get; private set; }

    public int Devices => _devices.Count;

    /// <summary>Readings in all rings.</summary>
    public long Rows { get; private set; }

    /// <summary>Readings in the fullest ring that there has been since the beginning.</summary>
    public int Fullest { get; private set; }

    /// <summary>Least recently seen first.</summary>
    public IEnumerable<DeviceRing> OldestFirst => _devices.OldestFirst.Select(entry => entry.Value);

    /// <summary>The one unseen for longest.</summary>
    public DeviceRing Oldest => OldestFirst.First();

    /// <summary>Grows with each beginning.</summary>
    public long Epoch { get; private set; }

    /// <summary>Begins anew without devices.</summary>
    public void Begin(RingLayout layout, long epoch)
    {
        _devices.Clear();
        _byIndex.Clear();
        _free.Clear();
        (Layout, Epoch, Rows, Fullest) = (layout, epoch, 0, 0);
        _baseline = layout.Ewma is { } ewma ? new EwmaBaseline(ewma, layout.Features) : null;
        _bank = new RingBank(layout, _baseline?.StateLength ?? 0);
    }

    public bool TrySee(string deviceId, [NotNullWhen(true)] out DeviceRing? device) => _devices.TrySee(deviceId, out device);

    public bool TryPeek(string deviceId, [NotNullWhen(true)] out DeviceRing? device) => _devices.TryPeek(deviceId, out device);

    /// <exception cref="InvalidDataException">There is none of that number.</exception>
    public DeviceRing At(long index) => index >= 0 && index < _byIndex.Count && _byIndex[(int)index] is { } device
        ? device
        : throw new InvalidDataException($"The saved rings name device {index}, which there is not.");

    /// <summary>The number that the next device gets.</summary>
    public int FreeIndex => _free.TryPeek(out var index) ? index : _byIndex.Count;

    /// <summary>After a replay: the numbers that no device has.</summary>
    public void FindFree()
    {
        _free.Clear();
        for (var index = _byIndex.Count - 1; index >= 0; index--)
        {
            if (_byIndex[index] is null) _free.Push(index);
        }
    }

    /// <summary>Adds a device as the one seen last.</summary>
    public DeviceRing Add(string deviceId, int index)
    {
        if (_free.TryPeek(out var free) && free == index) _free.Pop();
        while (_byIndex.Count <= index) _byIndex.Add(null);
        var device = new DeviceRing(deviceId, index);
        _byIndex[index] = device;
        _devices.Add(deviceId, device, int.MaxValue);
        _bank!.Allot(index);
        return device;
    }

    public void Evict(DeviceRing device)
    {
        Empty(device);
        _devices.Remove(device.Id);
        _byIndex[device.Index] = null;
        _free.Push(device.Index);
    }

    /// <summary>The ring starts anew; the baseline stays, being about the device and not about the window.</summary>
    public void Empty(DeviceRing device)
    {
        Rows -= device.Count;
        (device.Count, device.Next, device.Span, device.SinceDue, device.HeldRun) = (0, 0, 0, 0, 0);
    }

    /// <summary>Puts a row in.</summary>
    public void Push(DeviceRing device, long timestamp, ReadOnlySpan<float> row, bool isHeld, bool isDue)
    {
        var (size, features, place) = (Layout!.Size, Layout.Features, device.Next);
        var steps = _bank!.StepsOf(device.Index);
        var step = device.Count == 0 ? 0 : (int)Math.Min(timestamp - device.Newest, int.MaxValue);
        if (device.Count == size)
        {
            // The oldest row goes, and with it the time to the one behind it.
            device.Span -= size == 1 ? 0 : steps[(place + 1) % size];
        }
        else
        {
            device.Count++;
            Rows++;
            Fullest = Math.Max(Fullest, device.Count);
        }

        row.CopyTo(_bank.RawOf(device.Index)[(place * features)..]);
        _baseline?.Apply(_bank.BaselineOf(device.Index), row, _bank.NormalisedOf(device.Index).Slice(place * features, features), device.IsOver);
        steps[place] = step;
        device.Span = size == 1 ? 0 : device.Span + step;
        device.Next = (place + 1) % size;
        device.Newest = timestamp;
        device.HeldRun = isHeld ? device.HeldRun + 1 : 0;
        device.SinceDue = isDue ? 0 : device.SinceDue + 1;
    }

    public static void Scored(DeviceRing device, long timestamp, bool isOver, bool isSent)
    {
        device.OverRun = isOver ? device.OverRun + 1 : 0;
        if (isSent) device.LastSent = timestamp;
    }

    /// <summary>The newest row as it came; zeros without one.</summary>
    public ReadOnlySpan<float> LastRow(DeviceRing device, ReadOnlySpan<float> zeros)
    {
        var layout = Layout!;
        return device.Count == 0 ? zeros : _bank!.RawOf(device.Index).Slice((device.Next + layout.Size - 1) % layout.Size * layout.Features, layout.Features);
    }

    /// <summary>The rows, oldest first.</summary>
    /// <param name="normalised">By the device's baseline as each came, instead of as measured.</param>
    public void CopyRows(DeviceRing device, Span<float> rows, bool normalised)
    {
        var features = Layout!.Features;
        var values = normalised ? _bank!.NormalisedOf(device.Index) : _bank!.RawOf(device.Index);
        // A ring that is not full yet starts at its first place.
        var oldest = device.Count == Layout.Size ? device.Next * features : 0;
        var length = device.Count * features;
        values[oldest..length].CopyTo(rows);
        values[..oldest].CopyTo(rows[(length - oldest)..]);
    }

    /// <summary>The step to the row that is so many behind the oldest one.</summary>
    public int StepOf(DeviceRing device, int number) =>
        _bank!.StepsOf(device.Index)[((device.Count == Layout!.Size ? device.Next : 0) + number) % Layout.Size];

    public Span<double> BaselineOf(DeviceRing device) => _bank!.BaselineOf(device.Index);

    /// <summary>Puts a saved row in as it was, the baseline being saved on its own.</summary>
    public void Restore(DeviceRing device, ReadOnlySpan<float> raw, ReadOnlySpan<float> normalised, int step)
    {
        var (features, place) = (Layout!.Features, device.Next);
        raw.CopyTo(_bank!.RawOf(device.Index)[(place * features)..]);
        if (_baseline is not null) normalised.CopyTo(_bank.NormalisedOf(device.Index)[(place * features)..]);
        _bank.StepsOf(device.Index)[place] = step;
        if (device.Count > 0) device.Span += step;
        device.Count++;
        Rows++;
        Fullest = Math.Max(Fullest, device.Count);
        device.Next = (place + 1) % Layout.Size;
    }
}
