namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>What a value is at run time; the order is the one in which values of different kinds compare.</summary>
internal enum ValueKind : byte
{
    Undefined,
    Bool,
    Number,
    String,
    Null,
}

/// <summary>
/// A value of a condition. A truth is true, false or undefined, so <see cref="Undefined"/> is the third truth too, and it spreads:
/// every operator but AND and OR makes undefined of it.
/// </summary>
internal readonly struct Value
{
    private Value(ValueKind kind, double number = 0, string? text = null)
    {
        Kind = kind;
        Number = number;
        _text = text;
    }

    private readonly string? _text;

    public static Value Undefined => default;

    public static Value True => new(ValueKind.Bool, 1);

    public static Value False => new(ValueKind.Bool, -1);

    public static Value Null => new(ValueKind.Null);

    /// <summary>The null that stands for a part of the body that is not there.</summary>
    public static Value Missing => new(ValueKind.Null, 1);

    public ValueKind Kind { get; }

    public double Number { get; }

    public string Text => _text ?? "";

    public bool IsDefined => Kind != ValueKind.Undefined;

    public bool IsTrue => Kind == ValueKind.Bool && Number > 0;

    public bool IsFalse => Kind == ValueKind.Bool && Number < 0;

    public bool IsMissing => Kind == ValueKind.Null && Number > 0;

    public static Value Of(bool truth) => truth ? True : False;

    public static Value Of(string text) => new(ValueKind.String, text: text);

    /// <summary>A number of a literal or a calculation; NaN is undefined.</summary>
    public static Value Of(double number) => double.IsNaN(number) ? Undefined : new(ValueKind.Number, number);

    /// <summary>A number of the body, or calculated from one; NaN is a defined value there.</summary>
    public static Value OfBody(double number) => new(ValueKind.Number, number);

    /// <summary>Both must be defined.</summary>
    public static int Compare(in Value left, in Value right)
    {
        if (left.Kind != right.Kind) return left.Kind.CompareTo(right.Kind);
        return left.Kind is ValueKind.String ? string.CompareOrdinal(left.Text, right.Text)
            : left.Kind is ValueKind.Null ? 0
            : left.Number.CompareTo(right.Number);
    }

    public static Value Not(in Value truth) => truth.IsTrue ? False : truth.IsFalse ? True : Undefined;

    public static Value And(in Value left, in Value right) =>
        left.IsFalse || right.IsFalse ? False : left.IsTrue && right.IsTrue ? True : Undefined;

    public static Value Or(in Value left, in Value right) =>
        left.IsTrue || right.IsTrue ? True : left.IsFalse && right.IsFalse ? False : Undefined;
}
