using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Models;

namespace EdgeModules.Inference.Windows;

/// <summary>Makes the state anew from what a <see cref="RingJournal"/> wrote.</summary>
internal sealed class RingReplay(RingState state)
{
    private float[] _row = [];
    private float[] _normalised = [];
    private float[] _zeros = [];

    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public void Apply(ReadOnlySpan<byte> change)
    {
        var reader = new CompactReader(change);
        var index = 0L;
        if (state.Layout is { } layout) Fit(layout);
        while (!reader.IsAtEnd)
        {
            var head = reader.Read();
            if ((head & 1) == 1) ReadRow(head, ref index, ref reader);
            else ReadOther((RingEvent)(head >> 1), ref index, ref reader);
        }
    }

    private static void Step(ref long index, long zigzag) => index += (long)((ulong)zigzag >> 1) ^ -(zigzag & 1);

    private void ReadRow(long head, ref long index, ref CompactReader reader)
    {
        Step(ref index, (long)((ulong)head >> 3));
        var device = See(index);
        var timestamp = device.Newest + reader.ReadSigned();
        var before = state.LastRow(device, _zeros);
        for (var feature = 0; feature < _row.Length; feature++) _row[feature] = ValueCode.Read(ref reader, before[feature]);
        state.Push(device, timestamp, _row, isHeld: (head & 4) != 0, isDue: (head & 2) != 0);
        device.Order = new EventOrder(timestamp);
    }

    private void ReadOther(RingEvent kind, ref long index, ref CompactReader reader)
    {
        if (kind == RingEvent.Layout)
        {
            var epoch = reader.Read();
            var layout = ReadLayout(ref reader);
            if (epoch != state.Epoch) state.Begin(layout, epoch);
            Fit(layout);
            return;
        }

        Step(ref index, reader.Read());
        switch (kind)
        {
            case RingEvent.Device:
                state.Add(reader.ReadName(), Number(index));
                break;
            case RingEvent.Move:
                See(index).Zone = reader.ReadFlag() ? reader.ReadName() : null;
                break;
            case RingEvent.Seen:
                See(index).Order = new EventOrder(reader.ReadSigned());
                break;
            case RingEvent.Empty:
                state.Empty(See(index));
                break;
            case RingEvent.Scored:
                var scored = state.At(index);
                var timestamp = scored.Newest - reader.ReadSigned();
                var flags = reader.Read();
                RingState.Scored(scored, timestamp, (flags & 1) != 0, (flags & 2) != 0);
                break;
            case RingEvent.Evict:
                state.Evict(state.At(index));
                break;
            case RingEvent.SavedDevice:
                ReadDevice(Number(index), ref reader);
                break;
            default:
                throw new InvalidDataException($"The saved rings have an event of kind {(long)kind}, which there is not.");
        }
    }

    private void ReadDevice(int index, ref CompactReader reader)
    {
        var device = state.Add(reader.ReadName(), index);
        device.Zone = reader.ReadFlag() ? reader.ReadName() : null;
        if (reader.ReadFlag()) device.Order = new EventOrder(reader.ReadSigned());
        device.Newest = reader.ReadSigned();
        var since = reader.ReadCount(int.MaxValue);
        device.HeldRun = reader.ReadCount(int.MaxValue);
        device.OverRun = reader.ReadCount(int.MaxValue);
        device.LastSent = reader.ReadFlag() ? reader.ReadSigned() : null;
        var layout = state.Layout!;
        if (layout.Ewma is not null)
        {
            foreach (ref var number in state.BaselineOf(device)) number = reader.ReadDouble();
        }

        for (var left = reader.ReadCount(layout.Size); left > 0; left--)
        {
            var step = reader.ReadCount(int.MaxValue);
            var before = state.LastRow(device, _zeros);
            for (var feature = 0; feature < _row.Length; feature++) _row[feature] = ValueCode.Read(ref reader, before[feature]);
            for (var feature = 0; layout.Ewma is not null && feature < _row.Length; feature++) _normalised[feature] = reader.ReadSingle();
            state.Restore(device, _row, _normalised, step);
        }

        device.SinceDue = since;
    }

    private static RingLayout ReadLayout(ref CompactReader reader)
    {
        var size = reader.ReadCount(1024);
        var names = new string[reader.ReadCount(64)];
        for (var i = 0; i < names.Length; i++) names[i] = reader.ReadName();
        if (size == 0 || names.Length == 0) throw new InvalidDataException("The saved rings have no rows, or rows without values.");
        if (!reader.ReadFlag()) return new RingLayout(names, size, null);
        var (halfLife, freeze) = (reader.ReadDouble(), reader.ReadCount(int.MaxValue));
        double[]? deviations = null;
        if (reader.ReadFlag())
        {
            deviations = new double[names.Length];
            foreach (ref var deviation in deviations.AsSpan()) deviation = reader.ReadDouble();
        }

        return new RingLayout(
            names, size, new Normalisation { Kind = Normalisation.Ewma, HalfLifeReadings = halfLife, FreezeReadings = freeze, Deviations = deviations });
    }

    /// <summary>The order of the devices by when they were seen is part of the state.</summary>
    private DeviceRing See(long index)
    {
        var device = state.At(index);
        state.TrySee(device.Id, out _);
        return device;
    }

    private int Number(long index) => state.Layout is not null && index is >= 0 and <= 10_000_000
        ? (int)index
        : throw new InvalidDataException($"The saved rings have a device of the number {index}, or none is possible yet.");

    private void Fit(RingLayout layout)
    {
        if (_row.Length == layout.Features) return;
        (_row, _normalised, _zeros) = (new float[layout.Features], new float[layout.Features], new float[layout.Features]);
    }
}
