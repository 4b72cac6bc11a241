namespace EdgeModules.Messages;

/// <summary>The readings of one message, in body order. Filled again by each <see cref="MessageCodec.Decode"/>: nothing of it may be kept.</summary>
public sealed class ReadingBatch
{
    // Up to so many metrics a walk through them is faster than a table.
    private const int LongestWalk = 32;

    // The values of metrics are finite, so this is none.
    private const double Removed = double.NaN;

    private readonly List<InvalidReading> _invalid = [];

    // Where the metrics of the reading in hand are, once they are more than that.
    private readonly Dictionary<string, int> _places = [];
    private ReadOnlyMemory<byte> _body;
    private Reading[] _readings = new Reading[128];
    private MetricValue[] _metrics = new MetricValue[512];
    private int _count;
    private int _metricCount;

    public int Count => _count;

    public ReadOnlySpan<Reading> Readings => _readings.AsSpan(0, _count);

    /// <summary>What could not be used, in body order.</summary>
    public IReadOnlyList<InvalidReading> Invalid => _invalid;

    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>In the order of the reading's properties; names differ.</summary>
    public ReadOnlySpan<MetricValue> MetricsOf(in Reading reading) => _metrics.AsSpan(reading.FirstMetric, reading.MetricCount);

    /// <summary>The reading's own JSON object.</summary>
    public ReadOnlySpan<byte> BytesOf(in Reading reading) => _body.Span.Slice(reading.Offset, reading.Length);

    internal int MetricCount => _metricCount;

    internal void Clear(ReadOnlyMemory<byte> body)
    {
        _body = body;
        _count = _metricCount = 0;
        _invalid.Clear();
    }

    internal void Add(in Reading reading)
    {
        if (_count == _readings.Length) Array.Resize(ref _readings, _count * 2);
        _readings[_count++] = reading;
    }

    internal void Add(in InvalidReading reading) => _invalid.Add(reading);

    /// <summary>The last of two equal names counts, as in every JSON object.</summary>
    /// <param name="first">The index of the reading's first metric.</param>
    /// <returns>False when the reading has <see cref="MessageLimits.Metrics"/> others already.</returns>
    internal bool TryAddMetric(int first, string name, double value)
    {
        var place = PlaceOf(first, name);
        if (place < 0)
        {
            if (_metricCount - first == MessageLimits.Metrics) return false;
            if (_metricCount == _metrics.Length) Array.Resize(ref _metrics, _metricCount * 2);
            place = _metricCount++;
            if (_metricCount - first > LongestWalk) Register(first, name);
        }

        _metrics[place] = new MetricValue(name, value);
        return true;
    }

    /// <summary>The name came again, and not as a number. Until <see cref="DropRemoved"/> it keeps its place.</summary>
    internal void RemoveMetric(int first, string name)
    {
        var place = PlaceOf(first, name);
        if (place >= 0) _metrics[place] = new MetricValue(name, Removed);
    }

    /// <summary>The reading is whole.</summary>
    internal void DropRemoved(int first)
    {
        var kept = first;
        for (var i = first; i < _metricCount; i++)
        {
            if (!double.IsNaN(_metrics[i].Value)) _metrics[kept++] = _metrics[i];
        }

        _metricCount = kept;
    }

    /// <summary>Takes back the metrics of a reading that turned out invalid.</summary>
    internal void TruncateMetrics(int count) => _metricCount = count;

    private int PlaceOf(int first, string name)
    {
        if (_metricCount - first > LongestWalk) return _places.TryGetValue(name, out var place) ? place : -1;
        for (var i = first; i < _metricCount; i++)
        {
            if (ReferenceEquals(_metrics[i].Name, name) || _metrics[i].Name == name) return i;
        }

        return -1;
    }

    /// <summary>The last place is that of <paramref name="name"/>; at the first one beyond the walk those before it are registered too.</summary>
    private void Register(int first, string name)
    {
        if (_metricCount - first == LongestWalk + 1)
        {
            _places.Clear();
            for (var i = first; i < _metricCount - 1; i++) _places.Add(_metrics[i].Name, i);
        }

        _places.Add(name, _metricCount - 1);
    }
}
