using EdgeModules.Hosting.State;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>
/// All that is remembered, and the events that change it. Each event is applied and written to the journal in one call, and read back into the same call, so a
/// restart repeats what was decided and decides nothing.
/// </summary>
internal sealed class AggregatorState
{
    /// <summary>Zones without a device are remembered up to so many zones, so that none of their windows is told twice.</summary>
    private const int MaxEmptyZones = 1_000;

    private readonly DeviceIndex _devices = new();
    private readonly Dictionary<string, Zone> _zones = [];
    private readonly ShapeTable _shapes = new();
    private readonly EventJournal _journal;

    public AggregatorState(CompactWriter writer) => _journal = new EventJournal(writer, _shapes);

    /// <summary>Least recently heard.</summary>
    public Device? Oldest => _devices.Oldest;

    public int DeviceCount => _devices.Count;

    /// <summary>To be read only.</summary>
    public Dictionary<string, Zone> Zones => _zones;

    /// <summary>Closed and not sent yet, in order.</summary>
    public List<DeviceWindow> PendingWindows { get; } = [];

    public List<ZoneWindow> PendingZones { get; } = [];

    /// <summary>Windows that are open or kept.</summary>
    public int WindowCount { get; private set; }

    /// <summary>Readings in windows that were not told yet.</summary>
    public long Unsent { get; private set; }

    public long HeldCount { get; private set; }

    /// <summary>How often a device began anew or was forgotten.</summary>
    public long Generation { get; private set; }

    /// <summary>The <see cref="Generation"/> at which a device was forgotten last; those that come new begin with it. 0 when none was.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The clock at the last call, Unix milliseconds.</summary>
    public long Now { get; private set; }

    public void Begin(long now)
    {
        // A clock that was set back must not make devices look as if they had been heard in the future.
        if (now < Now) for (var device = Oldest; device is not null; device = device.Newer) device.Arrived = Math.Min(device.Arrived, now);
        Now = now;
        _journal.Begin(now);
    }

    public bool TryFind(string deviceId, out Device device) => _devices.TryFind(deviceId, out device);

    public Device At(int index) => _devices.At(index);

    public Device AddDevice(string id, long generation)
    {
        var device = new Device(id, _devices.TakeNumber(_devices.NextNumber()), generation) { Arrived = Now };
        Place(device);
        _journal.Device(device);
        return device;
    }

    /// <summary>Where the journal has it.</summary>
    public void Place(Device device) => _devices.Add(device);

    public void See(Device device)
    {
        device.Arrived = Now;
        _devices.See(device);
    }

    /// <summary>As <see cref="See"/>, of a reading that changes nothing else: that it came must be known after a restart too.</summary>
    public void Hear(Device device)
    {
        See(device);
        // It is where it was.
        _journal.Move(device);
    }

    public void Move(Device device, string? zone)
    {
        Leave(device);
        device.Zone = zone is null ? null : ZoneOf(zone);
        device.Zone?.Devices.Add(device);
        _journal.Move(device);
    }

    public Zone ZoneOf(string name)
    {
        if (!_zones.TryGetValue(name, out var zone)) _zones.Add(name, zone = new Zone(name));
        return zone;
    }

    public DeviceWindow Open(Device device, long start, long end, int sketchError, bool isPartial)
    {
        var window = new DeviceWindow(device.Id, device.Zone?.Name, device.Generation, start, end, new WindowContents(sketchError)) { IsPartial = isPartial };
        Insert(device.Open, window);
        WindowCount++;
        _journal.Open(device, window);
        return window;
    }

    /// <summary>Into an open window that does not have the timestamp.</summary>
    public void Fold(Device device, DeviceWindow window, long timestamp, ReadOnlySpan<MetricValue> metrics)
    {
        _journal.BeginFold(device, timestamp, metrics);
        var contents = window.Contents;
        contents.AddReading(metrics.Length);
        for (var i = 0; i < metrics.Length; i++)
        {
            ref var metric = ref contents.Find(metrics[i].Name, i);
            _journal.Value(ref metric.Code, metrics[i].Value);
            metric.Add(metrics[i].Value, timestamp);
        }

        AfterFold(device, window, timestamp);
    }

