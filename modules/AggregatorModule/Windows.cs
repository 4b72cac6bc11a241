namespace EdgeModules.Aggregation;

/// <summary>A span of event time of one device or one zone, half-open, and what is in it.</summary>
/// <param name="owner">The device or the zone.</param>
/// <param name="start">Unix milliseconds.</param>
/// <param name="end">Unix milliseconds; the first moment that is not in the window.</param>
internal abstract class Window(string owner, long start, long end)
{
    public string Owner { get; } = owner;

    public long Start { get; } = start;

    public long End { get; } = end;

    /// <summary>How often it was sent, less one, once it is sent.</summary>
    public int Revision { get; set; }

    /// <summary>It lacks readings of its span: it was closed before its time, or is shorter than the setting says.</summary>
    public bool IsPartial { get; set; }

    /// <summary>It waits to be sent.</summary>
    public bool IsPending { get; set; }

    /// <summary>It can be revised still.</summary>
    public bool IsKept { get; set; }

    public bool Has(long timestamp) => timestamp >= Start && timestamp < End;
}

internal sealed class DeviceWindow(string deviceId, string? zone, long generation, long start, long end, WindowContents contents) : Window(deviceId, start, end)
{
    /// <summary>The zone of the device when the window was closed.</summary>
    public string? Zone { get; set; } = zone;

    /// <summary>Tells windows of one device and start apart when the device began anew; see <see cref="Device.Generation"/>.</summary>
    public long Generation { get; } = generation;

    public WindowContents Contents { get; } = contents;

    public TimestampSet Timestamps { get; } = new();

    /// <summary>Readings that were told when it was sent last.</summary>
    public long Sent { get; set; }

    public string Id => Generation == 0 ? $"agg/{Owner}/{Start}/{Revision}" : $"agg/{Owner}/{Start}/{Revision}/g{Generation}";
}

internal sealed class ZoneWindow(string zone, long start, long end) : Window(zone, start, end)
{
    public SortedDictionary<string, WindowContents> Devices { get; } = new(StringComparer.Ordinal);

    public string Id => $"zone/{Owner}/{Start}/{Revision}";
}
