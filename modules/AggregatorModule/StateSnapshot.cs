using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation;

/// <summary>The whole state in parts, each a change that <see cref="EventReplay"/> takes.</summary>
internal static class StateSnapshot
{
    /// <summary>Each part has at most about this size, unless one window alone is larger.</summary>
    private const int PartBytes = 100_000;

    public static IEnumerable<ReadOnlyMemory<byte>> Write(AggregatorState state)
    {
        var part = new Part(state.Now);
        part.Totals(state);
        foreach (var shape in state.Shapes.All) part.Journal.WriteShape(shape);
        for (var device = state.Oldest; device is not null; device = device.Newer)
        {
            part.Device(device);
            foreach (var (window, isOpen) in device.Open.Select(window => (window, true)).Concat(device.Kept.Select(window => (window, false))))
            {
                part.Window(window, device.Index, isOpen);
                if (part.IsFull(PartBytes)) yield return part.Take(state.Now);
            }
        }

        foreach (var window in state.PendingWindows.Where(window => !window.IsKept))
        {
            part.Window(window, null, isOpen: false);
            if (part.IsFull(PartBytes)) yield return part.Take(state.Now);
        }

        foreach (var zone in state.Zones.Values)
        {
            part.Zone(zone);
            foreach (var window in zone.Open.Concat(zone.Kept))
            {
                part.ZoneWindow(window, zone.Open.Contains(window));
                if (part.IsFull(PartBytes)) yield return part.Take(state.Now);
            }
        }

        foreach (var window in state.PendingZones.Where(window => !window.IsKept))
        {
            part.ZoneWindow(window, isOpen: false);
            if (part.IsFull(PartBytes)) yield return part.Take(state.Now);
        }

        yield return part.Take(state.Now);
    }

    public static void Read(AggregatorState state, StateEvent kind, ref CompactReader reader)
    {
        switch (kind)
        {
            case StateEvent.SavedTotals:
                state.RestoreTotals(reader.Read(), reader.Read(), state.Now);
                break;
            case StateEvent.SavedDevice:
                ReadDevice(state, ref reader);
                break;
            case StateEvent.SavedWindow:
                ReadWindow(state, ref reader);
                break;
            case StateEvent.SavedZone:
                var zone = state.ZoneOf(reader.ReadName());
                (zone.Newest, zone.ClosedThrough) = (reader.ReadSigned(), reader.ReadSigned());
                break;
            case StateEvent.SavedZoneWindow:
                ReadZoneWindow(state, ref reader);
                break;
        }
    }

    private static void ReadDevice(AggregatorState state, ref CompactReader reader)
    {
        var id = reader.ReadName();
        var device = new Device(id, state.TakeIndex(reader.ReadCount(int.MaxValue)), reader.Read());
        var zone = reader.ReadFlag() ? reader.ReadName() : null;
        device.Newest = reader.ReadFlag() ? reader.ReadSigned() : null;
        (device.ClosedThrough, device.ForgottenThrough, device.Arrived) = (reader.ReadSigned(), reader.ReadSigned(), reader.ReadSigned());
        (device.Behind, device.LastBehind) = (reader.ReadCount(int.MaxValue), reader.ReadSigned());
        state.Place(device);
        if (zone is not null) state.Move(device, zone);
        for (var left = reader.Read(); left > 0; left--) state.RestoreHeld(device, EventReplay.ReadReading(ref reader));
    }

    private static void ReadWindow(AggregatorState state, ref CompactReader reader)
    {
        var index = reader.ReadSigned();
        var isOpen = reader.ReadFlag();
        var owner = reader.ReadName();
        var zone = reader.ReadFlag() ? reader.ReadName() : null;
        var generation = reader.Read();
        var (start, end) = EventReplay.ReadSpan(ref reader);
        var (revision, isPartial, isPending, isKept) = (reader.ReadCount(int.MaxValue), reader.ReadFlag(), reader.ReadFlag(), reader.ReadFlag());
        var sent = reader.Read();
        var window = new DeviceWindow(owner, zone, generation, start, end, WindowContents.Read(ref reader))
        {
            Revision = revision, IsPartial = isPartial, IsPending = isPending, IsKept = isKept, Sent = sent,
        };
        window.Timestamps.Read(ref reader);
        state.RestoreWindow(index < 0 ? null : state.At((int)index), window, isOpen);
    }

