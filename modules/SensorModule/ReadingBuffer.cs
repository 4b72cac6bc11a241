using System.Buffers;
using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing;

/// <summary>
/// Readings made ahead of their time, as JSON, in one block of memory: <c>,{…},{…},{…}</c>. A message is a stretch of it whose first comma becomes
/// <c>[</c> and whose following comma becomes <c>]</c>, so nothing is copied.
/// </summary>
public sealed class ReadingBuffer : IBufferWriter<byte>
{
    /// <summary>Limit of a body: IoT Edge takes 261,900 bytes with the properties.</summary>
    public const int MaxBodyBytes = 250_000;

    /// <summary>Limit of one reading: it must fit into a body alone.</summary>
    public const int MaxReadingBytes = MaxBodyBytes - 2;

    private readonly List<Slot> _slots = new(SensorSettings.MaxBatchSize);
    private readonly Queue<(int Slot, InjectedFault Fault)> _faults = new();
    private byte[] _bytes = new byte[64 * 1024];
    private int _first;
    private int _start;
    private int _end;
    private int _written;

    public int Count => _slots.Count - _first;

    /// <summary>Enough for a message of that size.</summary>
    public bool IsFull(int batchSize) => Count >= batchSize || _end - _start >= MaxBodyBytes;

    /// <summary>Timestamp of the reading at <paramref name="index"/> among those held, in Unix milliseconds.</summary>
    public long TimeAt(int index) => _slots[_first + index].Time;

    /// <summary>The position behind the last reading held.</summary>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public long End => Count > 0 ? _slots[^1].Next : throw new InvalidOperationException("The buffer holds no reading.");

    /// <returns>How many readings the next message can take.</returns>
    public int NextCount(int batchSize)
    {
        var count = Math.Min(Count, batchSize);
        while (count > 1 && BodyBytes(count) > MaxBodyBytes) count--;
        return count;
    }

    /// <summary>Begins a reading; its JSON object follows through <see cref="GetSpan"/> and <see cref="Advance"/>.</summary>
    public void BeginReading()
    {
        _written = _end;
        GetSpan(1)[0] = (byte)',';
        _written++;
    }

    /// <summary>Bytes of the reading that was begun.</summary>
    public int ReadingBytes => _written - _end - 1;

    /// <param name="time">Its timestamp, in Unix milliseconds.</param>
    /// <param name="next">The position behind it.</param>
    public void EndReading(long time, long next)
    {
        _end = _written;
        _slots.Add(new Slot(_end, time, next));
    }

    /// <summary>A fault that the next reading to end has, or that kept a reading before it from being sent; it goes out with that reading.</summary>
    internal void Tell(InjectedFault fault) => _faults.Enqueue((_slots.Count, fault));

    /// <summary>Takes the faults out that no reading follows.</summary>
    internal IReadOnlyList<InjectedFault> TakeLastFaults() => TakeFaults(int.MaxValue);

    /// <summary>Takes the first readings out as a message body. The body stays as it is until <see cref="Compact"/> or <see cref="Clear"/>.</summary>
    public Batch Take(int count)
    {
        var last = _slots[_first + count - 1];
        if (last.End == _bytes.Length) Grow(1);
        _bytes[_start] = (byte)'[';
        _bytes[last.End] = (byte)']';
        _first += count;
        var batch = new Batch(_bytes.AsMemory(_start, last.End - _start + 1), count, last.Next) { Faults = TakeFaults(_first) };
        _start = last.End;
        // What follows begins at the byte that is now the bracket; it becomes a bracket of its own when it is taken.
        if (_end == _start) _start = ++_end;
        return batch;
    }

    /// <summary>Gives the memory of taken readings back.</summary>
    public void Compact()
    {
        if (_first == 0) return;
        _bytes.AsSpan(_start.._end).CopyTo(_bytes);
        _slots.RemoveRange(0, _first);
        for (var told = _faults.Count; told > 0; told--)
        {
            var (slot, fault) = _faults.Dequeue();
            _faults.Enqueue((slot - _first, fault));
        }

        for (var index = 0; index < _slots.Count; index++) _slots[index] = _slots[index] with { End = _slots[index].End - _start };
        _end -= _start;
        _start = _first = 0;
    }

    public void Clear()
    {
        _slots.Clear();
        _faults.Clear();
        _first = _start = _end = 0;
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    private List<InjectedFault> TakeFaults(int beforeSlot)
    {
        var taken = new List<InjectedFault>();
        while (_faults.TryPeek(out var next) && next.Slot < beforeSlot) taken.Add(_faults.Dequeue().Fault);
        return taken;
    }

    private int BodyBytes(int count) => _slots[_first + count - 1].End - _start + 1;

    private void Reserve(int sizeHint)
    {
        var missing = Math.Max(sizeHint, 256) - (_bytes.Length - _written);
        if (missing > 0) Grow(missing);
    }

    // A new array on purpose: a body that was taken goes on using the old one.
    private void Grow(int missing)
    {
        var larger = new byte[Math.Max(_bytes.Length * 2, _bytes.Length + missing)];
        _bytes.CopyTo(larger, 0);
        _bytes = larger;
    }

    /// <param name="End">Behind the reading's last byte.</param>
    /// <param name="Next">The position behind the reading.</param>
    private readonly record struct Slot(int End, long Time, long Next);
}

/// <param name="Body">A JSON array of readings, at most <see cref="ReadingBuffer.MaxBodyBytes"/>.</param>
/// <param name="End">The position behind the last reading.</param>
public sealed record Batch(ReadOnlyMemory<byte> Body, int Count, long End)
{
    /// <summary>What the readings would weigh one by one: the body without brackets and commas.</summary>
    public long ReadingBytes => Body.Length - Count - 1;

    /// <summary>Of these readings, and of those that were not sent before them.</summary>
    internal IReadOnlyList<InjectedFault> Faults { get; init; } = [];
}
