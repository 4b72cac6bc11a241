using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>What the readings of one device, or of several, in one window add up to.</summary>
public sealed class WindowContents
{
    private MetricSummary[] _metrics = [];

    public WindowContents(int sketchError) => SketchError = sketchError;

    /// <summary>Of the quantile sketches, thousandths of a percent; 0 when there are none.</summary>
    public int SketchError { get; }

    public long Readings { get; private set; }

    public ReadOnlySpan<MetricSummary> Metrics => _metrics;

    internal void AddReading() => Readings++;

    /// <param name="guess">Where the metric is when all readings are alike.</param>
    internal ref MetricSummary Find(string name, int guess)
    {
        if (guess < _metrics.Length && ReferenceEquals(_metrics[guess].Name, name)) return ref _metrics[guess];
        for (var i = 0; i < _metrics.Length; i++)
        {
            if (_metrics[i].Name != name) continue;
            // From now on the quick comparison above knows it.
            _metrics[i].Name = name;
            return ref _metrics[i];
        }

        Array.Resize(ref _metrics, _metrics.Length + 1);
        _metrics[^1] = new MetricSummary(name, SketchError == 0 ? null : new QuantileSketch(SketchError));
        return ref _metrics[^1];
    }

    internal void Add(ReadOnlySpan<MetricValue> metrics, long timestamp)
    {
        Readings++;
        for (var i = 0; i < metrics.Length; i++) Find(metrics[i].Name, i).Add(metrics[i].Value, timestamp);
    }

    internal void Merge(WindowContents other)
    {
        Readings += other.Readings;
        for (var i = 0; i < other._metrics.Length; i++) Find(other._metrics[i].Name, i).Merge(other._metrics[i]);
    }

    internal void Write(CompactWriter writer)
    {
        writer.Write((long)SketchError);
        writer.Write(Readings);
        writer.Write((long)_metrics.Length);
        foreach (ref readonly var metric in _metrics.AsSpan())
        {
            writer.Write(metric.Name);
            metric.Write(writer);
        }
    }

    internal static WindowContents Read(ref CompactReader reader)
    {
        var contents = new WindowContents(reader.ReadCount(100_000)) { Readings = reader.Read() };
        var count = reader.ReadCount(int.MaxValue);
        for (var i = 0; i < count; i++) contents.Find(reader.ReadName(), i).Read(ref reader);
        return contents;
    }
}
