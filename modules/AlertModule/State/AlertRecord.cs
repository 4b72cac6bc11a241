using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting.State;

namespace EdgeModules.Alerting.State;

/// <summary>The kinds of entries in saved state; the numbers are on disks.</summary>
internal enum EntryKind : byte
{
    /// <summary>The clock of the call: everything behind it arrived then.</summary>
    Clock = 1,

    /// <summary>Number and name of a zone metric.</summary>
    Metric = 2,

    /// <summary>Number, id and zone of a device.</summary>
    Device = 3,

    /// <summary>A reading: device, time, latest values of zone metrics.</summary>
    Reading = 4,

    /// <summary>An alarm, whole.</summary>
    Alarm = 5,

    AlarmGone = 6,
    Silence = 7,

    /// <summary>Something of the device arrived that is no reading.</summary>
    Arrival = 8,

    DeviceGone = 9,

    /// <summary>A late reading: device, time. Several behind by a minute start the device anew.</summary>
    Late = 10,
}

/// <summary>Writes what a call changed: events that are applied without settings or clock.</summary>
internal sealed class AlertRecord
{
    private readonly CompactWriter _bytes = new();
    private long _lastTimestamp;

    public ReadOnlyMemory<byte> Written => _bytes.Written;

    public void Clear()
    {
        _bytes.Clear();
        _lastTimestamp = 0;
    }

    public void Clock(long now)
    {
        Kind(EntryKind.Clock);
        Number(now);
    }

    public void Metric(int number, string name)
    {
        Kind(EntryKind.Metric);
        Number(number);
        Text(name);
    }

    public void Device(DeviceWatch device)
    {
        Kind(EntryKind.Device);
        Number(device.Number);
        Text(device.Id);
        Text(device.ZoneName ?? "");
    }

    /// <summary>To be followed by as many <see cref="Value"/> as it has.</summary>
    public void Reading(int device, long timestamp, int values)
    {
        Kind(EntryKind.Reading);
        Number(device);
        Number(timestamp - _lastTimestamp);
        Number(values);
        _lastTimestamp = timestamp;
    }

    public void Value(int metric, double value)
    {
        Number(metric);
        _bytes.Write(value);
    }

    public void Arrival(int device)
    {
        Kind(EntryKind.Arrival);
        Number(device);
    }

    public void Late(int device, long timestamp)
    {
        Kind(EntryKind.Late);
        Number(device);
        Number(timestamp - _lastTimestamp);
        _lastTimestamp = timestamp;
    }

    public void DeviceGone(string id)
    {
        Kind(EntryKind.DeviceGone);
        Text(id);
    }

    public void Alarm(Alarm alarm)
    {
        var memory = alarm.Memory;
        Kind(EntryKind.Alarm);
        Key(alarm);
        var flags = (memory.ToldAsBackfill ? 1 : 0) | (memory.HasActed ? 2 : 0) | (memory.IsAcknowledged ? 4 : 0);
        Number((int)memory.Severity | ((int)memory.Told << 2) | (flags << 4));
        Number(memory.Matches);
        Number(memory.MatchedSince);
        Number(memory.Since);
        Number(memory.LastWarning);
        Number(memory.LastCritical);
        Number(memory.RateFrom);
        Number(memory.RateCount);
        Number(memory.SuppressedRepeats);
        Number(memory.Newest);
        Number(memory.Raised);
        Number(memory.Escalated);
        Number(memory.Deescalated);
        Number(memory.Cleared);
    }

    public void AlarmGone(Alarm alarm)
    {
        Kind(EntryKind.AlarmGone);
        Key(alarm);
    }

    public void Silence(Silence silence)
    {
        Kind(EntryKind.Silence);
        Text(silence.Rule ?? "");
        Text(silence.Device ?? "");
        Number(silence.Until);
    }

    private void Key(Alarm alarm)
    {
        Text(alarm.RuleId);
        Text(alarm.Subject);
        Number(alarm.IsZone ? 1 : 0);
    }

    private void Kind(EntryKind kind) => _bytes.Write((byte)kind);

    private void Text(string text) => _bytes.Write(text);

    private void Number(long number) => _bytes.WriteSigned(number);
}
