using EdgeModules.Hosting.State;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>Reads what <see cref="EventJournal"/> and <see cref="StateSnapshot"/> wrote, without settings and without a clock.</summary>
internal static class EventReplay
{
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static void Apply(AggregatorState state, ReadOnlySpan<byte> change)
    {
        var reader = new CompactReader(change);
        var (index, timestamp) = (0, 0L);
        state.Journal.IsMuted = true;
        try
        {
            state.Begin(reader.ReadSigned());
            while (!reader.IsAtEnd)
            {
                var code = reader.Read();
                if ((code & 1) == 0)
                {
                    Apply(state, (StateEvent)(code >> 1), ref reader);
                    continue;
                }

                var step = (long)((ulong)code >> 1);
                index += (int)((long)((ulong)step >> 1) ^ -(step & 1));
                timestamp += reader.ReadSigned();
                state.Refold(ref reader, index, timestamp);
            }
        }
        finally
        {
            state.Journal.IsMuted = false;
        }
    }

    private static void Apply(AggregatorState state, StateEvent kind, ref CompactReader reader)
    {
        switch (kind)
        {
            case StateEvent.Device:
                var id = reader.ReadName();
                state.Place(new Device(id, state.TakeIndex(reader.ReadCount(int.MaxValue)), reader.Read()) { Arrived = state.Now });
                break;
            case StateEvent.CloseZone:
                var zone = state.ZoneOf(reader.ReadName());
                var start = reader.ReadSigned();
                state.CloseZone(zone, Find(zone.Open, start), reader.ReadFlag());
                break;
            case StateEvent.ForgetZone:
                state.ForgetZone(state.ZoneOf(reader.ReadName()), reader.ReadSigned());
                break;
            case StateEvent.Sent:
                state.MarkSent();
                break;
            case StateEvent.Shape:
                var names = new string[reader.ReadCount(MessageLimits.Metrics)];
                for (var i = 0; i < names.Length; i++) names[i] = reader.ReadName();
                state.Shapes.Add(names);
                break;
            case StateEvent.ClearShapes:
                state.Shapes.Clear();
                break;
            case >= StateEvent.SavedTotals and <= StateEvent.SavedZoneWindow:
                StateSnapshot.Read(state, kind, ref reader);
                break;
            default:
                Apply(state, kind, state.At(reader.ReadCount(int.MaxValue)), ref reader);
                break;
        }
    }

    private static void Apply(AggregatorState state, StateEvent kind, Device device, ref CompactReader reader)
    {
        switch (kind)
        {
            case StateEvent.Move:
                var zone = reader.ReadFlag() ? reader.ReadName() : null;
                state.See(device);
                if (device.Zone?.Name != zone) state.Move(device, zone);
                break;
            case StateEvent.Open:
                var (start, end) = ReadSpan(ref reader);
                state.Open(device, start, end, reader.ReadCount(int.MaxValue), reader.ReadFlag());
                break;
            case StateEvent.OpenKept:
                (start, end) = ReadSpan(ref reader);
                state.OpenKept(device, start, end, reader.ReadCount(int.MaxValue), reader.ReadFlag());
                break;
            case StateEvent.Close:
                var window = Find(device.Open, reader.ReadSigned());
                var flags = reader.Read();
                state.Close(device, window, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0 ? ReadSpan(ref reader) : null);
                break;
            case StateEvent.Revise:
                window = Find(device.Kept, reader.ReadSigned());
                (long, long)? span = reader.ReadFlag() ? ReadSpan(ref reader) : null;
                var reading = ReadReading(ref reader);
                if (device.Held.Count == 0) state.See(device);
                state.Revise(device, window, reading.Timestamp, reading.Metrics, span);
                break;
            case StateEvent.Forget:
                state.Forget(device, reader.ReadSigned());
                break;
            case StateEvent.StartAnew:
                state.StartAnew(device);
                break;
            case StateEvent.Hold:
                reading = ReadReading(ref reader);
                state.See(device);
                state.Hold(device, reading.Timestamp, reading.Metrics);
                break;
            case StateEvent.ReleaseHeld:
                state.ReleaseHeld(device);
                break;
            case StateEvent.Behind:
                if (device.Held.Count == 0) state.See(device);
                state.SetBehind(device, reader.ReadCount(int.MaxValue), reader.ReadSigned());
                break;
            case StateEvent.Evict:
                state.Evict(device);
                break;
            default:
                throw new InvalidDataException($"The saved windows have an event of kind {(long)kind}, which there is not.");
        }
    }

    public static HeldReading ReadReading(ref CompactReader reader)
    {
        var timestamp = reader.ReadSigned();
        var metrics = new MetricValue[reader.ReadCount(MessageLimits.Metrics)];
        for (var i = 0; i < metrics.Length; i++) metrics[i] = new MetricValue(reader.ReadName(), reader.ReadDouble());
        return new HeldReading(timestamp, metrics);
    }

    public static (long Start, long End) ReadSpan(ref CompactReader reader)
    {
        var start = reader.ReadSigned();
        return (start, start + reader.Read());
    }

    public static T Find<T>(List<T> windows, long start)
        where T : Window =>
        windows.Find(window => window.Start == start) ?? throw new InvalidDataException($"The saved windows name one that starts at {start}, which there is not.");
}
