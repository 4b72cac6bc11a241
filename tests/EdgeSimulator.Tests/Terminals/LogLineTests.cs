using EdgeSimulator.Terminals;

namespace EdgeSimulator.Tests.Terminals;

public class LogLineTests
{
    [Theory]
    [InlineData("<6> 2026-01-31 12:00:00.123 +00:00 [INF] - text - more", 6, "12:00:00.123", "text - more")]
    [InlineData("<3> 2026-01-31 12:00:00.123 +00:00 [ERR] - ", 3, "12:00:00.123", "")]
    [InlineData("<4> 2026-01-31 12:00:00.123 +00:00 text", 4, "12:00:00.123", "text")]
    [InlineData("Unhandled exception. X", 6, null, "Unhandled exception. X")]
    public void Parse_Line_GivesSeverityTimeAndText(string line, int severity, string? time, string text) =>
        Assert.Equal(new LogLine(severity, time, text), LogLine.Parse(line));

    [Fact]
    public void Write_Text_IsOneLineThatParseReads()
    {
        var line = LogLine.Write(4, new DateTimeOffset(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero), "a\nb");
        Assert.Equal("<4> 2026-01-31 12:00:00.123 +00:00 [WRN] - a\\nb", line);
        Assert.Equal(new LogLine(4, "12:00:00.123", "a\\nb"), LogLine.Parse(line));
    }

    [Fact]
    public void Log_ModuleLine_IsShownCompactly()
    {
        using var terminal = new TestTerminal();
        terminal.Terminal.Log("FilterModule", LogLine.Parse("<6> 2026-01-31 12:00:00.123 +00:00 [INF] - Ready [now]."));
        Assert.Equal("12:00:00.123 FilterModule     Ready [now].", terminal.Text.TrimEnd());
    }
}
