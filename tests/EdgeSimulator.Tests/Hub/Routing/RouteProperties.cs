using System.Text;
using EdgeSimulator.Hub.Routing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EdgeSimulator.Tests.Hub.Routing;

/// <summary>A text of pieces of the language, in no order or in nearly the right one.</summary>
public sealed record ConditionText(string Text)
{
    public override string ToString() => Text;
}

public static class ConditionTexts
{
    private static readonly Gen<string> Pieces = Gen.Elements(
        "foo", "$messageId", "{$messageId}", "$body.n", "$body.list[0]", "{$body.s}", "$body.*", "$body.a[", "1", "-2.5", "0x1F", "e5", "'x'",
        "\"y\"", "'\\u0041'",
        "true", "false", "null", "undefined", "AND", "OR", "NOT", "=", "!=", "<", ">=", "+", "-", "*", "/", "%", "||", "??", "(", ")", ",",
        "abs(", "as_number(", "concat(", "substring(", "is_null(", "nosuch(", "'", "\"", "\\", "@", ";", "[", "]", "{", "}", "?", "INTO",
        "FROM", "WHERE", "/*", "*/", "\ud800", "\0");

    private static readonly Gen<string> Operands = Gen.Elements(
        "foo", "'x'", "as_number(n)", "7", "$body.n", "{$body.s}", "$body.yes", "true", "(1 + 2)", "is_defined(foo)", "length(text)",
        "null", "$body.list[0]", "missing");

    private static readonly Gen<string> Operators = Gen.Elements("=", "!=", "<", ">=", "AND", "OR", "??", "+", "-", "*", "/", "||");

    private static readonly Gen<string> NearlyRight = Gen.Zip(Operands, Operators).ListOf().SelectMany(
        pairs => Operands.Select(last => string.Join(" ", pairs.Select(pair => $"{pair.Item1} {pair.Item2}").Append(last))));

    public static Arbitrary<ConditionText> Any() => Gen.OneOf(
        Pieces.ListOf().Select(pieces => string.Join(" ", pieces)),
        Pieces.ListOf().Select(string.Concat),
        NearlyRight,
        ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? "")).Select(text => new ConditionText(text)).ToArbitrary();
}

[Properties(Arbitrary = [typeof(ConditionTexts)], MaxTest = 2000, QuietOnSuccess = true)]
public sealed class RouteProperties
{
    [Property]
    public void Compile_AnyText_GivesARouteOrARouteError(ConditionText text) => Compile(text.Text);

    [Property]
    public void Match_AnyCondition_GivesAnAnswer(ConditionText text)
    {
        if (Compile($"FROM /messages WHERE {text.Text} INTO $upstream") is not { } routes) return;
        foreach (var body in new[] { "{\"n\":1,\"s\":\"x\",\"yes\":true,\"list\":[1]}", "[]", "" })
            Assert.InRange(routes.Match(SampleMessage.WithBody(Encoding.UTF8.GetBytes(body))).Count, 0, 1);
    }

    [Property]
    public void Match_AnyBody_GivesAnAnswer(byte[] body)
    {
        var routes = SampleMessage.Compile("$body.n = 1 OR is_defined($body.*)");
        byte[][] bodies = [body, [.. "{\"n\":"u8, .. body, .. "}"u8]];
        foreach (var encoding in new[] { "utf-8", "utf-16", "utf-32" })
        {
            foreach (var bytes in bodies) Assert.InRange(routes.Match(SampleMessage.WithBody(bytes, encoding: encoding)).Count, 0, 1);
        }
    }

    [Property]
    public void Match_ConditionAndItsNegation_NeverBoth(ConditionText text)
    {
        var plain = Compile($"FROM /messages WHERE ({text.Text}) INTO $upstream");
        var negated = Compile($"FROM /messages WHERE NOT ({text.Text}) INTO $upstream");
        if (plain is null || negated is null) return;
        var message = SampleMessage.WithBody("{\"n\":1,\"yes\":true}"u8.ToArray());
        Assert.False(plain.Match(message).Count == 1 && negated.Match(message).Count == 1);
    }

    /// <returns>Null for a text that is refused.</returns>
    private static RouteTable? Compile(string text)
    {
        try
        {
            return RouteTable.Compile("edge-1", [new RouteDefinition("r", text)]);
        }
        catch (RouteException error)
        {
            Assert.InRange(error.Column, 1, text.Length + 1);
            return null;
        }
    }
}
