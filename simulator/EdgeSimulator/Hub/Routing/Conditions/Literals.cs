using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeSimulator.Hub.Routing.Conditions;

internal static partial class Literals
{
    /// <summary>A number that cannot be held, like a hexadecimal one over 64 bits, is undefined.</summary>
    public static Typed Read(RouteToken token) => token.Kind switch
    {
        RouteTokenKind.True => Typed.Constant(StaticType.Bool, Value.True),
        RouteTokenKind.False => Typed.Constant(StaticType.Bool, Value.False),
        RouteTokenKind.Null => Typed.Constant(StaticType.Null, Value.Null),
        RouteTokenKind.String => Typed.Constant(StaticType.String, Value.Of(Unescape(token.Text[1..^1]))),
        RouteTokenKind.Hexadecimal when long.TryParse(token.Text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) =>
            Typed.Constant(StaticType.Number, Value.Of((double)number)),
        RouteTokenKind.Integer or RouteTokenKind.Real when double.TryParse(token.Text, CultureInfo.InvariantCulture, out var number) =>
            Typed.Constant(StaticType.Number, Value.Of(number)),
        _ => Typed.Constant(StaticType.Undefined, Value.Undefined),
    };

    /// <summary>In two goes as edgeHub does it, so an escape may come of an escape.</summary>
    private static string Unescape(string text) =>
        QuoteEscape().Replace(UnicodeEscape().Replace(text, match => ((char)ushort.Parse(match.ValueSpan[2..], NumberStyles.HexNumber)).ToString()), "$1");

    [GeneratedRegex(@"\\[Uu]([0-9A-Fa-f]{4})")]
    private static partial Regex UnicodeEscape();

    [GeneratedRegex("""\\(["'\\])""")]
    private static partial Regex QuoteEscape();
}
