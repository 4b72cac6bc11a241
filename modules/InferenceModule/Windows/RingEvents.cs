namespace EdgeModules.Inference.Windows;

/// <summary>What becomes of a reading at the rings.</summary>
internal enum RingEntry
{
    /// <summary>It is in the ring, which is not full yet.</summary>
    Warming,

    /// <summary>It is in the full ring, and no window is due with it.</summary>
    Between,

    /// <summary>It is in the full ring, and its window is due.</summary>
    Due,

    /// <summary>The timestamp of the device's newest reading, again.</summary>
    Duplicate,

    /// <summary>Older than the device's newest reading.</summary>
    Late,

    /// <summary>It lacks a value and is not in the ring.</summary>
    Missing,
}

/// <summary>What happens to the state; the numbers are those of the journal.</summary>
internal enum RingEvent
{
    Layout = 1,
    Device = 2,
    Move = 3,
    Seen = 4,
    Empty = 5,
    Scored = 6,
    Evict = 7,
    SavedDevice = 8,
}

/// <summary>Counts of one message beside the outcomes of its readings.</summary>
internal record struct RingTally
{
    /// <summary>Gaps longer than the settings allow.</summary>
    public int Gaps { get; set; }

    /// <summary>Readings of which a missing value was held.</summary>
    public int HeldReadings { get; set; }

    /// <summary>Rings emptied, by cause.</summary>
    public int EmptiedByGap { get; set; }

    public int EmptiedByMissing { get; set; }

    public int EmptiedByClockReset { get; set; }

    public int EvictedDevices { get; set; }
}
