namespace EdgeModules.Inference.Swap;

/// <summary>
/// Windows on their way to the shadow model: one thread adds, one takes. Adding copies into memory that is there, allocates nothing, waits for nothing, and
/// leaves out what finds no room.
/// </summary>
public sealed class ShadowQueue
{
    /// <summary>Enough for a second of ten thousand devices with windows of 60 readings of 4 features.</summary>
    private const int MemoryBytes = 10 << 20;

    private const int MinSlots = 64;
    private const int MaxSlots = 16_384;

    private readonly int _length;
    private readonly float[] _normalised;
    private readonly float[] _raw;
    private readonly (string DeviceId, long Timestamp, float Score)[] _heads;
    private long _added;
    private long _taken;
    private long _dropped;

    /// <param name="length">Values of a window.</param>
    public ShadowQueue(int length, bool keepsRaw)
    {
        var bytes = length * sizeof(float) * (keepsRaw ? 2 : 1);
        Slots = Math.Clamp(MemoryBytes / bytes, MinSlots, MaxSlots);
        _length = length;
        _normalised = new float[Slots * length];
        _raw = keepsRaw ? new float[Slots * length] : [];
        _heads = new (string, long, float)[Slots];
    }

    public int Slots { get; }

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Windows that wait, those that were peeked at among them.</summary>
    public long Count => Volatile.Read(ref _added) - Volatile.Read(ref _taken);

    public bool IsEmpty => Volatile.Read(ref _taken) == Volatile.Read(ref _added);

    /// <returns>False when the window is left out.</returns>
    public bool TryAdd(in ScoredWindow window)
    {
        var added = _added;
        if (window.Normalised.Length != _length || (_raw.Length > 0 && window.Raw.Length != _length) || added - Volatile.Read(ref _taken) >= Slots)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }

        var slot = (int)(added % Slots);
        _heads[slot] = (window.DeviceId, window.Timestamp, window.Score);
        window.Normalised.CopyTo(_normalised.AsSpan(slot * _length));
        if (_raw.Length > 0) window.Raw.CopyTo(_raw.AsSpan(slot * _length));
        Volatile.Write(ref _added, added + 1);
        return true;
    }

    /// <returns>How many of <paramref name="target"/> are filled; they are valid until <see cref="Release"/>.</returns>
    public int Peek(Span<QueuedWindow> target)
    {
        var count = (int)Math.Min(target.Length, Volatile.Read(ref _added) - _taken);
        for (var index = 0; index < count; index++)
        {
            var slot = (int)((_taken + index) % Slots);
            var (deviceId, timestamp, score) = _heads[slot];
            var raw = _raw.Length > 0 ? _raw.AsMemory(slot * _length, _length) : default;
            target[index] = new QueuedWindow(deviceId, timestamp, score, raw, _normalised.AsMemory(slot * _length, _length));
        }

        return count;
    }

    public void Release(int count) => Volatile.Write(ref _taken, _taken + count);
}
