using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>What is known of one device.</summary>
internal sealed class Device
{
    public Device(string id, int index, long generation)
    {
        (Id, Index, Generation) = (id, index, generation);
        Place = new LinkedListNode<Device>(this);
    }

    public string Id { get; }

    /// <summary>Its number in the journal.</summary>
    public int Index { get; }

    /// <summary>0, or a number that no earlier windows of the same device have: after its clock was set back, or when it was forgotten and came again.</summary>
    public long Generation { get; set; }

    /// <summary>In the order of arrival.</summary>
    public LinkedListNode<Device> Place { get; }

    public Device? Older => Place.Previous?.Value;

    public Device? Newer => Place.Next?.Value;

    public Zone? Zone { get; set; }

    /// <summary>The largest timestamp, Unix milliseconds; null when it has none.</summary>
    public long? Newest { get; set; }

    /// <summary>Nothing before it can open a window any more.</summary>
    public long ClosedThrough { get; set; } = long.MinValue;

    /// <summary>Nothing before it can be revised any more: those windows are forgotten.</summary>
    public long ForgottenThrough { get; set; } = long.MinValue;

    /// <summary>Clock time of its last reading, Unix milliseconds.</summary>
    public long Arrived { get; set; }

    /// <summary>By start; one or two as a rule.</summary>
    public List<DeviceWindow> Open { get; } = [];

    /// <summary>Closed windows that can be revised, by start.</summary>
    public List<DeviceWindow> Kept { get; } = [];

    /// <summary>Readings too far ahead to be believed yet, rising.</summary>
    public List<HeldReading> Held { get; } = [];

    /// <summary>Late readings in a row that are far behind and rising, as after a clock was set back.</summary>
    public int Behind { get; set; }

    public long LastBehind { get; set; }

    // The names of its last reading's metrics, as the journal knows them.
    public int Shape { get; set; } = -1;

    public int ShapeGeneration { get; set; } = -1;

    public DeviceWindow? OpenAt(long timestamp) => At(Open, timestamp);

    public DeviceWindow? KeptAt(long timestamp) => At(Kept, timestamp);

    private static DeviceWindow? At(List<DeviceWindow> windows, long timestamp)
    {
        for (var i = windows.Count - 1; i >= 0; i--)
        {
            if (windows[i].Has(timestamp)) return windows[i];
        }

        return null;
    }
}

internal sealed record HeldReading(long Timestamp, MetricValue[] Metrics);

internal sealed class Zone(string name)
{
    public string Name { get; } = name;

    public HashSet<Device> Devices { get; } = [];

    /// <summary>The largest timestamp of its devices, Unix milliseconds.</summary>
    public long Newest { get; set; } = long.MinValue;

    public long ClosedThrough { get; set; } = long.MinValue;

    /// <summary>By start.</summary>
    public List<ZoneWindow> Open { get; } = [];

    /// <summary>Closed windows that can be revised, by start.</summary>
    public List<ZoneWindow> Kept { get; } = [];
}
