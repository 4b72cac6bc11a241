
namespace EdgeModules.Filtering.Tests;

/// <summary>What the filter is to do, written for being read: lists, decimals, no shortcut.</summary>
internal sealed class PlainFilter(FilterSettings settings)
{
    private sealed class Device
    {
        public required string Id { get; init; }

        public Dictionary<string, decimal> Last { get; } = [];

        public int LastForwarded { get; set; }

        public int? Newest { get; set; }

        /// <summary>The run of readings more than a minute behind, each newer than the one before.</summary>
        public List<int> Behind { get; } = [];
    }

    // Least recently seen first.
    private readonly List<Device> _devices = [];
    private FilterTally _tally;

    public FilterTally Tally => _tally;

    public bool Passes(SampleStep step)
    {
        var device = _devices.Find(known => known.Id == step.Device);
        var isNew = device is null;
        device ??= new Device { Id = step.Device };
        _devices.Remove(device);
        _devices.Add(device);
        while (_devices.Count > settings.MaxDevices)
        {
            _devices.RemoveAt(0);
            _tally.EvictedDevices++;
        }

        var isReset = false;
        if (step.Seconds == device.Newest)
        {
            _tally.Duplicate++;
            return false;
        }

        if (step.Seconds < device.Newest)
        {
            if (step.Seconds >= device.Newest - 60 || (device.Behind.Count > 0 && step.Seconds <= device.Behind[^1])) device.Behind.Clear();
            if (step.Seconds < device.Newest - 60) device.Behind.Add(step.Seconds);
            isReset = device.Behind.Count == 3;
            if (!isReset)
            {
                _tally.Late++;
                return false;
            }

            _tally.ClockResets++;
        }

        device.Behind.Clear();
        device.Newest = step.Seconds;
        if (!isNew && !isReset && !IsDue(step, device))
        {
            _tally.WithinDeadband++;
            return false;
        }

        _tally.Forwarded++;
        device.LastForwarded = step.Seconds;
        foreach (var (name, value) in step.Values) device.Last[name] = (decimal)value;
        return true;
    }

    private bool IsDue(SampleStep step, Device device)
    {
        var forDevice = settings.Devices.GetValueOrDefault(step.Device);
        var forZone = step.Zone is null ? null : settings.Zones.GetValueOrDefault(step.Zone);
        var silence = forDevice?.MaxSilenceSeconds ?? forZone?.MaxSilenceSeconds ?? settings.MaxSilenceSeconds;
        if (silence > 0 && step.Seconds - device.LastForwarded >= silence) return true;
        foreach (var (name, value) in step.Values)
        {
            var band = forDevice?.Deadbands.GetValueOrDefault(name) ?? forZone?.Deadbands.GetValueOrDefault(name) ?? settings.Deadbands.GetValueOrDefault(name);
            var hasLast = device.Last.TryGetValue(name, out var last);
            if (band is null)
            {
                if (settings.ForwardUnknownMetrics && (!hasLast || last != (decimal)value)) return true;
                continue;
            }

            if (!hasLast) return true;
            var width = band.IsPercent ? (decimal)band.Width * Math.Abs(last) / 100 : (decimal)band.Width;
            if (Math.Abs((decimal)value - last) > width) return true;
        }

        return false;
    }
}
