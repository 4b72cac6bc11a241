namespace EdgeSimulator.Hub.Routing;

internal enum RouteTokenKind
{
    Select,
    From,
    Where,
    Into,
    And,
    Or,
    Not,
    True,
    False,
    Null,
    Undefined,

    /// <summary>A quoted string, quotes included.</summary>
    String,

    /// <summary>A quote without its partner, or before an escape that does not exist.</summary>
    UnterminatedString,
    Integer,
    Hexadecimal,
    Real,

    /// <summary>A run of characters that can name something, and is nothing else.</summary>
    Name,

    /// <summary><c>$</c> and a name, which may have <c>[</c> and <c>]</c>.</summary>
    SystemName,

    /// <summary>A run with <c>[</c> or <c>]</c> that does not begin with <c>$</c>; nothing accepts it.</summary>
    Bracketed,
    OpenParenthesis,
    CloseParenthesis,
    OpenBrace,
    CloseBrace,
    Comma,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Concatenate,
    Coalesce,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>A single character that begins nothing.</summary>
    Unknown,
    End,
}

/// <param name="Column">Counted from 1.</param>
internal readonly record struct RouteToken(RouteTokenKind Kind, string Text, int Column)
{
    private const int ShownCharacters = 60;

    public override string ToString() => Kind is RouteTokenKind.End
        ? "the end of the route"
        : Text.Length <= ShownCharacters ? $"'{Text}'" : $"'{Text[..ShownCharacters]}…'";
}
