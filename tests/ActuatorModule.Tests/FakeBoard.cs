namespace EdgeModules.Actuating.Tests;

/// <summary>A board that has the lines that a test gives it.</summary>
internal sealed class FakeBoard(params int[] lines) : IBoard
{
    /// <summary>What happened, such as <c>17 opened on</c>, <c>17 off</c>, <c>17 given back</c>.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Lines that cannot be set.</summary>
    public HashSet<int> Broken { get; } = [];

    public ILine Open(GpioLine line, bool isOn)
    {
        if (!lines.Contains(line.Line)) throw new LineException($"The line {line} cannot be opened: there is none.");
        Events.Add($"{line.Line} opened {(isOn ? "on" : "off")}");
        return new FakeLine(this, line.Line);
    }

    private sealed class FakeLine(FakeBoard board, int line) : ILine
    {
        public void Set(bool isOn)
        {
            if (board.Broken.Contains(line)) throw new LineException($"The line {line} cannot be set.");
            board.Events.Add($"{line} {(isOn ? "on" : "off")}");
        }

        public void Dispose() => board.Events.Add($"{line} given back");
    }
}
