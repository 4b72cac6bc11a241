using System.Buffers;

namespace EdgeSimulator.Hub.Routing;

internal enum RouteTokenKind
{
    /// <summary>A run of characters that can name something; keywords and numbers too.</summary>
    Word,

    /// <summary><c>$</c> and a name.</summary>
    SystemWord,

    /// <summary>A quoted string, quotes included.</summary>
    Literal,

    /// <summary>Any other single character, or a run that nothing accepts.</summary>
    Symbol,
    End,
}

/// <param name="Column">Counted from 1.</param>
internal readonly record struct RouteToken(RouteTokenKind Kind, string Text, int Column)
{
    public bool Is(string word) => Kind is RouteTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Kind is RouteTokenKind.End ? "the end of the route" : $"'{Text}'";
}

/// <summary>
/// Cuts a route into tokens as edgeHub's lexer does: at each place the longest token wins. So <c>/*</c> begins a comment only if
/// <c>*/</c> follows somewhere, and is the end of a source path otherwise.
/// </summary>
internal static class RouteLexer
{
    private static readonly SearchValues<char> EndOfWord = SearchValues.Create("()<>@,;:\\\"/[]?={} \t\n\r");
    private static readonly SearchValues<char> EndOfPath = SearchValues.Create("()<>@,;:\\\"/?={} \t\n\r");

    /// <returns>The tokens in order, <see cref="RouteTokenKind.End"/> last.</returns>
    public static IReadOnlyList<RouteToken> Cut(string text)
    {
        var tokens = new List<RouteToken>();
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            var skipped = LengthOfBlankOrComment(rest);
            if (skipped > 0)
            {
                at += skipped;
                continue;
            }

            var (kind, length) = Next(rest);
            tokens.Add(new RouteToken(kind, text.Substring(at, length), at + 1));
            at += length;
        }

        tokens.Add(new RouteToken(RouteTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static int LengthOfBlankOrComment(ReadOnlySpan<char> rest)
    {
        if (rest[0] is ' ' or '\t' or '\r' or '\n') return 1;
        if (!rest.StartsWith("/*")) return 0;
        var end = rest[2..].IndexOf("*/");
        return end < 0 ? 0 : end + 4;
    }

    private static (RouteTokenKind Kind, int Length) Next(ReadOnlySpan<char> rest)
    {
        var word = LengthUntil(rest, EndOfWord);
        var path = LengthUntil(rest, EndOfPath);
        var literal = LengthOfLiteral(rest);
        if (literal > 0 && literal >= path) return (RouteTokenKind.Literal, literal);
        if (rest[0] == '$' && path > 1) return (RouteTokenKind.SystemWord, path);
        if (path > word) return (RouteTokenKind.Symbol, path);
        return word > 0 ? (RouteTokenKind.Word, word) : (RouteTokenKind.Symbol, 1);
    }

    private static int LengthUntil(ReadOnlySpan<char> rest, SearchValues<char> end)
    {
        var length = rest.IndexOfAny(end);
        return length < 0 ? rest.Length : length;
    }

    /// <returns>0 when no complete quoted string begins here.</returns>
    private static int LengthOfLiteral(ReadOnlySpan<char> rest)
    {
        if (rest[0] is not ('"' or '\'')) return 0;
        for (var at = 1; at < rest.Length; at++)
        {
            if (rest[at] == rest[0]) return at + 1;
            if (rest[at] == '\\') at++;
        }

        return 0;
    }
}
