using EdgeModules.Messages;

namespace EdgeModules.Peaking;

/// <summary>The highest value of each device.</summary>
public sealed class Peaks
{
    private readonly DeviceTable<Peak> _devices = new();

    private sealed record Peak
    {
        public double Highest { get; set; }
    }

    /// <summary>Least recently seen first.</summary>
    public IEnumerable<(string DeviceId, double Highest)> All => _devices.OldestFirst.Select(device => (device.Key, device.Value.Highest));

    /// <returns>True for the first value of a device, and for one that is higher by <c>minRise</c> than all before it.</returns>
    public bool IsPeak(string deviceId, double value, PeakSettings settings)
    {
        if (_devices.TrySee(deviceId, out var peak) && value < peak.Highest + settings.MinRise) return false;
        Set(deviceId, value, settings.MaxDevices);
        return true;
    }

    public void Set(string deviceId, double highest, int maxDevices)
    {
        if (_devices.TrySee(deviceId, out var peak)) peak.Highest = highest;
        else _devices.Add(deviceId, new Peak { Highest = highest }, maxDevices);
    }

    public void Clear() => _devices.Clear();
}
