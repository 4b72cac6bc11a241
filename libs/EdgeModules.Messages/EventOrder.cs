namespace EdgeModules.Messages;

/// <summary>How a reading stands in the order of its own device's readings.</summary>
public enum ReadingOrder
{
    InOrder,

    /// <summary>The timestamp of the device's newest reading, again.</summary>
    Duplicate,

    /// <summary>Older than the device's newest reading.</summary>
    Late,

    /// <summary>In order again after the device's clock was set back: the device starts anew here.</summary>
    ClockReset,
}

/// <summary>
/// The event time of one device. A device whose clock once ran ahead would be late for ever; so the third reading in a row that is more than a minute
/// behind, each newer than the one before it, starts the device's order anew.
/// </summary>
public struct EventOrder
{
    private const long ResetBehindMilliseconds = 60_000;
    private const int ResetAfter = 3;

    private long? _newest;
    private long _lastBehind;
    private int _behind;

    public EventOrder(long newest) => _newest = newest;

    /// <summary>Unix milliseconds.</summary>
    public readonly long? Newest => _newest;

    /// <summary>Readings in a row that were more than a minute behind, up to now.</summary>
    public readonly int Behind => _behind;

    /// <summary>The last of them, Unix milliseconds.</summary>
    public readonly long LastBehind => _lastBehind;

    public ReadingOrder See(long timestamp)
    {
        if (_newest is not { } newest || timestamp > newest)
        {
            (_newest, _behind) = (timestamp, 0);
            return ReadingOrder.InOrder;
        }

        if (timestamp == newest) return ReadingOrder.Duplicate;
        if (timestamp >= newest - ResetBehindMilliseconds)
        {
            _behind = 0;
            return ReadingOrder.Late;
        }

        _behind = _behind > 0 && timestamp <= _lastBehind ? 1 : _behind + 1;
        _lastBehind = timestamp;
        if (_behind < ResetAfter) return ReadingOrder.Late;
        (_newest, _behind) = (timestamp, 0);
        return ReadingOrder.ClockReset;
    }
}
