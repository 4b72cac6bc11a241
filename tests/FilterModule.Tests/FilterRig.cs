using System.Buffers;
using EdgeModules.Messages;

namespace EdgeModules.Filtering.Tests;

/// <summary>A filter with its settings and its tally, fed by seconds since a fixed time.</summary>
internal sealed class FilterRig(FilterSettings? settings = null)
{
    public static readonly long T0 = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private FilterTally _tally;

    public DeadbandFilter Filter { get; private set; } = new();

    public FilterSettings Settings { get; set; } = settings ?? new();

    public FilterTally Tally => _tally;

    public bool Passes(double seconds, params (string Name, double Value)[] metrics) => Passes("press-1", null, seconds, metrics);

    public bool Passes(string device, string? zone, double seconds, params (string Name, double Value)[] metrics)
    {
        var values = metrics.Select(metric => new MetricValue(metric.Name, metric.Value)).ToArray();
        var reading = new Reading(device, zone, T0 + (long)(seconds * 1000), 0, values.Length, 0, 0);
        return Filter.Passes(reading, values, Settings, ref _tally);
    }

    /// <summary>A temperature of the device <c>press-1</c>.</summary>
    public bool Temperature(double seconds, double value) => Passes(seconds, ("temperature", value));

    public byte[] ChangeOf(string device)
    {
        var writer = new ArrayBufferWriter<byte>();
        Filter.WriteDevice(device, writer);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Goes on with a new filter, as after a restart.</summary>
    public void RestartFrom(IEnumerable<ReadOnlyMemory<byte>> changes)
    {
        Filter = new DeadbandFilter();
        foreach (var change in changes) Filter.ReadDevices(change.Span);
    }

    public static IReadOnlyDictionary<string, Deadband> Bands(params (string Metric, Deadband Band)[] bands) =>
        bands.ToDictionary(band => band.Metric, band => band.Band);

    public static Deadband Absolute(double width) => new(width, IsPercent: false);

    public static Deadband Percent(double width) => new(width, IsPercent: true);
}
