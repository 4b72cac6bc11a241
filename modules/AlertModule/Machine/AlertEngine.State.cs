using EdgeModules.Alerting.State;
using EdgeModules.Messages;

namespace EdgeModules.Alerting.Machine;

/// <summary>Saved state: the events of calls, and the whole as such events.</summary>
internal sealed partial class AlertEngine
{
    /// <summary>Each part of a snapshot has at most about this size.</summary>
    private const int SnapshotPartBytes = 100_000;

    // Devices by the numbers that saved records have for them; only while these are read.
    private Dictionary<int, DeviceWatch>? _byNumber;

    /// <summary>Repeats what a call did.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public void Apply(ReadOnlySpan<byte> change)
    {
        _activeCount = null;
        _byNumber ??= _devices.OldestFirst.ToDictionary(pair => pair.Value.Number, pair => pair.Value);
        var reader = new AlertRecordReader(change);
        var now = 0L;
        while (!reader.IsAtEnd)
        {
            switch (reader.Kind())
            {
                case EntryKind.Clock:
                    now = reader.Number();
                    break;
                case EntryKind.Metric:
                    // The numbers of a record are those of their own process: they come in order, before any other.
                    if (reader.Count() != NumberOf(reader.Text())) throw new InvalidDataException("The saved alarms number their metrics otherwise.");
                    _writtenMetrics = _metrics.Count;
                    break;
                case EntryKind.Device:
                    ApplyDevice(reader.Count(), reader.Text(), reader.OptionalText());
                    break;
                case EntryKind.Reading:
                    ApplyReading(ref reader, now);
                    break;
                case EntryKind.Arrival:
                    Seen(reader.Count(), now);
                    break;
                case EntryKind.Late:
                    Seen(reader.Count(), now).Order.See(reader.Timestamp());
                    break;
                case EntryKind.DeviceGone:
                    Forget(reader.Text());
                    break;
                case EntryKind.Alarm:
                    var (rule, subject, isZone) = reader.Key();
                    Obtain(rule, subject, isZone).Memory = reader.Memory();
                    break;
                case EntryKind.AlarmGone:
                    _alarms.Remove(reader.Key());
                    break;
                case EntryKind.Silence:
                    Apply(new Silence(reader.OptionalText(), reader.OptionalText(), reader.Number()), now);
                    break;
                default:
                    throw new InvalidDataException("The saved alarms have an entry of an unknown kind.");
            }
        }
    }

    /// <summary>All state is there: from now on calls come. The first time, silences begin to count.</summary>
    public void Restored(DateTimeOffset now)
    {
        _byNumber = null;
        _now = long.MaxValue;
        SetClock(now);
    }

    /// <summary>The whole state in parts, least recently heard devices first.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> WriteAll()
    {
        var part = new AlertRecord();
        foreach (var (name, number) in _metrics) part.Metric(number, name);
        foreach (var (_, device) in _devices.OldestFirst)
        {
            part.Clock(device.Arrival);
            part.Device(device);
            Write(device, part);
            if (part.Written.Length < SnapshotPartBytes) continue;
            yield return part.Written;
            part = new AlertRecord();
        }

        foreach (var alarm in _alarms.Values)
        {
            part.Alarm(alarm);
            if (part.Written.Length < SnapshotPartBytes) continue;
            yield return part.Written;
            part = new AlertRecord();
        }

        foreach (var silence in _silences) part.Silence(silence);
        if (part.Written.Length > 0) yield return part.Written;
    }

    /// <summary>Another engine in the same state, to try things on.</summary>
    public AlertEngine Copy()
    {
        var copy = new AlertEngine { _started = _started };
        foreach (var part in WriteAll()) copy.Apply(part.Span);
        copy._byNumber = null;
        return copy;
    }

    public void Clear()
    {
        _devices.Clear();
        _zones.Clear();
        _alarms.Clear();
        _silences.Clear();
        _metrics.Clear();
        (_byNumber, _activeCount, _writtenMetrics, _nextNumber, _hasRules) = (null, null, 0, 0, false);
    }

    private static void Write(DeviceWatch device, AlertRecord part)
    {
        if (device.Order.Newest is not { } newest)
        {
            part.Arrival(device.Number);
            return;
        }

        // Values may be of different readings; the device's newest comes last.
        for (var metric = 0; metric < device.ValueCount; metric++)
        {
            var (value, stamp) = device.ValueOf(metric);
            if (stamp == long.MinValue) continue;
            part.Reading(device.Number, stamp, 1);
            part.Value(metric, value);
        }

        part.Reading(device.Number, newest, 0);
        for (var left = device.Order.Behind; left > 0; left--) part.Late(device.Number, device.Order.LastBehind + 1 - left);
    }

    private void ApplyDevice(int number, string id, string? zone)
    {
        if (_devices.TrySee(id, out var device) && device.Number != number)
        {
            Forget(id);
            device = null;
        }

        if (device is null) _devices.Add(id, device = new DeviceWatch(number, id), int.MaxValue);
        else LeaveZone(device);
        if (zone is not null) EnterZone(device, zone);
        device.ResolvedFor = null;
        _byNumber![number] = device;
        _nextNumber = Math.Max(_nextNumber, number + 1);
    }

    private void ApplyReading(ref AlertRecordReader reader, long now)
    {
        var device = Seen(reader.Count(), now);
        var timestamp = reader.Timestamp();
        device.Order = new EventOrder(timestamp);
        for (var left = reader.Count(); left > 0; left--) device.SetValue(reader.Count(), reader.Value(), timestamp);
        device.Zone?.Forget();
    }

    private DeviceWatch Seen(int number, long now)
    {
        var device = _byNumber!.GetValueOrDefault(number) ?? throw new InvalidDataException($"The saved alarms have no device {number}.");
        _devices.TrySee(device.Id, out _);
        device.Arrival = now;
        return device;
    }

    private void Forget(string deviceId)
    {
        if (!_devices.TryPeek(deviceId, out var device)) return;
        LeaveZone(device);
        _byNumber!.Remove(device.Number);
        _devices.Remove(deviceId);
    }
}
