using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeSimulator.Hub.Routing;

/// <summary>
/// Cuts a route into tokens as edgeHub's lexer does: at each place the longest token wins, so <c>a-b</c>, <c>3-1</c> and <c>'a'b</c> are one
/// name each, and <c>/*</c> begins a comment only if <c>*/</c> follows somewhere.
/// </summary>
internal static partial class RouteLexer
{
    private static readonly SearchValues<char> EndOfName = SearchValues.Create("()<>@,;:\\\"/[]?={} \t\n\r");
    private static readonly SearchValues<char> EndOfPath = SearchValues.Create("()<>@,;:\\\"/?={} \t\n\r");

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly (string Word, RouteTokenKind Kind)[] KeywordsOfAnyCase =
    [
        ("SELECT", RouteTokenKind.Select), ("FROM", RouteTokenKind.From), ("WHERE", RouteTokenKind.Where), ("INTO", RouteTokenKind.Into),
        ("AND", RouteTokenKind.And), ("OR", RouteTokenKind.Or), ("NOT", RouteTokenKind.Not),
    ];

    /// <returns>The tokens in order, <see cref="RouteTokenKind.End"/> last.</returns>
    public static RouteToken[] Cut(string text)
    {
        var tokens = new List<RouteToken>();
        var lastCommentEnd = text.LastIndexOf("*/", StringComparison.Ordinal);
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (rest[0] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
                continue;
            }

            if (rest.StartsWith("/*") && at + 2 <= lastCommentEnd)
            {
                at += rest[2..].IndexOf("*/") + 4;
                continue;
            }

            var (kind, length) = Next(rest);
            tokens.Add(new RouteToken(kind, text.Substring(at, length), at + 1));
            at += length;
        }

        tokens.Add(new RouteToken(RouteTokenKind.End, "", text.Length + 1));
        return [.. tokens];
    }

    private static (RouteTokenKind Kind, int Length) Next(ReadOnlySpan<char> rest)
    {
        var path = LengthUntil(rest, EndOfPath);
        if (rest[0] is '"' or '\'')
        {
            var (kind, length) = Quoted(rest);
            if (length >= path) return (kind, length);
        }

        if (rest.StartsWith("!=")) return (RouteTokenKind.NotEqual, 2);
        if (path == 0) return Punctuation(rest);
        if (rest[0] == '$' && path > 1) return (RouteTokenKind.SystemName, path);
        return LengthUntil(rest, EndOfName) < path ? (RouteTokenKind.Bracketed, path) : (KindOf(rest[..path]), path);
    }

    private static int LengthUntil(ReadOnlySpan<char> rest, SearchValues<char> end)
    {
        var length = rest.IndexOfAny(end);
        return length < 0 ? rest.Length : length;
    }

    /// <summary>A string may hold line breaks; <c>\</c> must be followed by a quote, <c>\</c>, or <c>u</c> and four hexadecimal digits.</summary>
    private static (RouteTokenKind Kind, int Length) Quoted(ReadOnlySpan<char> rest)
    {
        var at = 1;
        while (at < rest.Length)
        {
            if (rest[at] == rest[0]) return (RouteTokenKind.String, at + 1);
            var length = rest[at] == '\\' ? LengthOfEscape(rest[at..]) : 1;
            if (length == 0) break;
            at += length;
        }

        return (RouteTokenKind.UnterminatedString, at);
    }

    private static int LengthOfEscape(ReadOnlySpan<char> rest)
    {
        if (rest.Length >= 2 && rest[1] is '"' or '\'' or '\\') return 2;
        return rest.Length >= 6 && rest[1] == 'u' && rest[2..6].IndexOfAnyExcept(HexadecimalDigits) < 0 ? 6 : 0;
    }

    private static (RouteTokenKind Kind, int Length) Punctuation(ReadOnlySpan<char> rest) => (rest[0], rest.Length > 1 ? rest[1] : '\0') switch
    {
        ('<', '=') => (RouteTokenKind.LessOrEqual, 2),
        ('<', '>') => (RouteTokenKind.NotEqual, 2),
        ('>', '=') => (RouteTokenKind.GreaterOrEqual, 2),
        ('?', '?') => (RouteTokenKind.Coalesce, 2),
        ('<', _) => (RouteTokenKind.Less, 1),
        ('>', _) => (RouteTokenKind.Greater, 1),
        ('=', _) => (RouteTokenKind.Equal, 1),
        ('(', _) => (RouteTokenKind.OpenParenthesis, 1),
        (')', _) => (RouteTokenKind.CloseParenthesis, 1),
        ('{', _) => (RouteTokenKind.OpenBrace, 1),
        ('}', _) => (RouteTokenKind.CloseBrace, 1),
        (',', _) => (RouteTokenKind.Comma, 1),
        ('/', _) => (RouteTokenKind.Divide, 1),
        _ => (RouteTokenKind.Unknown, 1),
    };

    private static RouteTokenKind KindOf(ReadOnlySpan<char> word)
    {
        foreach (var (keyword, kind) in KeywordsOfAnyCase)
        {
            if (Ascii.EqualsIgnoreCase(word, keyword)) return kind;
        }

        return word switch
        {
            "true" => RouteTokenKind.True,
            "false" => RouteTokenKind.False,
            "null" => RouteTokenKind.Null,
            "undefined" => RouteTokenKind.Undefined,
            "+" => RouteTokenKind.Plus,
            "-" => RouteTokenKind.Minus,
            "*" => RouteTokenKind.Times,
            "%" => RouteTokenKind.Modulo,
            "||" => RouteTokenKind.Concatenate,
            _ when Integer().IsMatch(word) => RouteTokenKind.Integer,
            _ when Hexadecimal().IsMatch(word) => RouteTokenKind.Hexadecimal,
            _ when Real().IsMatch(word) => RouteTokenKind.Real,
            _ => RouteTokenKind.Name,
        };
    }

    [GeneratedRegex(@"\A-?[0-9]+\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A0[xX][0-9a-fA-F]+\z")]
    private static partial Regex Hexadecimal();

    /// <summary>An exponent needs no digits before it: <c>e5</c> is a number, though one without a value.</summary>
    [GeneratedRegex(@"\A-?([0-9]*\.[0-9]+([eE][+-]?[0-9]+)?|[0-9]*[eE][+-]?[0-9]+)\z")]
    private static partial Regex Real();
}
