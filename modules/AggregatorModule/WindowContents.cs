using EdgeModules.Hosting.State;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>What the readings of one device, or of several, in one window add up to.</summary>
public sealed class WindowContents
{
    private MetricSummary[] _metrics = [];
    private int _count;

    public WindowContents(int sketchError) => SketchError = sketchError;

    /// <summary>Of the quantile sketches, thousandths of a percent; 0 when there are none.</summary>
    public int SketchError { get; }

    public long Readings { get; private set; }

    public ReadOnlySpan<MetricSummary> Metrics => _metrics.AsSpan(0, _count);

    /// <param name="metrics">How many it has; for each, <see cref="Find"/> is to follow.</param>
    internal void AddReading(int metrics)
    {
        // Readings are mostly alike: so many are all that there will be.
        if (_metrics.Length == 0) _metrics = new MetricSummary[metrics];
        Readings++;
    }

    /// <param name="guess">Where the metric is when all readings are alike.</param>
    internal ref MetricSummary Find(string name, int guess)
    {
        if (guess < _count && ReferenceEquals(_metrics[guess].Name, name)) return ref _metrics[guess];
        for (var i = 0; i < _count; i++)
        {
            if (_metrics[i].Name != name) continue;
            // From now on the quick comparison above knows it.
            _metrics[i].Name = name;
            return ref _metrics[i];
        }

        if (_count == _metrics.Length) Array.Resize(ref _metrics, _count + 1);
        _metrics[_count] = new MetricSummary(name, SketchError == 0 ? null : new QuantileSketch(SketchError));
        return ref _metrics[_count++];
    }

    internal void Add(ReadOnlySpan<MetricValue> metrics, long timestamp)
    {
        AddReading(metrics.Length);
        for (var i = 0; i < metrics.Length; i++) Find(metrics[i].Name, i).Add(metrics[i].Value, timestamp);
    }

    internal void Merge(WindowContents other)
    {
        Readings += other.Readings;
        for (var i = 0; i < other._count; i++) Find(other._metrics[i].Name, i).Merge(other._metrics[i]);
    }

    internal void Write(CompactWriter writer)
    {
        writer.Write((long)SketchError);
        writer.Write(Readings);
        writer.Write((long)_count);
        foreach (ref readonly var metric in Metrics)
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
