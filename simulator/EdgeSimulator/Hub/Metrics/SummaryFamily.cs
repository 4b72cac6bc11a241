using System.Collections.Concurrent;
using System.Text;

namespace EdgeSimulator.Hub.Metrics;

/// <summary>Quantiles over the last ten minutes, and of those over at most the last thousand values; sum and count are over all.</summary>
internal sealed class SummaryFamily(string name, string help, TimeProvider clock, params string[] labels) : MetricFamily(name, "summary", help)
{
    private const int Kept = 1_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly string[] Quantiles = ["0.1", "0.5", "0.9", "0.99"];
    private readonly ConcurrentDictionary<string, Series> _series = [];

    public void Observe(double value, params ReadOnlySpan<string> values)
    {
        var series = _series.GetOrAdd(LabelSet.Write(labels, values), _ => new Series());
        lock (series.Gate) series.Add(value, clock.GetTimestamp());
    }

    protected override void WriteSeries(StringBuilder page, string common)
    {
        foreach (var (set, series) in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
        {
            double[] recent;
            double sum;
            long count;
            lock (series.Gate) (recent, sum, count) = (series.Recent(clock, MaxAge), series.Sum, series.Count);
            Array.Sort(recent);
            foreach (var quantile in Quantiles)
                WriteLine(page, "", common, $"{set},quantile=\"{quantile}\"", ValueAt(recent, double.Parse(quantile)));
            WriteLine(page, "_sum", common, set, sum);
            WriteLine(page, "_count", common, set, count);
        }
    }

    private static double ValueAt(double[] sorted, double quantile) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];

    /// <summary>The lock is to be held.</summary>
    private sealed class Series
    {
        private readonly List<(double Value, long At)> _ring = [];
        private int _next;

        public Lock Gate { get; } = new();

        public double Sum { get; private set; }

        public long Count { get; private set; }

        public void Add(double value, long now)
        {
            Sum += value;
            Count++;
            if (_ring.Count < Kept) _ring.Add((value, now));
            else _ring[_next] = (value, now);
            _next = (_next + 1) % Kept;
        }

        public double[] Recent(TimeProvider clock, TimeSpan maxAge) =>
            [.. _ring.Where(entry => clock.GetElapsedTime(entry.At) <= maxAge).Select(entry => entry.Value)];
    }
}
