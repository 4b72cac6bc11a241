using System.Globalization;

namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>One way to call a function.</summary>
/// <param name="Accepts">Whether arguments of these types can be given.</param>
internal sealed record Signature(StaticType Result, Func<IReadOnlyList<StaticType>, bool> Accepts, Func<Value[], Value> Call);

/// <summary>The functions of conditions; the first signature that accepts the arguments counts.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, (string Usage, Signature[] Signatures)> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abs"] = Calculation("abs(number)", Math.Abs),
        ["exp"] = Calculation("exp(number)", Math.Exp),
        ["square"] = Calculation("square(number)", x => Math.Pow(x, 2)),
        ["ceiling"] = Calculation("ceiling(number)", Math.Ceiling),
        ["floor"] = Calculation("floor(number)", Math.Floor),
        ["sign"] = Calculation("sign(number)", x => double.IsNaN(x) ? x : Math.Sign(x)),
        ["sqrt"] = Calculation("sqrt(number)", Math.Sqrt),
        ["power"] = ("power(number, number)", [Of(StaticType.Number, Power, StaticType.Number, StaticType.Number)]),

        ["as_number"] = ("as_number(string or number)",
        [
            Of(StaticType.Number, AsNumber, StaticType.String),
            Of(StaticType.Number, AsNumber, StaticType.Number),
        ]),
        ["is_bool"] = ("is_bool(value)",
        [
            Of(StaticType.Bool, value => !value.IsDefined ? value : Value.Of(value.Kind is ValueKind.Bool), StaticType.Bool),
            OfAny(_ => Value.False),
        ]),
        ["is_defined"] = ("is_defined(value)", [OfAny(value => Value.Of(value.IsDefined))]),
        ["is_null"] = ("is_null(value)",
        [
            OfOnly(StaticType.Null, _ => Value.True),
            // A quirk of edgeHub: whatever is in the body is "null", except for what is not there.
            OfOnly(StaticType.Unknown, value => value.IsDefined ? Value.Of(!value.IsMissing) : value),
            OfAny(_ => Value.False),
        ]),
        ["is_number"] = ("is_number(value)",
        [
            Of(StaticType.Bool, value => Value.Of(value.Kind is ValueKind.Number && double.IsFinite(value.Number)), StaticType.Number),
            OfAny(_ => Value.False),
        ]),
        ["is_string"] = ("is_string(value)",
        [
            Of(StaticType.Bool, value => Value.Of(value.Kind is ValueKind.String), StaticType.String),
            OfAny(_ => Value.False),
        ]),

        ["concat"] = ("concat(string, string, …)",
        [
            new Signature(StaticType.String, types => types.Count >= 2 && types.All(type => StaticType.String.Accepts(type)), Concatenate),
        ]),
        ["length"] = ("length(string)", [OfText(StaticType.Number, text => Value.Of(text.Length))]),
        ["lower"] = ("lower(string)", [OfText(StaticType.String, text => Value.Of(text.ToLowerInvariant()))]),
        ["upper"] = ("upper(string)", [OfText(StaticType.String, text => Value.Of(text.ToUpperInvariant()))]),
        ["substring"] = ("substring(string, start) or substring(string, start, length)",
        [
            Of(StaticType.String, Substring, StaticType.String, StaticType.Number),
            Of(StaticType.String, Substring, StaticType.String, StaticType.Number, StaticType.Number),
        ]),
        ["index_of"] = ("index_of(string, part)", [OfTexts(StaticType.Number, (text, part) => Value.Of(text.IndexOf(part, StringComparison.Ordinal)))]),
        ["starts_with"] = ("starts_with(string, part)", [OfTexts(StaticType.Bool, (text, part) => Value.Of(text.StartsWith(part, StringComparison.Ordinal)))]),
        ["ends_with"] = ("ends_with(string, part)", [OfTexts(StaticType.Bool, (text, part) => Value.Of(text.EndsWith(part, StringComparison.Ordinal)))]),
        ["contains"] = ("contains(string, part)", [OfTexts(StaticType.Bool, (text, part) => Value.Of(text.Contains(part, StringComparison.Ordinal)))]),
    };

    public static IEnumerable<string> Names => ByName.Keys;

    /// <param name="usage">How the function is called; null when there is no such function.</param>
    /// <returns>Null when the function does not take arguments of these types.</returns>
    public static Signature? Find(string name, IReadOnlyList<StaticType> arguments, out string? usage)
    {
        (usage, var signatures) = ByName.GetValueOrDefault(name, (null!, []));
        return Array.Find(signatures, signature => signature.Accepts(arguments));
    }

    public static Value Concatenate(params Value[] values) =>
        values.All(value => value.Kind is ValueKind.String) ? Value.Of(string.Concat(values.Select(value => value.Text))) : Value.Undefined;

    private static (string, Signature[]) Calculation(string usage, Func<double, double> calculate) =>
        (usage, [Of(StaticType.Number, value => value.Kind is ValueKind.Number ? Value.Of(calculate(value.Number)) : Value.Undefined, StaticType.Number)]);

    private static Signature Of(StaticType result, Func<Value, Value> call, StaticType argument) => Of(result, values => call(values[0]), [argument]);

    private static Signature Of(StaticType result, Func<Value[], Value> call, params StaticType[] required) => new(
        result,
        given => given.Count == required.Length && !required.Where((type, i) => !type.Accepts(given[i])).Any(),
        call);

    private static Signature OfOnly(StaticType argument, Func<Value, Value> call) =>
        new(StaticType.Bool, given => given is [var only] && only == argument, values => call(values[0]));

    private static Signature OfAny(Func<Value, Value> call) => new(StaticType.Bool, given => given.Count == 1, values => call(values[0]));

    private static Signature OfText(StaticType result, Func<string, Value> call) =>
        Of(result, value => value.Kind is ValueKind.String ? call(value.Text) : Value.Undefined, StaticType.String);

    private static Signature OfTexts(StaticType result, Func<string, string, Value> call) => Of(
        result,
        values => values[0].Kind is ValueKind.String && values[1].Kind is ValueKind.String ? call(values[0].Text, values[1].Text) : Value.Undefined,
        StaticType.String,
        StaticType.String);

    private static Value Power(Value[] values) => values[0].Kind is ValueKind.Number && values[1].Kind is ValueKind.Number
        ? Value.Of(Math.Pow(values[0].Number, values[1].Number))
        : Value.Undefined;

    private static Value AsNumber(Value value) => value.Kind switch
    {
        ValueKind.Number => Value.Of(value.Number),
        ValueKind.String when double.TryParse(value.Text, NumberStyles.Any, CultureInfo.InvariantCulture, out var number) => Value.Of(number),
        _ => Value.Undefined,
    };

    /// <summary>Undefined where the part is not wholly inside; with a length, not even an empty part may begin at the end.</summary>
    private static Value Substring(Value[] values)
    {
        if (values[0].Kind is not ValueKind.String || values[1].Kind is not ValueKind.Number) return Value.Undefined;
        var (text, start) = (values[0].Text, values[1].Number);
        if (values.Length == 2) return start >= 0 && start <= text.Length ? Value.Of(text[(int)start..]) : Value.Undefined;
        if (values[2].Kind is not ValueKind.Number || !(start >= 0 && start < text.Length)) return Value.Undefined;
        var length = values[2].Number;
        return length >= 0 && length <= text.Length - start ? Value.Of(text.Substring((int)start, (int)length)) : Value.Undefined;
    }
}
