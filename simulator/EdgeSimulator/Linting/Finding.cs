namespace EdgeSimulator.Linting;

/// <summary>One thing found at one place.</summary>
/// <param name="Path">Of JSON, as the file has it.</param>
/// <param name="Place">In the file as it is written, placeholders not expanded.</param>
/// <param name="Message">What was found; a sentence.</param>
internal sealed record Finding(LintRule Rule, Severity Severity, string File, string Path, TextPlace Place, string Message, string Why, string Mend);

/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in characters.</param>
internal readonly record struct TextPlace(int Line, int Column) : IComparable<TextPlace>
{
    public int CompareTo(TextPlace other) => (Line, Column).CompareTo((other.Line, other.Column));
}
