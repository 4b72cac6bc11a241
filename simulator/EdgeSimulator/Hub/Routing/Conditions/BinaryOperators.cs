namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>Which types a binary operator takes, what it makes of them, and how.</summary>
internal static class BinaryOperators
{
    /// <param name="right">Evaluated only if the result depends on it.</param>
    /// <returns>A text that tells which operands were expected, when these do not fit.</returns>
    public static (StaticType Type, Applied Apply, string? Expected) Bind(RouteTokenKind kind, StaticType left, Typed right) => kind switch
    {
        RouteTokenKind.Plus => Arithmetic(left, right, (a, b) => a + b),
        RouteTokenKind.Minus => Arithmetic(left, right, (a, b) => a - b),
        RouteTokenKind.Times => Arithmetic(left, right, (a, b) => a * b),
        RouteTokenKind.Divide => Arithmetic(left, right, (a, b) => a / b),
        RouteTokenKind.Modulo => Modulo(left, right),
        RouteTokenKind.Concatenate => Concatenate(left, right),
        RouteTokenKind.Less => Comparison(left, right, order => order < 0),
        RouteTokenKind.LessOrEqual => Comparison(left, right, order => order <= 0),
        RouteTokenKind.Greater => Comparison(left, right, order => order > 0),
        RouteTokenKind.GreaterOrEqual => Comparison(left, right, order => order >= 0),
        RouteTokenKind.Equal => Comparison(left, right, order => order == 0),
        RouteTokenKind.NotEqual => Comparison(left, right, order => order != 0),
        RouteTokenKind.And => And(left, right),
        RouteTokenKind.Or => Or(left, right),
        RouteTokenKind.Coalesce => Coalesce(left, right),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no binary operator"),
    };

    private static (StaticType, Applied, string?) Arithmetic(StaticType left, Typed right, Func<double, double, double> calculate)
    {
        if (!StaticType.Number.Accepts(left) || !StaticType.Number.Accepts(right.Type)) return Mismatch("'number' and 'number'");
        var operand = right.Evaluate;
        return left is StaticType.Number && right.Type is StaticType.Number
            ? (StaticType.Number, (a, message) => Numbers(a, operand(message)) is var (x, y) ? Value.Of(calculate(x, y)) : Value.Undefined, null)
            : (StaticType.Unknown, (a, message) => Numbers(a, operand(message)) is var (x, y) ? Value.OfBody(calculate(x, y)) : Value.Undefined, null);
    }

    private static (double Left, double Right)? Numbers(in Value left, in Value right) =>
        left.Kind is ValueKind.Number && right.Kind is ValueKind.Number ? (left.Number, right.Number) : null;

    /// <summary>edgeHub knows no remainder of values of the body.</summary>
    private static (StaticType, Applied, string?) Modulo(StaticType left, Typed right) => left is StaticType.Unknown || right.Type is StaticType.Unknown
        ? Mismatch("'number' and 'number', made with as_number() from a value of the body")
        : Arithmetic(left, right, (a, b) => a % b);

    private static (StaticType, Applied, string?) Concatenate(StaticType left, Typed right)
    {
        if (!StaticType.String.Accepts(left) || !StaticType.String.Accepts(right.Type)) return Mismatch("'string' and 'string'");
        var operand = right.Evaluate;
        return (StaticType.String, (a, message) => Functions.Concatenate(a, operand(message)), null);
    }

    private static (StaticType, Applied, string?) Comparison(StaticType left, Typed right, Predicate<int> holds)
    {
        if (!AreAlike(left, right.Type)) return MismatchOfTwo(left, right.Type);
        var operand = right.Evaluate;
        return (StaticType.Bool, (a, message) =>
        {
            var b = operand(message);
            return a.IsDefined && b.IsDefined ? Value.Of(holds(Value.Compare(a, b))) : Value.Undefined;
        }, null);
    }

    private static (StaticType, Applied, string?) Coalesce(StaticType left, Typed right)
    {
        if (!AreAlike(left, right.Type)) return MismatchOfTwo(left, right.Type);
        var alternative = right.Evaluate;
        return (left is StaticType.Unknown ? left : right.Type, (a, message) => a.IsDefined ? a : alternative(message), null);
    }

    private static bool AreAlike(StaticType left, StaticType right) => left.Accepts(right) || right.Accepts(left);

    /// <summary>
    /// Null is contagious: with a null on one side, AND is null. A value of the body may stand at the left, and then anything may stand at the
    /// right; one at the right of a truth is refused.
    /// </summary>
    private static (StaticType, Applied, string?) And(StaticType left, Typed right)
    {
        var operand = right.Evaluate;
        return (left, right.Type) switch
        {
            (StaticType.Unknown, StaticType.Null) => Mismatch("a truth at the right"),
            (StaticType.Unknown, _) => OfBody(operand, (x, y) => x && y),
            _ when !AreTruths(left, right.Type) => MismatchOfTruths(right.Type),
            _ when left is StaticType.Null || right.Type is StaticType.Null => (StaticType.Null, (_, _) => Value.Null, null),
            _ => (StaticType.Bool, (a, message) => a.IsFalse ? a : Value.And(a, operand(message)), null),
        };
    }

    /// <summary>A null is left out, so that the other side is the result; for values of the body see <see cref="And"/>.</summary>
    private static (StaticType, Applied, string?) Or(StaticType left, Typed right)
    {
        var operand = right.Evaluate;
        return (left, right.Type) switch
        {
            (StaticType.Unknown, _) => OfBody(operand, (x, y) => x || y),
            _ when !AreTruths(left, right.Type) => MismatchOfTruths(right.Type),
            (_, StaticType.Null) => (left, (a, _) => a, null),
            (StaticType.Null, _) => (right.Type, (_, message) => operand(message), null),
            _ => (StaticType.Bool, (a, message) => a.IsTrue ? a : Value.Or(a, operand(message)), null),
        };
    }

    private static bool AreTruths(StaticType left, StaticType right) =>
        IsTruth(left) && IsTruth(right) && (left, right) is not ((StaticType.Null, StaticType.Undefined) or (StaticType.Undefined, StaticType.Null));

    private static bool IsTruth(StaticType type) => type is StaticType.Bool or StaticType.Null or StaticType.Undefined;

    /// <summary>Without the third truth: one side that is no truth makes the whole undefined.</summary>
    private static (StaticType, Applied, string?) OfBody(Evaluator right, Func<bool, bool, bool> decide) => (StaticType.Bool, (a, message) =>
    {
        var b = right(message);
        return a.Kind is ValueKind.Bool && b.Kind is ValueKind.Bool ? Value.Of(decide(a.IsTrue, b.IsTrue)) : Value.Undefined;
    }, null);

    private static (StaticType, Applied, string?) MismatchOfTruths(StaticType right) =>
        Mismatch("'bool' and 'bool'" + (right is StaticType.Unknown ? "; at the right a value of the body must be compared, as in $body.x = true" : ""));

    private static (StaticType, Applied, string?) MismatchOfTwo(StaticType left, StaticType right) => (left, right) switch
    {
        (StaticType.String, StaticType.Number) or (StaticType.Number, StaticType.String) =>
            Mismatch("two operands of the same type; as_number(…) makes a number of a property"),
        _ => Mismatch("two operands of the same type"),
    };

    private static (StaticType, Applied, string?) Mismatch(string expected) => (StaticType.Undefined, (_, _) => Value.Undefined, expected);
}
