using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EdgeModules.Hosting.Telemetry;

/// <summary>
/// Log lines as edgeAgent's GetModuleLogs reads them: <c>&lt;6&gt; 2026-01-31 12:00:00.123 +00:00 [INF] - text</c>, one line an event. A second line would have
/// no severity and be lost to a filter by level, so line ends are escaped.
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

    private static string Escape(string text) => text.ReplaceLineEndings("\\n");
}
