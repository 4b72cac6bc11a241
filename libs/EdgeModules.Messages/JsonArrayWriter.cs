using System.Buffers;

namespace EdgeModules.Messages;

/// <summary>Joins JSON values into arrays, each at most <see cref="MessageLimits.EmittedBody"/> bytes. Reuses its memory: the arrays hold until <see cref="Clear"/>.</summary>
public sealed class JsonArrayWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly List<(int Start, int End, int Count)> _arrays = [];
    private int _start;
    private int _count;

    public void Clear()
    {
        _buffer.ResetWrittenCount();
        _arrays.Clear();
        (_start, _count) = (0, 0);
    }

    /// <param name="value">One JSON value of at most <see cref="MessageLimits.EmittedItem"/> bytes.</param>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (_count > 0 && _buffer.WrittenCount - _start + value.Length + 2 > MessageLimits.EmittedBody) Close();
        _buffer.Write(_count++ == 0 ? "["u8 : ","u8);
        _buffer.Write(value);
    }

    /// <returns>The arrays in order, none when nothing was added, each with the number of its values.</returns>
    public IEnumerable<(ReadOnlyMemory<byte> Body, int Count)> Finish()
    {
        if (_count > 0) Close();
        return _arrays.Select(array => (_buffer.WrittenMemory[array.Start..array.End], array.Count));
    }

    private void Close()
    {
        _buffer.Write("]"u8);
        _arrays.Add((_start, _buffer.WrittenCount, _count));
        (_start, _count) = (_buffer.WrittenCount, 0);
    }
}
