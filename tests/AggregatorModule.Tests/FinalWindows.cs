using Newtonsoft.Json.Linq;

namespace EdgeModules.Aggregation.Tests;

/// <summary>What the cloud has at the end, against what the plain program says.</summary>
internal static class FinalWindows
{
    private static readonly (string Name, decimal Rank)[] Quantiles = [("p50", 0.50m), ("p95", 0.95m), ("p99", 0.99m)];

    /// <param name="summaries">All that were sent, each once, in order.</param>
    /// <returns>Null when there is none.</returns>
    public static string? FirstDifference(PlainAggregator plain, IReadOnlyCollection<JObject> summaries)
    {
        var ids = summaries.GroupBy(item => (string)item["summaryId"]!).FirstOrDefault(group => group.Count() > 1);
        if (ids is not null) return $"There are {ids.Count()} summaries {ids.Key}.";
        var told = summaries.GroupBy(KeyOf).ToDictionary(group => group.Key, group => group.OrderBy(item => (int)item["revision"]!).ToList());
        foreach (var key in plain.Windows.Keys.Union(told.Keys).OrderBy(key => key.Start).ThenBy(key => key.Device, StringComparer.Ordinal))
        {
            if (!told.TryGetValue(key, out var revisions)) return $"{key}: not sent, and should have {string.Join(' ', plain.Windows[key].Values)}.";
            if (!plain.Windows.TryGetValue(key, out var readings)) return $"{key}: sent, and should not be: {revisions[^1]}";
            if (!revisions.Select(item => (int)item["revision"]!).SequenceEqual(Enumerable.Range(0, revisions.Count)))
                return $"{key}: its revisions are {string.Join(", ", revisions.Select(item => item["revision"]))}.";
            if (DifferenceOf(readings, revisions[^1]) is { } difference)
                return $"{key}: {difference} It is {revisions[^1]} and should be of {string.Join(' ', readings.Values)}.";
        }

        return null;
    }

    private static PlainKey KeyOf(JObject item)
    {
        var parts = ((string)item["summaryId"]!).Split('/');
        return new PlainKey((string)item["deviceId"]!, (long)item["windowStart"]!, parts.Length == 5 ? long.Parse(parts[4][1..]) : 0);
    }

    private static string? DifferenceOf(SortedDictionary<long, PlainReading> readings, JObject item)
    {
        if ((long)item["readingCount"]! != readings.Count) return $"readingCount must be {readings.Count}.";
        var metrics = readings.Values.SelectMany(reading => reading.Values).Select(value => value.Metric).Distinct().ToList();
        foreach (var metric in metrics)
        {
            if (item[metric] is not JObject summary) return $"{metric} is missing.";
            var values = readings.Values.SelectMany(reading => reading.Values).Where(value => value.Metric == metric).Select(value => value.Value).ToList();
            var difference = Expected(values).FirstOrDefault(expected => !(Math.Abs((double)summary[expected.Name]! - expected.Value) <= expected.Tolerance));
            if (difference.Name is not null) return $"{metric}.{difference.Name} must be {difference.Value:R} (±{difference.Tolerance}).";
        }

        return null;
    }

    private static IEnumerable<(string Name, double Value, double Tolerance)> Expected(List<decimal> values)
    {
        yield return ("count", values.Count, 0);
        yield return ("min", (double)values.Min(), 0);
        yield return ("max", (double)values.Max(), 0);
        yield return ("first", (double)values[0], 0);
        yield return ("last", (double)values[^1], 0);
        var mean = values.Average();
        // A double has 16 digits.
        var rounding = 1e-9 + 1e-15 * Math.Abs((double)mean);
        yield return ("avg", (double)mean, rounding);
        var deviation = values.Count == 1 ? 0 : Math.Sqrt((double)(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
        yield return ("stddev", deviation, rounding + 1e-9 * deviation);
        var sorted = values.Order().ToList();
        foreach (var (name, rank) in Quantiles)
        {
            var quantile = (double)sorted[(int)(rank * (values.Count - 1))];
            yield return (name, quantile, 0.01 * Math.Abs(quantile) + rounding);
        }
    }
}