    /// <summary>As <see cref="Fold"/>, from the journal.</summary>
    public void Refold(ref CompactReader reader, int index, long timestamp)
    {
        var device = At(index);
        // One that was held came before.
        if (device.Held.Count == 0) See(device);
        var window = device.OpenAt(timestamp) ?? throw new InvalidDataException($"The saved windows have a reading of {device.Id} at {timestamp} and no window for it.");
        var shape = reader.ReadCount(int.MaxValue);
        var names = _shapes.NamesOf(shape);
        (device.Shape, device.ShapeGeneration) = (shape, _shapes.Generation);
        window.Contents.AddReading(names.Length);
        for (var i = 0; i < names.Length; i++)
        {
            ref var metric = ref window.Contents.Find(names[i], i);
            metric.Add(metric.Code.Read(ref reader), timestamp);
        }

        AfterFold(device, window, timestamp);
    }

    /// <param name="zoneSpan">The zone's window that takes it up, made if it is not there; null when none does.</param>
    public void Close(Device device, DeviceWindow window, bool keep, bool isPartial, (long Start, long End)? zoneSpan)
    {
        _journal.Close(device, window, keep, isPartial, zoneSpan);
        device.Open.Remove(window);
        window.IsPartial |= isPartial;
        window.Zone = device.Zone?.Name;
        device.ClosedThrough = Math.Max(device.ClosedThrough, window.End);
        if (keep) Keep(device, window);
        else WindowCount--;
        Pend(window);
        if (zoneSpan is { } span) ZoneContents(device.Zone!, span, device.Id, window.Contents.SketchError).Merge(window.Contents);
    }

    /// <summary>A window of which nothing came in time.</summary>
    public DeviceWindow OpenKept(Device device, long start, long end, int sketchError, bool isPartial)
    {
        var window = new DeviceWindow(device.Id, device.Zone?.Name, device.Generation, start, end, new WindowContents(sketchError)) { IsPartial = isPartial };
        WindowCount++;
        Keep(device, window);
        Pend(window);
        _journal.OpenKept(device, window);
        return window;
    }

    /// <summary>Folds a late reading into a closed window, which is sent again, and into that of the zone when it is there.</summary>
    public void Revise(Device device, DeviceWindow window, long timestamp, ReadOnlySpan<MetricValue> metrics, (long Start, long End)? zoneSpan)
    {
        _journal.Revise(device, window, timestamp, metrics, zoneSpan);
        if (!window.IsPending) window.Revision++;
        Pend(window);
        window.Contents.Add(metrics, timestamp);
        window.Timestamps.Add((int)(timestamp - window.Start));
        Unsent++;
        if (zoneSpan is not { } span) return;
        var zone = ZoneOf(window.Zone!);
        ZoneContents(zone, span, device.Id, window.Contents.SketchError).Add(metrics, timestamp);
        if (zone.Kept.Find(kept => kept.Start == span.Start) is not { } sent) return;
        if (!sent.IsPending) sent.Revision++;
        Pend(sent);
    }

    /// <summary>Forgets closed windows that end at <paramref name="through"/> or before.</summary>
    public void Forget(Device device, long through)
    {
        if (device.Kept.Count == 0 || device.Kept[0].End > through) return;
        _journal.Forget(device, through);
        foreach (var window in device.Kept)
        {
            window.IsKept = window.End > through;
            if (!window.IsKept) device.ForgottenThrough = Math.Max(device.ForgottenThrough, window.End);
        }

        WindowCount -= device.Kept.RemoveAll(window => !window.IsKept);
    }

    /// <summary>The device's clock was set back: it begins anew, all its windows being closed.</summary>
    public void StartAnew(Device device)
    {
        _journal.StartAnew(device);
        device.Generation = ++Generation;
        (device.Newest, device.Behind) = (null, 0);
        device.ClosedThrough = device.ForgottenThrough = long.MinValue;
        foreach (var window in device.Kept) window.IsKept = false;
        WindowCount -= device.Kept.Count;
        device.Kept.Clear();
    }

    public void Hold(Device device, long timestamp, ReadOnlySpan<MetricValue> metrics)
    {
        _journal.Hold(device, timestamp, metrics);
        device.Held.Add(new HeldReading(timestamp, metrics.ToArray()));
        HeldCount++;
    }

    /// <summary>They have been folded, or are dropped.</summary>
    public void ReleaseHeld(Device device)
    {
        if (device.Held.Count == 0) return;
        _journal.ReleaseHeld(device);
        HeldCount -= device.Held.Count;
        device.Held.Clear();
    }

    public void SetBehind(Device device, int behind, long timestamp)
    {
        if (device.Behind == behind && behind == 0) return;
        (device.Behind, device.LastBehind) = (behind, timestamp);
        _journal.Behind(device);
    }

