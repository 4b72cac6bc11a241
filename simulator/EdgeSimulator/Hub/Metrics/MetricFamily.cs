using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace EdgeSimulator.Hub.Metrics;

/// <summary>A metric with one series for each set of label values; thread-safe.</summary>
internal abstract class MetricFamily(string name, string type, string help)
{
    /// <param name="common">Labels of every series.</param>
    public void Write(StringBuilder page, string common)
    {
        page.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        page.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        WriteSeries(page, common);
    }

    protected abstract void WriteSeries(StringBuilder page, string common);

    protected void WriteLine(StringBuilder page, string suffix, string common, string labels, double value)
    {
        page.Append(name).Append(suffix).Append('{').Append(common);
        if (labels.Length > 0) page.Append(',').Append(labels);
        page.Append("} ").Append(double.IsNaN(value) ? "NaN" : value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}

internal sealed class CounterFamily(string name, string help, params string[] labels) : MetricFamily(name, "counter", help)
{
    private readonly ConcurrentDictionary<string, StrongBox> _series = [];

    public void Add(long count, params ReadOnlySpan<string> values) =>
        Interlocked.Add(ref _series.GetOrAdd(LabelSet.Write(labels, values), _ => new StrongBox()).Value, count);

    protected override void WriteSeries(StringBuilder page, string common)
    {
        foreach (var (set, count) in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
            WriteLine(page, "", common, set, Interlocked.Read(ref count.Value));
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}

/// <param name="read">Label values and the value of each series at this moment.</param>
internal sealed class GaugeFamily(string name, string help, Func<IEnumerable<(string[] Labels, double Value)>> read, params string[] labels)
    : MetricFamily(name, "gauge", help)
{
    protected override void WriteSeries(StringBuilder page, string common)
    {
        foreach (var (values, value) in read()) WriteLine(page, "", common, LabelSet.Write(labels, values), value);
    }
}
