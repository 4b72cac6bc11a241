namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>A condition as it is written, before its types are known.</summary>
/// <param name="Token">Where it stands; of an operator or a function, its own token.</param>
internal abstract record Expression(RouteToken Token);

/// <summary>A number, a string, true, false, null or undefined.</summary>
internal sealed record Literal(RouteToken Token) : Expression(Token);

/// <summary>An application property.</summary>
internal sealed record Property(RouteToken Token) : Expression(Token);

/// <summary><c>$name</c>: an application property of that very name, else a part of the body, else a system property.</summary>
/// <param name="Escaped"><c>{$name}</c>: never the application property.</param>
internal sealed record SystemProperty(RouteToken Token, bool Escaped) : Expression(Token);

internal sealed record Call(RouteToken Token, IReadOnlyList<Expression> Arguments) : Expression(Token);

/// <summary>NOT or minus.</summary>
internal sealed record Unary(RouteToken Token, Expression Operand) : Expression(Token);

/// <summary>
/// Binary operators from left to right, each applied to what came of those before it. A list and not a tree: a condition of ten thousand
/// ORs must not need ten thousand stack frames.
/// </summary>
internal sealed record Chain(Expression First, IReadOnlyList<Step> Steps) : Expression(First.Token);

internal readonly record struct Step(RouteToken Operator, Expression Right);
