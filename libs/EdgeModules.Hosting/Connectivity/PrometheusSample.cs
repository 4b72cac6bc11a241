using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeModules.Hosting.Connectivity;

/// <summary>One line of Prometheus' text format.</summary>
internal sealed partial class PrometheusSample
{
    private readonly string _labels;

    private PrometheusSample(string name, string labels, double value) => (Name, _labels, Value) = (name, labels, value);

    public string Name { get; }

    public double Value { get; }

    /// <returns>Null for a comment, for what is no sample, and for a value that is not finite.</returns>
    public static PrometheusSample? Parse(string line)
    {
        var match = SampleLine().Match(line);
        return match.Success && double.TryParse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new PrometheusSample(match.Groups["name"].Value, match.Groups["labels"].Value, value)
            : null;
    }

    /// <returns>As written, so with its escapes; null when it has none of that name.</returns>
    public string? Label(string name)
    {
        foreach (Match label in LabelPair().Matches(_labels))
        {
            if (label.Groups["name"].ValueSpan.SequenceEqual(name)) return label.Groups["value"].Value;
        }

        return null;
    }

    // A label's value may hold a brace or an escaped quote; a time may follow the value.
    [GeneratedRegex(
        """"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{(?<labels>([^"}]|"(\\.|[^"\\])*")*)\})?\s+(?<value>\S+)(\s+-?\d+)?\s*$"""", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleLine();

    [GeneratedRegex(""""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"(?<value>(\\.|[^"\\])*)(?:")"""", RegexOptions.ExplicitCapture)]
    private static partial Regex LabelPair();
}
