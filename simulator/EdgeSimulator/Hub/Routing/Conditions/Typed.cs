namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>What the compiler knows of a value before there is a message.</summary>
internal enum StaticType
{
    String,
    Number,
    Bool,
    Null,
    Undefined,

    /// <summary>A value of the body: any of these.</summary>
    Unknown,
}

internal delegate Value Evaluator(MessageView message);

/// <summary>A compiled expression.</summary>
internal readonly record struct Typed(StaticType Type, Evaluator Evaluate)
{
    public static Typed Constant(StaticType type, Value value) => new(type, _ => value);
}

/// <summary>What an operator makes of the value at its left.</summary>
internal delegate Value Applied(Value left, MessageView message);

internal static class StaticTypes
{
    /// <returns>As messages have it: <c>'string'</c>.</returns>
    public static string Quoted(this StaticType type) => $"'{type.ToString().ToLowerInvariant()}'";

    /// <summary>A value of the body stands for whatever is required, except for undefined.</summary>
    public static bool Accepts(this StaticType required, StaticType given) =>
        required == given || (given is StaticType.Unknown && required is not StaticType.Undefined);
}
