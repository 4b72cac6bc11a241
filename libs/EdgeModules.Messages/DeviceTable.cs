using System.Diagnostics.CodeAnalysis;

namespace EdgeModules.Messages;

/// <summary>State per device, bounded: the device unseen for longest goes first.</summary>
public sealed class DeviceTable<TState>
    where TState : class
{
    private readonly Dictionary<string, Entry> _entries = [];
    private Entry? _newest;
    private Entry? _oldest;

    public int Count => _entries.Count;

    /// <summary>Least recently seen first.</summary>
    public IEnumerable<KeyValuePair<string, TState>> OldestFirst
    {
        get
        {
            for (var entry = _oldest; entry is not null; entry = entry.Newer) yield return new(entry.DeviceId, entry.State);
        }
    }

    /// <summary>Finds a device and makes it the most recently seen.</summary>
    public bool TrySee(string deviceId, [NotNullWhen(true)] out TState? state)
    {
        if (!_entries.TryGetValue(deviceId, out var entry))
        {
            state = null;
            return false;
        }

        if (!ReferenceEquals(entry, _newest))
        {
            Unlink(entry);
            LinkNewest(entry);
        }

        state = entry.State;
        return true;
    }

    /// <summary>Finds a device and leaves the order as it is.</summary>
    public bool TryPeek(string deviceId, [NotNullWhen(true)] out TState? state)
    {
        state = _entries.TryGetValue(deviceId, out var entry) ? entry.State : null;
        return state is not null;
    }

    /// <returns>False when the device is not in the table.</returns>
    public bool Remove(string deviceId)
    {
        if (!_entries.Remove(deviceId, out var entry)) return false;
        Unlink(entry);
        return true;
    }

    /// <summary>Adds a device that is not in the table, as the most recently seen.</summary>
    /// <returns>How many devices had to go.</returns>
    public int Add(string deviceId, TState state, int maxDevices)
    {
        var entry = new Entry(deviceId, state);
        _entries.Add(deviceId, entry);
        LinkNewest(entry);
        return Trim(maxDevices);
    }

    /// <returns>How many devices had to go.</returns>
    public int Trim(int maxDevices)
    {
        var evicted = 0;
        for (; _entries.Count > maxDevices; evicted++)
        {
            _entries.Remove(_oldest!.DeviceId);
            Unlink(_oldest);
        }

        return evicted;
    }

    public void Clear()
    {
        _entries.Clear();
        _newest = _oldest = null;
    }

    private void LinkNewest(Entry entry)
    {
        (entry.Older, entry.Newer) = (_newest, null);
        if (_newest is null) _oldest = entry;
        else _newest.Newer = entry;
        _newest = entry;
    }

    private void Unlink(Entry entry)
    {
        if (entry.Older is null) _oldest = entry.Newer;
        else entry.Older.Newer = entry.Newer;
        if (entry.Newer is null) _newest = entry.Older;
        else entry.Newer.Older = entry.Older;
    }

    private sealed class Entry(string deviceId, TState state)
    {
        public string DeviceId { get; } = deviceId;

        public TState State { get; } = state;

        public Entry? Older { get; set; }

        public Entry? Newer { get; set; }
    }
}
