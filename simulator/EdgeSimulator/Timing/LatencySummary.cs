using System.Globalization;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Timing;

/// <summary>What is told of durations of one kind.</summary>
public sealed record LatencySummary(long Count, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Max)
{
    public JObject ToJson() => new()
    {
        ["count"] = Count,
        ["p50Milliseconds"] = Rounded(P50),
        ["p90Milliseconds"] = Rounded(P90),
        ["p99Milliseconds"] = Rounded(P99),
        ["p999Milliseconds"] = Rounded(P999),
        ["maxMilliseconds"] = Rounded(Max),
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {P50.TotalMilliseconds:0.00}, p90 {P90.TotalMilliseconds:0.00}, p99 {P99.TotalMilliseconds:0.00}, "
        + $"p99.9 {P999.TotalMilliseconds:0.00}, max {Max.TotalMilliseconds:0.00} ms");

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
