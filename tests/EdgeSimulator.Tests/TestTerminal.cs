using EdgeSimulator.Terminals;
using Spectre.Console;

namespace EdgeSimulator.Tests;

/// <summary>A terminal without colours that remembers.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly StringWriter _text = new();

    public TestTerminal()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(TextWriter.Synchronized(_text)) });
        console.Profile.Width = 4_000;
        Terminal = new Terminal(console, TimeProvider.System);
    }

    public Terminal Terminal { get; }

    public string Text => _text.ToString();

    public void Dispose() => _text.Dispose();
}
