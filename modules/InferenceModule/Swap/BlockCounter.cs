using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeModules.Inference.Swap;

/// <summary>
/// Of the overlapping windows of each device, takes those that share no reading, and counts on which of them two models agree. Neighbouring windows say
/// almost the same: a thousand of them are worth about twenty.
/// </summary>
/// <param name="windowsApart">Windows of a device from one block to the next at least.</param>
/// <param name="millisecondsApart">Event time from one block to the next at least.</param>
/// <param name="maxDevices">Further devices make no blocks.</param>
public sealed class BlockCounter(int windowsApart, long millisecondsApart, int maxDevices)
{
    private readonly Dictionary<string, DeviceBlocks> _devices = new(StringComparer.Ordinal);

    public long Blocks { get; private set; }

    public long Agreed { get; private set; }

    public long OnlyLive { get; private set; }

    public long OnlyShadow { get; private set; }

    /// <summary>Blocks over the limit for both.</summary>
    public long Both { get; private set; }

    public int Devices => _devices.Count;

    /// <summary>To be called for every window of the device, in order.</summary>
    /// <param name="timestamp">Of the newest reading, Unix milliseconds.</param>
    /// <returns>Whether the window is a block; then <see cref="Count"/> is to be called.</returns>
    public bool IsBlock(string deviceId, long timestamp)
    {
        ref var device = ref CollectionsMarshal.GetValueRefOrNullRef(_devices, deviceId);
        if (Unsafe.IsNullRef(ref device))
        {
            if (_devices.Count >= maxDevices) return false;
            _devices.Add(deviceId, new DeviceBlocks { Last = timestamp });
            return true;
        }

        device.Since++;
        // A device whose clock went back begins anew; its windows have been warmed up anew too.
        var apart = timestamp < device.Last || timestamp - device.Last >= millisecondsApart;
        if (device.Since < windowsApart || !apart) return false;
        (device.Since, device.Last) = (0, timestamp);
        return true;
    }

    public void Count(string deviceId, bool liveIsOver, bool shadowIsOver)
    {
        ref var device = ref CollectionsMarshal.GetValueRefOrNullRef(_devices, deviceId);
        Blocks++;
        device.Blocks++;
        if (liveIsOver == shadowIsOver)
        {
            Agreed++;
            device.Agreed++;
        }

        switch (liveIsOver, shadowIsOver)
        {
            case (true, true): Both++; break;
            case (true, false): OnlyLive++; break;
            case (false, true): OnlyShadow++; break;
            default: break;
        }
    }

    /// <summary>The devices on which the models agree least, of those with enough blocks.</summary>
    public IReadOnlyList<DeviceAgreement> Worst(int minBlocks, int count) =>
    [
        .. _devices.Where(device => device.Value.Blocks >= minBlocks)
            .Select(device => new DeviceAgreement(device.Key, device.Value.Blocks, device.Value.Agreed))
            .OrderBy(device => device.Share).ThenBy(device => device.DeviceId, StringComparer.Ordinal).Take(count),
    ];

    private struct DeviceBlocks
    {
        public long Last;
        public int Since;
        public int Blocks;
        public int Agreed;
    }
}

public readonly record struct DeviceAgreement(string DeviceId, int Blocks, int Agreed)
{
    public double Share => (double)Agreed / Blocks;
}
