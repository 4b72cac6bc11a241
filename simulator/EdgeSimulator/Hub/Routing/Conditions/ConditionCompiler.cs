namespace EdgeSimulator.Hub.Routing.Conditions;

/// <summary>Checks the types of a condition and makes a delegate of it.</summary>
internal sealed class ConditionCompiler(string route)
{
    private const string BodyPrefix = "$body.";

    /// <returns>The message matches if the value is true; conditions of other types are allowed, and never true.</returns>
    /// <exception cref="RouteException">An operator or a function cannot take what it is given.</exception>
    public Evaluator Compile(Expression condition) => Check(condition).Evaluate;

    private Typed Check(Expression expression) => expression switch
    {
        Literal literal => Literals.Read(literal.Token),
        Property { Token.Text: var name } => new Typed(StaticType.String, message => message.Property(name)),
        SystemProperty property => CheckSystemProperty(property),
        Call call => CheckCall(call),
        Unary unary => CheckUnary(unary),
        Chain chain => CheckChain(chain),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "is no expression"),
    };

    /// <summary>An application property goes first, but none can have brackets in its name.</summary>
    private Typed CheckSystemProperty(SystemProperty property)
    {
        var name = property.Token.Text;
        var hasBrackets = name.AsSpan().IndexOfAny('[', ']') >= 0;
        if (!name.StartsWith(BodyPrefix, StringComparison.OrdinalIgnoreCase))
        {
            if (hasBrackets) return Typed.Constant(StaticType.Undefined, Value.Undefined);
            var systemName = name[1..];
            return new Typed(StaticType.String, property.Escaped
                ? message => message.SystemProperty(systemName)
                : message => message.Property(name) is { IsDefined: true } found ? found : message.SystemProperty(systemName));
        }

        var path = BodyPath.TryParse(name[BodyPrefix.Length..])
            ?? throw Problem(property.Token, $"found {property.Token}; expected a path of names and name[index] after $body., like $body.sensors[0].value");
        return new Typed(StaticType.Unknown, property.Escaped || hasBrackets
            ? message => message.Body(path)
            : message => message.Property(name) is { IsDefined: true } found ? found : message.Body(path));
    }

    private Typed CheckCall(Call call)
    {
        var arguments = call.Arguments.Select(Check).ToArray();
        var types = Array.ConvertAll(arguments, argument => argument.Type);
        var signature = Functions.Find(call.Token.Text, types, out var usage);
        if (usage is null)
        {
            var expected = call.Token.Text.StartsWith('-') ? "a blank after the '-'" : $"one of {string.Join(", ", Functions.Names)}";
            throw Problem(call.Token, $"there is no function {call.Token}; expected {expected}");
        }

        if (signature is null)
        {
            var given = types.Length == 0 ? "no argument" : string.Join(" and ", types.Select(type => type.Quoted()));
            throw Problem(call.Token, $"{call.Token.Text} has {given}; expected {usage}");
        }

        var function = signature.Call;
        if (arguments is [{ Evaluate: var only }]) return new Typed(signature.Result, message => function([only(message)]));
        var evaluators = Array.ConvertAll(arguments, argument => argument.Evaluate);
        return new Typed(signature.Result, message => function(Array.ConvertAll(evaluators, evaluate => evaluate(message))));
    }

    private Typed CheckUnary(Unary unary)
    {
        var (type, operand) = Check(unary.Operand);
        if (unary.Token.Kind is RouteTokenKind.Minus)
        {
            return type is StaticType.Number
                ? new Typed(type, message => operand(message) is { IsDefined: true } value ? Value.Of(-value.Number) : Value.Undefined)
                : throw Problem(unary.Token, $"- has {type.Quoted()}; expected 'number', as in - as_number(…), with a blank");
        }

        return type switch
        {
            StaticType.Null => Typed.Constant(StaticType.Bool, Value.True),
            StaticType.Bool or StaticType.Unknown => new Typed(StaticType.Bool, message => Value.Not(operand(message))),
            _ => throw Problem(
                unary.Token, $"{unary.Token.Text} has {type.Quoted()}; expected 'bool': it binds tighter than a comparison, as in NOT (a = 'b')"),
        };
    }

    private Typed CheckChain(Chain chain)
    {
        var (type, first) = Check(chain.First);
        var applied = new Applied[chain.Steps.Count];
        for (var i = 0; i < applied.Length; i++)
        {
            var (token, expression) = chain.Steps[i];
            var right = Check(expression);
            (var result, applied[i], var expected) = BinaryOperators.Bind(token.Kind, type, right);
            if (expected is not null)
                throw Problem(token, $"{token.Text} has {type.Quoted()} and {right.Type.Quoted()}; expected {expected}");
            type = result;
        }

        if (applied is [var single]) return new Typed(type, message => single(first(message), message));
        return new Typed(type, message =>
        {
            var value = first(message);
            foreach (var apply in applied) value = apply(value, message);
            return value;
        });
    }

    private RouteException Problem(RouteToken token, string problem) => new(RouteStage.Compile, route, token.Column, problem);
}
