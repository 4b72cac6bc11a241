using EdgeModules.Messages;

namespace EdgeModules.Inference.Windows;

/// <summary>A device and where its ring stands; the values are in the <see cref="RingBank"/>.</summary>
internal sealed class DeviceRing(string id, int index)
{
    public EventOrder Order;

    public string Id { get; } = id;

    /// <summary>Its place in the bank, and its name in the journal.</summary>
    public int Index { get; } = index;

    public string? Zone { get; set; }

    /// <summary>Rows in the ring.</summary>
    public int Count { get; set; }

    /// <summary>Where the next row goes.</summary>
    public int Next { get; set; }

    /// <summary>Event time of the newest row, Unix milliseconds; of no meaning without rows.</summary>
    public long Newest { get; set; }

    /// <summary>Milliseconds from the oldest row to the newest.</summary>
    public long Span { get; set; }

    /// <summary>Rows since the last window that was due.</summary>
    public int SinceDue { get; set; }

    /// <summary>Rows in a row of which a value was held.</summary>
    public int HeldRun { get; set; }

    /// <summary>Windows in a row over the limit, up to now.</summary>
    public int OverRun { get; set; }

    /// <summary>Event time of the window whose score was sent last; null when none was.</summary>
    public long? LastSent { get; set; }

    public bool IsOver => OverRun > 0;
}
