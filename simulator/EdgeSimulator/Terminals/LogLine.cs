using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeSimulator.Terminals;

/// <summary>A log line in the format that edgeAgent parses: <c>&lt;6&gt; 2026-01-31 12:00:00.123 +00:00 [INF] - text</c>.</summary>
/// <param name="Severity">As of syslog: 0 fatal, 3 error, 4 warning, 6 info, 7 debug.</param>
/// <param name="Time">As written; null when the line has none.</param>
public sealed partial record LogLine(int Severity, string? Time, string Text)
{
    private const int Information = 6;

    /// <returns>A line of another shape is a text of severity 6, as it is for edgeAgent.</returns>
    public static LogLine Parse(string line)
    {
        var match = Format().Match(line);
        return match.Success
            ? new LogLine(int.Parse(match.Groups["severity"].Value, CultureInfo.InvariantCulture), match.Groups["time"].Value, match.Groups["text"].Value)
            : new LogLine(Information, null, line);
    }

    public static string Write(int severity, DateTimeOffset time, string text)
    {
        var level = severity switch { 0 => "FTL", <= 3 => "ERR", 4 => "WRN", <= 6 => "INF", _ => "DBG" };
        return $"<{severity}> {time:yyyy-MM-dd HH:mm:ss.fff zzz} [{level}] - {text.ReplaceLineEndings("\\n")}";
    }

    [GeneratedRegex(@"^<(?<severity>\d)> \d{4}-\d{2}-\d{2} (?<time>\d{2}:\d{2}:\d{2}\.\d{3}) [+-]\d{2}:\d{2} (\[[A-Z]{3}\] - )?(?<text>.*)$")]
    private static partial Regex Format();
}
