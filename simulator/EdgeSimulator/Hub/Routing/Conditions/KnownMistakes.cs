namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>
/// edgeHub's grammar has productions for common mistakes: a character that means nothing before, between or in place of operands, a string
/// without its end, a <c>(</c> without <c>)</c>, one <c>)</c> too many. A condition with no other mistakes passes its parser, and fails in its
/// compiler. What decides is whether any reading of the tokens has only such mistakes, so all readings are followed at once.
/// </summary>
internal static class KnownMistakes
{
    /// <summary>No person nests calls so deep, and every reading remembers them all.</summary>
    private const int MaxCalls = 32;

    /// <param name="Groups">Parentheses that could still be closed here, in the innermost open call, or outside of any.</param>
    /// <param name="Call">What was around the innermost open call, if any.</param>
    /// <param name="CanCloseTwice">The token before closed a parenthesis or a call.</param>
    private sealed record Reading(int Groups, Reading? Call, int Calls, bool NeedsOperand, bool CanCloseTwice);

    /// <param name="start">The first token of the condition.</param>
    /// <returns>True if the tokens up to INTO are a condition with none but known mistakes.</returns>
    public static bool Explain(RouteToken[] tokens, int start)
    {
        IReadOnlyList<Reading> readings = [new Reading(0, null, 0, NeedsOperand: true, CanCloseTwice: false)];
        for (var at = start; tokens[at].Kind is not RouteTokenKind.Into; at++)
        {
            if (tokens[at].Kind is RouteTokenKind.End || readings.Count == 0) return false;
            var length = LengthOfOperand(tokens, at);
            readings = length switch
            {
                1 => Best(readings.SelectMany(reading => reading.NeedsOperand ? AtOperand(reading, tokens[at].Kind) : AtOperator(reading, tokens[at].Kind))),
                2 => [.. readings.Where(reading => reading.NeedsOperand && reading.Calls < MaxCalls).Select(OpenCall)],
                _ => Best(readings.Where(reading => reading.NeedsOperand)
                    .Select(reading => AfterOperand(reading) with { CanCloseTwice = tokens[at].Kind is RouteTokenKind.Name })),
            };
            at += length - 1;
        }

        return readings.Any(reading => reading is { NeedsOperand: false, Call: null });
    }

    /// <returns>3 for <c>{$name}</c> and <c>name()</c>, 2 for the <c>name(</c> of any other call, else 1.</returns>
    private static int LengthOfOperand(RouteToken[] tokens, int at) => (tokens[at].Kind, tokens[at + 1].Kind) switch
    {
        (RouteTokenKind.OpenBrace, RouteTokenKind.SystemName) when tokens[at + 2].Kind is RouteTokenKind.CloseBrace => 3,
        (RouteTokenKind.Name, RouteTokenKind.OpenParenthesis) => tokens[at + 2].Kind is RouteTokenKind.CloseParenthesis ? 3 : 2,
        _ => 1,
    };

    private static IEnumerable<Reading> AtOperand(Reading reading, RouteTokenKind kind) => kind switch
    {
        RouteTokenKind.Minus or RouteTokenKind.Not => [reading],
        RouteTokenKind.OpenParenthesis => [reading with { Groups = reading.Groups + 1 }],
        RouteTokenKind.Unknown => [reading, AfterOperand(reading)],
        RouteTokenKind.Name or RouteTokenKind.SystemName or RouteTokenKind.UnterminatedString => [AfterOperand(reading)],
        _ => ConditionParser.IsValue(kind) ? [AfterOperand(reading)] : [],
    };

    private static IEnumerable<Reading> AtOperator(Reading reading, RouteTokenKind kind)
    {
        if (ConditionParser.StrengthOf(kind) > 0 || kind is RouteTokenKind.Unknown) yield return BeforeOperand(reading);
        if (kind is RouteTokenKind.Comma && reading.Call is not null) yield return BeforeOperand(reading) with { Groups = 0 };
        if (kind is not RouteTokenKind.CloseParenthesis) yield break;
        if (reading.Groups > 0) yield return reading with { Groups = reading.Groups - 1, CanCloseTwice = true };
        if (reading.Call is not null) yield return AfterOperand(reading.Call) with { CanCloseTwice = true };
        if (reading.CanCloseTwice) yield return AfterOperand(reading);
    }

    private static Reading OpenCall(Reading around) => new(0, around, around.Calls + 1, NeedsOperand: true, CanCloseTwice: false);

    private static Reading AfterOperand(Reading reading) => reading with { NeedsOperand = false, CanCloseTwice = false };

    private static Reading BeforeOperand(Reading reading) => reading with { NeedsOperand = true, CanCloseTwice = false };

    /// <summary>Of readings that differ in nothing else, the one with most groups left can do all that the others can.</summary>
    private static IReadOnlyList<Reading> Best(IEnumerable<Reading> readings) =>
        [.. readings.GroupBy(reading => reading with { Groups = 0 }).Select(alike => alike.MaxBy(reading => reading.Groups)!)];
}
