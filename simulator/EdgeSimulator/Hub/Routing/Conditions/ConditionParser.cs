namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>
/// Conditions without their mistakes: operators bind, from tight to loose, minus and NOT; <c>* / %</c>; <c>+ - ||</c>; comparison; equality;
/// AND; OR; <c>??</c>; all to the left.
/// </summary>
/// <param name="tokens">Of the whole route.</param>
/// <param name="start">The first token of the condition.</param>
internal sealed class ConditionParser(string route, RouteToken[] tokens, int start)
{
    /// <summary>Levels of parentheses, calls, operators in front and operands; more would need more stack than a thread may have.</summary>
    public const int MaxDepth = 500;

    private const string AnOperand = "a name, a value, a function, NOT, '-' or '('";

    private int _next = start;
    private int _depth;

    /// <summary>The condition was given up for its depth, so nothing is known of the rest.</summary>
    public bool IsTooDeep => _depth > MaxDepth;

    private RouteToken Current => tokens[_next];

    /// <returns>The condition, which ends before the token INTO.</returns>
    /// <exception cref="RouteException">Its stage is always <see cref="RouteStage.Parse"/>.</exception>
    public Expression Parse()
    {
        var condition = ParseExpression(weakest: 1);
        return Current.Kind is RouteTokenKind.Into ? condition : throw Unexpected("an operator or INTO");
    }

    private Expression ParseExpression(int weakest)
    {
        Descend();
        var first = ParseOperand();
        List<Step>? steps = null;
        for (var strength = StrengthOf(Current.Kind); strength >= weakest; strength = StrengthOf(Current.Kind))
        {
            var operatorToken = tokens[_next++];
            (steps ??= []).Add(new Step(operatorToken, ParseExpression(strength + 1)));
        }

        _depth--;
        return steps is null ? first : new Chain(first, steps);
    }

    /// <returns>0 for what is no binary operator.</returns>
    public static int StrengthOf(RouteTokenKind kind) => kind switch
    {
        RouteTokenKind.Times or RouteTokenKind.Divide or RouteTokenKind.Modulo => 7,
        RouteTokenKind.Plus or RouteTokenKind.Minus or RouteTokenKind.Concatenate => 6,
        RouteTokenKind.Less or RouteTokenKind.LessOrEqual or RouteTokenKind.Greater or RouteTokenKind.GreaterOrEqual => 5,
        RouteTokenKind.Equal or RouteTokenKind.NotEqual => 4,
        RouteTokenKind.And => 3,
        RouteTokenKind.Or => 2,
        RouteTokenKind.Coalesce => 1,
        _ => 0,
    };

    public static bool IsValue(RouteTokenKind kind) => kind is RouteTokenKind.True or RouteTokenKind.False or RouteTokenKind.Null
        or RouteTokenKind.Undefined or RouteTokenKind.String or RouteTokenKind.Integer or RouteTokenKind.Hexadecimal or RouteTokenKind.Real;

    private Expression ParseOperand()
    {
        var token = Current;
        switch (token.Kind)
        {
            case RouteTokenKind.Minus or RouteTokenKind.Not:
                _next++;
                Descend();
                var operand = ParseOperand();
                _depth--;
                return new Unary(token, operand);
            case RouteTokenKind.OpenParenthesis:
                _next++;
                var inner = ParseExpression(weakest: 1);
                Take(RouteTokenKind.CloseParenthesis, $"an operator or ')', which the '(' of column {token.Column} needs");
                return inner;
            case RouteTokenKind.OpenBrace:
                _next++;
                var name = Take(RouteTokenKind.SystemName, "a system property like $contentType");
                Take(RouteTokenKind.CloseBrace, "'}'");
                return new SystemProperty(name, Escaped: true);
            case RouteTokenKind.SystemName:
                _next++;
                return new SystemProperty(token, Escaped: false);
            case RouteTokenKind.Name when tokens[_next + 1].Kind is RouteTokenKind.OpenParenthesis:
                _next += 2;
                return new Call(token, ParseArguments());
            case RouteTokenKind.Name:
                _next++;
                return new Property(token);
            case RouteTokenKind.UnterminatedString:
                throw Problem(token, "the string that begins here does not end, or has a '\\' without a quote, '\\' or uXXXX after it");
            case var kind when IsValue(kind):
                _next++;
                return new Literal(token);
            default:
                throw Unexpected(AnOperand);
        }
    }

    private List<Expression> ParseArguments()
    {
        var arguments = new List<Expression>();
        if (Current.Kind is not RouteTokenKind.CloseParenthesis)
        {
            arguments.Add(ParseExpression(weakest: 1));
            while (Current.Kind is RouteTokenKind.Comma)
            {
                _next++;
                arguments.Add(ParseExpression(weakest: 1));
            }
        }

        Take(RouteTokenKind.CloseParenthesis, "an operator, ',' or ')'");
        return arguments;
    }

    private void Descend()
    {
        if (++_depth > MaxDepth) throw Problem(Current, $"the condition is nested deeper than {MaxDepth} levels");
    }

    private RouteToken Take(RouteTokenKind kind, string expected) => Current.Kind == kind ? tokens[_next++] : throw Unexpected(expected);

    private RouteException Unexpected(string expected) => Problem(Current, $"found {Current}; expected {expected}");

    private RouteException Problem(RouteToken token, string problem) => new(RouteStage.Parse, route, token.Column, problem);
}
