using System.Buffers;
using EdgeModules.Messages;

namespace EdgeModules.Filtering;

/// <summary>
/// Lets a reading pass when a metric moved by more than its band since the reading of that device that passed last; the first reading of a device, and one
/// after a long silence, pass anyway. Comparing with the last value <em>forwarded</em> keeps a slow drift from slipping through in small steps.
/// </summary>
public sealed class DeadbandFilter
{
    /// <summary>Each part of a snapshot has at most about this size.</summary>
    private const int SnapshotPartBytes = 100_000;

    private readonly DeviceTable<DeviceBands> _devices = new();

    /// <param name="metrics">The metrics of <paramref name="reading"/>.</param>
    /// <returns>True when the reading is to be forwarded, whole.</returns>
    public bool Passes(in Reading reading, ReadOnlySpan<MetricValue> metrics, FilterSettings settings, ref FilterTally tally)
    {
        var isKnown = _devices.TrySee(reading.DeviceId, out var device);
        if (!isKnown)
        {
            device = new DeviceBands();
            tally.EvictedDevices += _devices.Add(reading.DeviceId, device, settings.MaxDevices);
        }

        switch (device!.Order.See(reading.Timestamp))
        {
            case ReadingOrder.Duplicate:
                tally.Duplicate++;
                return false;
            case ReadingOrder.Late:
                tally.Late++;
                return false;
            case ReadingOrder.ClockReset:
                tally.ClockResets++;
                break;
            case ReadingOrder.InOrder when isKnown && !device.IsDue(reading, metrics, settings):
                tally.WithinDeadband++;
                return false;
        }

        device.Forward(reading, metrics, settings);
        tally.Forwarded++;
        return true;
    }

    /// <summary>Writes what a restart needs of one device: about 60 bytes with four metrics.</summary>
    public void WriteDevice(string deviceId, IBufferWriter<byte> writer)
    {
        if (_devices.TrySee(deviceId, out var device)) DeviceStateCodec.Write(deviceId, device, writer);
    }

    /// <summary>Reads devices as <see cref="WriteDevice"/> and <see cref="WriteAll"/> wrote them.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public void ReadDevices(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var deviceId = DeviceStateCodec.ReadName(ref bytes);
            if (!_devices.TrySee(deviceId, out var device)) _devices.Add(deviceId, device = new DeviceBands(), int.MaxValue);
            DeviceStateCodec.Read(ref bytes, device);
        }
    }

    /// <summary>All devices, least recently seen first, in parts.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> WriteAll()
    {
        var part = new ArrayBufferWriter<byte>(SnapshotPartBytes);
        foreach (var (deviceId, device) in _devices.OldestFirst)
        {
            DeviceStateCodec.Write(deviceId, device, part);
            if (part.WrittenCount < SnapshotPartBytes) continue;
            yield return part.WrittenMemory;
            part = new ArrayBufferWriter<byte>(SnapshotPartBytes);
        }

        if (part.WrittenCount > 0) yield return part.WrittenMemory;
    }

    /// <returns>How many devices were forgotten.</returns>
    public int Trim(int maxDevices) => _devices.Trim(maxDevices);

    public void Clear() => _devices.Clear();
}