    /// <summary>Forgets a device of which no window is open and no reading held.</summary>
    public void Evict(Device device)
    {
        _journal.Evict(device);
        Forgotten = ++Generation;
        foreach (var window in device.Kept) window.IsKept = false;
        WindowCount -= device.Kept.Count;
        Leave(device);
        _devices.Remove(device);
    }

    public void CloseZone(Zone zone, ZoneWindow window, bool keep)
    {
        _journal.CloseZone(zone, window, keep);
        zone.Open.Remove(window);
        zone.ClosedThrough = Math.Max(zone.ClosedThrough, window.End);
        window.IsKept = keep;
        if (keep) Insert(zone.Kept, window);
        Pend(window);
    }

    public void ForgetZone(Zone zone, long through)
    {
        if (zone.Kept.Count == 0 || zone.Kept[0].End > through) return;
        _journal.ForgetZone(zone, through);
        zone.Kept.RemoveAll(window => !(window.IsKept = window.End > through));
    }

    /// <summary>All that waited is in messages now.</summary>
    public void MarkSent()
    {
        _journal.Sent();
        foreach (var window in PendingWindows)
        {
            Unsent -= window.Contents.Readings - window.Sent;
            (window.Sent, window.IsPending) = (window.Contents.Readings, false);
        }

        foreach (var window in PendingZones) window.IsPending = false;
        PendingWindows.Clear();
        PendingZones.Clear();
    }

    public void Clear()
    {
        _devices.Clear();
        _zones.Clear();
        _shapes.Clear();
        PendingWindows.Clear();
        PendingZones.Clear();
        (WindowCount, Unsent, HeldCount) = (0, 0, 0);
        // Windows that come again must not have the ids of those forgotten.
        Forgotten = ++Generation;
    }

    /// <summary>What the snapshot of the state brings beside its devices and zones.</summary>
    public void RestoreTotals(long generation, long forgotten, long now) => (Generation, Forgotten, Now) = (generation, forgotten, now);

    public void RestoreWindow(Device? device, DeviceWindow window, bool isOpen)
    {
        Unsent += window.Contents.Readings - window.Sent;
        if (window.IsPending) PendingWindows.Add(window);
        if (device is null || !(isOpen || window.IsKept)) return;
        Insert(isOpen ? device.Open : device.Kept, window);
        WindowCount++;
    }

    public void RestoreHeld(Device device, HeldReading reading)
    {
        device.Held.Add(reading);
        HeldCount++;
    }

    public int TakeIndex(int index) => _devices.TakeNumber(index);

    public ShapeTable Shapes => _shapes;

    public EventJournal Journal => _journal;

    private void AfterFold(Device device, DeviceWindow window, long timestamp)
    {
        window.Timestamps.Add((int)(timestamp - window.Start));
        Unsent++;
        if (device.Newest is { } newest && timestamp <= newest) return;
        device.Newest = timestamp;
        if (device.Zone is { } zone && timestamp > zone.Newest) zone.Newest = timestamp;
    }

    private void Leave(Device device)
    {
        if (device.Zone is not { } zone) return;
        zone.Devices.Remove(device);
        if (_zones.Count > MaxEmptyZones && zone is { Devices.Count: 0, Open.Count: 0, Kept.Count: 0 }) _zones.Remove(zone.Name);
    }

    private static void Keep(Device device, DeviceWindow window)
    {
        window.IsKept = true;
        Insert(device.Kept, window);
    }

    private static WindowContents ZoneContents(Zone zone, (long Start, long End) span, string deviceId, int sketchError)
    {
        var window = zone.Open.Find(open => open.Start == span.Start) ?? zone.Kept.Find(kept => kept.Start == span.Start);
        if (window is null) Insert(zone.Open, window = new ZoneWindow(zone.Name, span.Start, span.End));
        if (!window.Devices.TryGetValue(deviceId, out var contents)) window.Devices.Add(deviceId, contents = new WindowContents(sketchError));
        return contents;
    }

    private void Pend(DeviceWindow window)
    {
        if (window.IsPending) return;
        window.IsPending = true;
        PendingWindows.Add(window);
    }

    private void Pend(ZoneWindow window)
    {
        if (window.IsPending) return;
        window.IsPending = true;
        PendingZones.Add(window);
    }

    private static void Insert<T>(List<T> windows, T window)
        where T : Window
    {
        var place = windows.Count;
        while (place > 0 && windows[place - 1].Start > window.Start) place--;
        windows.Insert(place, window);
    }
}
