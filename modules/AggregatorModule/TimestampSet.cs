using EdgeModules.Hosting.State;

namespace EdgeModules.Aggregation;

/// <summary>The timestamps that a window has, as offsets from its start: four bytes each, sorted, so that readings in order cost one comparison.</summary>
internal sealed class TimestampSet
{
    private int[] _offsets = [];
    private int _count;

    public int Count => _count;

    /// <summary>The largest; −1 when there is none.</summary>
    public int Last => _count == 0 ? -1 : _offsets[_count - 1];

    public bool Contains(int offset) => offset <= Last && Array.BinarySearch(_offsets, 0, _count, offset) >= 0;

    /// <param name="offset">Milliseconds; one that is not there yet.</param>
    public void Add(int offset)
    {
        if (_count == _offsets.Length) Array.Resize(ref _offsets, Math.Max(8, _count * 2));
        var place = offset > Last ? _count : ~Array.BinarySearch(_offsets, 0, _count, offset);
        Array.Copy(_offsets, place, _offsets, place + 1, _count - place);
        _offsets[place] = offset;
        _count++;
    }

    public void Write(CompactWriter writer)
    {
        writer.Write((long)_count);
        var last = 0;
        foreach (var offset in _offsets.AsSpan(0, _count))
        {
            writer.Write((long)(offset - last));
            last = offset;
        }
    }

    public void Read(ref CompactReader reader)
    {
        _count = reader.ReadCount(int.MaxValue);
        _offsets = new int[Math.Min(_count, 1 << 20)];
        var last = 0;
        for (var i = 0; i < _count; i++)
        {
            if (i == _offsets.Length) Array.Resize(ref _offsets, _offsets.Length * 2);
            _offsets[i] = last += reader.ReadCount(int.MaxValue);
        }
    }
}
