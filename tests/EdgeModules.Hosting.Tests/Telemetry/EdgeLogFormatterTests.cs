using System.Text.RegularExpressions;
using EdgeModules.Hosting.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Hosting.Tests.Telemetry;

public sealed partial class EdgeLogFormatterTests
{
    private readonly EdgeLogFormatter _formatter = new(new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero)));

    [Fact]
    public void Write_Event_IsTheLineOfTheRuntimesOwnModules() =>
        Assert.Equal("<6> 2026-01-31 12:00:00.123 +00:00 [INF] - Connected.\n", Written(LogLevel.Information, "Connected."));

    [Theory]
    [InlineData(LogLevel.Trace, "7", "VRB")]
    [InlineData(LogLevel.Debug, "7", "DBG")]
    [InlineData(LogLevel.Information, "6", "INF")]
    [InlineData(LogLevel.Warning, "4", "WRN")]
    [InlineData(LogLevel.Error, "3", "ERR")]
    [InlineData(LogLevel.Critical, "0", "FTL")]
    public void Write_AnyLevel_IsReadByTheAgent(LogLevel level, string severity, string word)
    {
        var match = AgentsParser().Match(Written(level, "text"));

        Assert.Equal((severity, "2026-01-31 12:00:00.123 +00:00"), (match.Groups["logLevel"].Value, match.Groups["timestamp"].Value));
        Assert.Equal($"[{word}] - text", match.Groups["logtext"].Value.TrimEnd('\n'));
    }

    [Theory]
    [InlineData("one\ntwo\r\nthree\rfour\u0085five\u2028six\n")]
    [InlineData("\n")]
    public void Write_TextOfSeveralLines_IsOneLine(string text)
    {
        var line = Written(LogLevel.Error, text);

        Assert.Equal(line.Length - 1, line.IndexOfAny(['\n', '\r', '\u0085', '\u2028']));
        Assert.Contains("\\n", line, StringComparison.Ordinal);
    }

    /// <summary>A device could clear an operator's screen, colour what is no error, or forge a line.</summary>
    [Theory]
    [InlineData("\u001b[2Jgone", "\\u001b[2Jgone")]
    [InlineData("a\u0000b\u0007c\u007fd\u009be", "a\\u0000b\\u0007c\\u007fd\\u009be")]
    [InlineData("\u202Eexe.txt\u2066", "\\u202eexe.txt\\u2066")]
    [InlineData("x\n<6> 2026-01-31 12:00:00.123 +00:00 [INF] - forged", "x\\n<6> 2026-01-31 12:00:00.123 +00:00 [INF] - forged")]
    [InlineData("tab\tgrün 測定", "tab\tgrün 測定")]
    public void Write_TextThatATerminalObeys_IsEscaped(string text, string written) =>
        Assert.EndsWith($"[WRN] - {written}\n", Written(LogLevel.Warning, text), StringComparison.Ordinal);

    [Fact]
    public void Write_Exception_IsOnTheSameLineWithItsCauseAndTrace()
    {
        var line = Written(LogLevel.Error, "It failed.", Thrown());

        Assert.Single(line.TrimEnd('\n').Split('\n'));
        Assert.Contains("It failed. System.InvalidOperationException: outer", line, StringComparison.Ordinal);
        Assert.Contains("inner", line, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(EdgeLogFormatterTests).FullName}", line, StringComparison.Ordinal);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("outer", new FormatException("inner"));
        }
        catch (InvalidOperationException error)
        {
            return error;
        }
    }

    private string Written(LogLevel level, string text, Exception? error = null)
    {
        using var writer = new StringWriter();
        _formatter.Write(new LogEntry<string>(level, "Category", 0, text, error, (state, _) => state), null, writer);
        return writer.ToString();
    }

    /// <summary>LogMessageParser.cs of edgeAgent.</summary>
    [GeneratedRegex(@"^((?<dockerTimestamp>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z))?\s*(<(?<logLevel>\d)>)?\s*((?<timestamp>\d{4}-\d{2}-\d{2}\s\d{2}:\d{2}:\d{2}.\d{3}\s[+-]\d{2}:\d{2})\s)?\s*(?<logtext>.*)")]
    private static partial Regex AgentsParser();
}
