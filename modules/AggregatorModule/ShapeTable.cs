using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>The sets of metrics that readings have, by number: devices are mostly alike, so a reading in the journal names its metrics in a byte.</summary>
internal sealed class ShapeTable
{
    /// <summary>Names that are made up as they go must not fill the memory: beyond it the table begins anew.</summary>
    private const int Capacity = 1_024;

    private readonly List<string[]> _shapes = [];

    /// <summary>Numbers of another generation mean nothing.</summary>
    public int Generation { get; private set; }

    public IReadOnlyList<string[]> All => _shapes;

    public bool IsFull => _shapes.Count >= Capacity;

    public string[] NamesOf(int shape) =>
        shape < _shapes.Count ? _shapes[shape] : throw new InvalidDataException($"The saved windows name the set of metrics {shape}; there are {_shapes.Count}.");

    public bool Has(int shape, ReadOnlySpan<MetricValue> metrics)
    {
        if (shape < 0 || shape >= _shapes.Count) return false;
        var names = _shapes[shape];
        if (names.Length != metrics.Length) return false;
        for (var i = 0; i < names.Length; i++)
        {
            if (!ReferenceEquals(names[i], metrics[i].Name) && names[i] != metrics[i].Name) return false;
        }

        return true;
    }

    /// <returns>−1 when it is not in the table.</returns>
    public int Find(ReadOnlySpan<MetricValue> metrics)
    {
        for (var i = 0; i < _shapes.Count; i++)
        {
            if (Has(i, metrics)) return i;
        }

        return -1;
    }

    public int Add(string[] names)
    {
        _shapes.Add(names);
        return _shapes.Count - 1;
    }

    public void Clear()
    {
        _shapes.Clear();
        Generation++;
    }
}