    private static void ReadZoneWindow(AggregatorState state, ref CompactReader reader)
    {
        var owner = reader.ReadName();
        var isOpen = reader.ReadFlag();
        var (start, end) = EventReplay.ReadSpan(ref reader);
        var (revision, isPartial, isPending, isKept) = (reader.ReadCount(int.MaxValue), reader.ReadFlag(), reader.ReadFlag(), reader.ReadFlag());
        var window = new ZoneWindow(owner, start, end) { Revision = revision, IsPartial = isPartial, IsPending = isPending, IsKept = isKept };
        for (var left = reader.Read(); left > 0; left--) window.Devices.Add(reader.ReadName(), WindowContents.Read(ref reader));
        if (isPending) state.PendingZones.Add(window);
        if (isOpen) state.ZoneOf(owner).Open.Add(window);
        else if (isKept) state.ZoneOf(owner).Kept.Add(window);
    }

    /// <summary>One part while it is written.</summary>
    private sealed class Part
    {
        private readonly CompactWriter _writer = new();

        public Part(long now)
        {
            Journal = new EventJournal(_writer, new ShapeTable());
            Journal.Begin(now);
        }

        public EventJournal Journal { get; }

        public bool IsFull(int bytes) => _writer.Length >= bytes;

        public ReadOnlyMemory<byte> Take(long now)
        {
            ReadOnlyMemory<byte> written = _writer.Written.ToArray();
            Journal.Begin(now);
            return written;
        }

        public void Totals(AggregatorState state)
        {
            Journal.Start(StateEvent.SavedTotals);
            _writer.Write(state.Generation);
            _writer.Write(state.Forgotten);
        }

        public void Device(Device device)
        {
            Journal.Start(StateEvent.SavedDevice);
            _writer.Write(device.Id);
            _writer.Write((long)device.Index);
            _writer.Write(device.Generation);
            Journal.WriteOptional(device.Zone?.Name);
            _writer.Write(device.Newest is not null);
            if (device.Newest is { } newest) _writer.WriteSigned(newest);
            _writer.WriteSigned(device.ClosedThrough);
            _writer.WriteSigned(device.ForgottenThrough);
            _writer.WriteSigned(device.Arrived);
            _writer.Write((long)device.Behind);
            _writer.WriteSigned(device.LastBehind);
            _writer.Write((long)device.Held.Count);
            foreach (var held in device.Held) Journal.WriteReading(held.Timestamp, held.Metrics);
        }

        /// <param name="index">Null when no device knows the window any more.</param>
        public void Window(DeviceWindow window, int? index, bool isOpen)
        {
            Journal.Start(StateEvent.SavedWindow);
            _writer.WriteSigned(index ?? -1);
            _writer.Write(isOpen);
            _writer.Write(window.Owner);
            Journal.WriteOptional(window.Zone);
            _writer.Write(window.Generation);
            Common(window);
            _writer.Write(window.Sent);
            window.Contents.Write(_writer);
            window.Timestamps.Write(_writer);
        }

        public void Zone(Zone zone)
        {
            Journal.Start(StateEvent.SavedZone);
            _writer.Write(zone.Name);
            _writer.WriteSigned(zone.Newest);
            _writer.WriteSigned(zone.ClosedThrough);
        }

        public void ZoneWindow(ZoneWindow window, bool isOpen)
        {
            Journal.Start(StateEvent.SavedZoneWindow);
            _writer.Write(window.Owner);
            _writer.Write(isOpen);
            Common(window);
            _writer.Write((long)window.Devices.Count);
            foreach (var (device, contents) in window.Devices)
            {
                _writer.Write(device);
                contents.Write(_writer);
            }
        }

        private void Common(Window window)
        {
            _writer.WriteSigned(window.Start);
            _writer.Write(window.End - window.Start);
            _writer.Write((long)window.Revision);
            _writer.Write(window.IsPartial);
            _writer.Write(window.IsPending);
            _writer.Write(window.IsKept);
        }
    }
}
