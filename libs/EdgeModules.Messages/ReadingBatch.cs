namespace EdgeModules.Messages;

/// <summary>The readings of one message, in body order. Filled again by each <see cref="MessageCodec.Decode"/>: nothing of it may be kept.</summary>
public sealed class ReadingBatch
{
    private readonly List<InvalidReading> _invalid = [];
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
    internal void AddMetric(int first, string name, double value)
    {
        for (var i = first; i < _metricCount; i++)
        {
            if (!ReferenceEquals(_metrics[i].Name, name) && _metrics[i].Name != name) continue;
            _metrics[i] = new MetricValue(name, value);
            return;
        }

        if (_metricCount == _metrics.Length) Array.Resize(ref _metrics, _metricCount * 2);
        _metrics[_metricCount++] = new MetricValue(name, value);
    }

    /// <summary>The name came again, and not as a number.</summary>
    internal void RemoveMetric(int first, string name)
    {
        for (var i = first; i < _metricCount; i++)
        {
            if (_metrics[i].Name != name) continue;
            _metrics.AsSpan((i + 1).._metricCount--).CopyTo(_metrics.AsSpan(i));
            return;
        }
    }

    /// <summary>Takes back the metrics of a reading that turned out invalid.</summary>
    internal void TruncateMetrics(int count) => _metricCount = count;
}
