using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeSimulator.Terminals;

/// <summary>What the user reads. Lines only grow; colours where the terminal has them, plain text elsewhere.</summary>
public sealed class Terminal(IAnsiConsole console, TimeProvider clock)
{
    private const int NameWidth = 16;

    /// <summary>Wide enough never to break a line: what a terminal breaks can be copied whole, what a program breaks cannot.</summary>
    private const int Unbroken = 100_000;

    private const int Informational = 6;
    private const int Debugging = 7;

    private readonly Lock _lock = new();
    private readonly int _tableWidth = console.Profile.Width;

    /// <summary>Columns for text that is to stay on one line; where standard output is no terminal, more than any text needs.</summary>
    public int Width => _tableWidth;

    /// <summary>For text that comes laid out, when nothing else is written.</summary>
    public TextWriter Writer => console.Profile.Out.Writer;

    /// <summary>On standard output; where that is no terminal, tables are as wide as they need to be.</summary>
    public static Terminal Standard(TimeProvider clock)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected) console.Profile.Width = Unbroken;
        return new Terminal(console, clock);
    }

    public void Line(string text) => Write("edgeSimulator", text, Style.Plain);

    /// <param name="source">A part of the simulator.</param>
    public void Line(string source, string text) => Write(source, text, Style.Plain);

    public void Progress(string text) => Write("edgeSimulator", text, new Style(Color.Aqua));

    public void Warning(string text) => Write("edgeSimulator", text, new Style(Color.Yellow));

    public void Error(string text) => Write("edgeSimulator", text, new Style(Color.Red));

    /// <summary>Lines of modules that are less severe are left out; by default none is.</summary>
    public int LeastSevereLog { get; set; } = Debugging;

    /// <param name="source">Module name.</param>
    public void Log(string source, LogLine line)
    {
        if (line.Severity <= LeastSevereLog) Write(source, line.Text, StyleOf(line.Severity), line.Time);
    }

    /// <summary>A table by itself, as wide as the terminal at most.</summary>
    public void Block(IRenderable block)
    {
        lock (_lock)
        {
            console.Profile.Width = _tableWidth;
            console.Write(block);
        }
    }

    /// <summary>A line by itself, without time and name.</summary>
    public void Plain(string text = "") => Plain(text, Style.Plain);

    public void Plain(string text, Style style)
    {
        lock (_lock)
        {
            console.Profile.Width = Unbroken;
            console.WriteLine(text, style);
        }
    }

    /// <summary>A line for programs: as it is, however long.</summary>
    public void Raw(string text)
    {
        lock (_lock)
        {
            Writer.WriteLine(text);
            Writer.Flush();
        }
    }

    /// <summary>A line of a log as it was written, in the colour of its severity.</summary>
    public void LogText(string line)
    {
        if (line.Length < Unbroken && LogLine.Parse(line).Severity is not Informational and var severity) Plain(line, StyleOf(severity));
        else Raw(line);
    }

    private void Write(string source, string text, Style style, string? time = null)
    {
        time ??= clock.GetUtcNow().ToString("HH:mm:ss.fff");
        lock (_lock)
        {
            console.Profile.Width = Unbroken;
            console.Write($"{time} ", new Style(Color.Grey));
            console.Write(source.PadRight(NameWidth) + " ", new Style(ColorOf(source)));
            console.WriteLine(text, style);
        }
    }

    private static Style StyleOf(int severity) => severity switch
    {
        <= 3 => new Style(Color.Red),
        4 => new Style(Color.Yellow),
        7 => new Style(Color.Grey),
        _ => Style.Plain,
    };

    /// <summary>The same colour for the same name in every run.</summary>
    private static Color ColorOf(string source)
    {
        Color[] palette = [Color.Green, Color.Blue, Color.Purple, Color.Teal, Color.Olive, Color.Fuchsia];
        return source.StartsWith("edge", StringComparison.Ordinal) ? Color.Grey : palette[source.Sum(c => c) % palette.Length];
    }
}
