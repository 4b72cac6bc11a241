using EdgeModules.Messages;

namespace EdgeModules.Filtering;

/// <summary>What the filter knows of one device: the order of its readings, and the values that were forwarded last.</summary>
internal sealed class DeviceBands
{
    private MetricBand[] _metrics = [];
    private FilterSettings? _resolvedFor;
    private string? _zone;
    private long? _maxSilence;

    /// <param name="Last">The value last forwarded; NaN when none was.</param>
    private record struct MetricBand(string Name, double Last, Deadband? Band);

    public EventOrder Order;

    /// <summary>Event time of the reading last forwarded, Unix milliseconds.</summary>
    public long LastForwarded { get; private set; }

    /// <summary>Metrics that <see cref="MetricAt"/> knows; those never forwarded have the value NaN.</summary>
    public int MetricCount => _metrics.Length;

    public MetricValue MetricAt(int index) => new(_metrics[index].Name, _metrics[index].Last);

    /// <returns>True when a metric left its band, a metric with a band is new, or the device has been silent for too long.</returns>
    public bool IsDue(in Reading reading, ReadOnlySpan<MetricValue> metrics, FilterSettings settings)
    {
        Prepare(reading, metrics, settings);
        if (_maxSilence is { } silence && reading.Timestamp - LastForwarded >= silence) return true;
        for (var i = 0; i < metrics.Length; i++)
        {
            ref readonly var metric = ref metrics[i];
            ref var held = ref Find(metric.Name, i, reading, settings);
            if (held.Band is null)
            {
                if (settings.ForwardUnknownMetrics && !held.Last.Equals(metric.Value)) return true;
            }
            else if (double.IsNaN(held.Last) || held.Band.IsLeftBy(metric.Value, held.Last))
            {
                return true;
            }
        }

        return false;
    }

    public void Forward(in Reading reading, ReadOnlySpan<MetricValue> metrics, FilterSettings settings)
    {
        Prepare(reading, metrics, settings);
        LastForwarded = reading.Timestamp;
        for (var i = 0; i < metrics.Length; i++) Find(metrics[i].Name, i, reading, settings).Last = metrics[i].Value;
    }

    /// <summary>Restores what was saved.</summary>
    public void Restore(long lastForwarded, IEnumerable<MetricValue> values)
    {
        (Order, LastForwarded, _resolvedFor) = (new EventOrder(lastForwarded), lastForwarded, null);
        _metrics = [.. values.Select(value => new MetricBand(value.Name, value.Value, null))];
    }

    private bool SameZone(string? zone) => ReferenceEquals(_zone, zone) || _zone == zone;

    private void Prepare(in Reading reading, ReadOnlySpan<MetricValue> metrics, FilterSettings settings)
    {
        if (!ReferenceEquals(_resolvedFor, settings) || !SameZone(reading.Zone)) Resolve(reading, settings);
        if (_metrics.Length > MessageLimits.Metrics) Forget(metrics);
    }

    /// <summary>Names that are made up as they go must not fill the memory: only those with a band and those of this reading stay.</summary>
    private void Forget(ReadOnlySpan<MetricValue> metrics)
    {
        var named = new HashSet<string>(metrics.Length);
        foreach (ref readonly var metric in metrics) named.Add(metric.Name);
        _metrics = Array.FindAll(_metrics, metric => metric.Band is not null || named.Contains(metric.Name));
    }

    private void Resolve(in Reading reading, FilterSettings settings)
    {
        (_resolvedFor, _zone) = (settings, reading.Zone);
        _maxSilence = settings.MaxSilenceOf(reading.DeviceId, reading.Zone);
        for (var i = 0; i < _metrics.Length; i++) _metrics[i].Band = settings.BandOf(reading.DeviceId, reading.Zone, _metrics[i].Name);
    }

    /// <param name="guess">Where the metric is when the device's readings are all alike.</param>
    private ref MetricBand Find(string name, int guess, in Reading reading, FilterSettings settings)
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
        _metrics[^1] = new MetricBand(name, double.NaN, settings.BandOf(reading.DeviceId, reading.Zone, name));
        return ref _metrics[^1];
    }
}
