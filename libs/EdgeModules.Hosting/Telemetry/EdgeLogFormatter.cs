using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EdgeModules.Hosting.Telemetry;

/// <summary>
/// Log lines as edgeAgent's GetModuleLogs reads them: <c>&lt;6&gt; 2026-01-31 12:00:00.123 +00:00 [INF] - text</c>, one line an event. A second line would
/// have no severity and be lost to a filter by level, so line ends are escaped; so are other control characters, which a terminal would obey: ids and names
/// come from outside.
/// </summary>
public sealed class EdgeLogFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "edge";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var (severity, word) = logEntry.LogLevel switch
        {
            LogLevel.Trace => (7, "VRB"),
            LogLevel.Debug => (7, "DBG"),
            LogLevel.Warning => (4, "WRN"),
            LogLevel.Error => (3, "ERR"),
            LogLevel.Critical => (0, "FTL"),
            _ => (6, "INF"),
        };
        var now = clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is not null) text = $"{text} {logEntry.Exception}";
        textWriter.Write($"<{severity}> {now} [{word}] - {Escape(text)}\n");
    }

    private static string Escape(string text)
    {
        text = text.ReplaceLineEndings("\\n");
        if (!text.Any(IsObeyed)) return text;
        return string.Concat(text.Select(c => IsObeyed(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString()));
    }

    /// <summary>Also those that turn the direction of writing, behind which a line can say something else than it shows.</summary>
    private static bool IsObeyed(char c) => (char.IsControl(c) && c != '\t') || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
