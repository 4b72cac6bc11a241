using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Tests.Hub.Routing;

/// <summary>Columns are those of the route; its condition begins at column 15.</summary>
public sealed class ConditionErrorTests
{
    [Theory]
    [InlineData("temperature > 25", "column 27: > has 'string' and 'number'; expected two operands of the same type; as_number(…) makes")]
    [InlineData("foo = true", "column 19: = has 'string' and 'bool'; expected two operands of the same type.")]
    [InlineData("foo ?? 'd' = 'd'", "column 19: ?? has 'string' and 'bool'; expected two operands of the same type.")]
    [InlineData("NOT foo = 'x'", "column 15: NOT has 'string'; expected 'bool': it binds tighter than a comparison, as in NOT (a = 'b').")]
    [InlineData("- foo", "column 15: - has 'string'; expected 'number', as in - as_number(…), with a blank.")]
    [InlineData("-as_number(foo) = 1", "column 15: there is no function '-as_number'; expected a blank after the '-'.")]
    [InlineData("- $body.n = 1", "column 15: - has 'unknown'; expected 'number'")]
    [InlineData("$body.n % 2 = 1", "column 23: % has 'unknown' and 'number'; expected 'number' and 'number', made with as_number() from a value of the body.")]
    [InlineData("foo + 1 = 1", "column 19: + has 'string' and 'number'; expected 'number' and 'number'.")]
    [InlineData("null + 1 = 1", "column 20: + has 'null' and 'number'")]
    [InlineData("foo || 1 = '1'", "column 19: || has 'string' and 'number'; expected 'string' and 'string'.")]
    [InlineData("true AND $body.yes", "column 20: AND has 'bool' and 'unknown'; expected 'bool' and 'bool'; at the right a value of the body must")]
    [InlineData("foo or true", "column 19: or has 'string' and 'bool'; expected 'bool' and 'bool'.")]
    [InlineData("null AND undefined", "column 20: AND has 'null' and 'undefined'")]
    [InlineData("undefined OR null", "column 25: OR has 'undefined' and 'null'")]
    [InlineData("$body.yes AND null", "column 25: AND has 'unknown' and 'null'; expected a truth at the right.")]
    [InlineData("$body.n = undefined", "column 23: = has 'unknown' and 'undefined'")]
    [InlineData("undefined ?? 'x'", "column 25: ?? has 'undefined' and 'string'")]
    [InlineData("$messageId[0] = 'x'", "column 29: = has 'undefined' and 'string'")]
    [InlineData("0x1FFFFFFFFFFFFFFFF = 1", "column 35: = has 'undefined' and 'number'")]
    [InlineData("nosuch(foo)", "column 15: there is no function 'nosuch'; expected one of abs, exp,")]
    [InlineData("twin_change_includes('properties.reported.a')", "column 15: there is no function 'twin_change_includes'")]
    [InlineData("is_null()", "column 15: is_null has no argument; expected is_null(value).")]
    [InlineData("true OR abs(1, 2) = 1", "column 23: abs has 'number' and 'number'; expected abs(number).")]
    [InlineData("concat(foo) = 'x'", "column 15: concat has 'string'; expected concat(string, string, …).")]
    [InlineData("as_number(true) = 1", "column 15: as_number has 'bool'; expected as_number(string or number).")]
    [InlineData("$body..n = 1", "column 15: found '$body..n'; expected a path of names and name[index] after $body., like $body.sensors[0].value.")]
    [InlineData("$body. = 1", "column 15: found '$body.'")]
    [InlineData("$body.5 = 1", "column 15: found '$body.5'")]
    [InlineData("$body.list[-1] = 1", "column 15: found '$body.list[-1]'")]
    [InlineData("$body.list[x] = 1", "column 15: found '$body.list[x]'")]
    public void Compile_TypesThatDoNotFit_NamesColumnAndBoth(string condition, string message) => AssertRefused(RouteStage.Compile, condition, message);

    /// <summary>edgeHub's parser lets these through, and its compiler refuses them.</summary>
    [Theory]
    [InlineData("a @ b", "column 17: found '@'; expected an operator or INTO.")]
    [InlineData("@", "column 15: found '@'; expected a name, a value, a function, NOT, '-' or '('.")]
    [InlineData("@ @ a", "column 15: found '@'")]
    [InlineData("foo = 'x\\q'", "column 21: the string that begins here does not end, or has a '\\' without a quote, '\\' or uXXXX after it.")]
    [InlineData("foo = '\\u12'", "column 21: the string that begins here")]
    [InlineData("(foo = 'x'", "column 26: found 'INTO'; expected an operator or ')', which the '(' of column 15 needs.")]
    [InlineData("(foo = 'x'))", "column 26: found ')'; expected an operator or INTO.")]
    [InlineData("length(foo))", "column 26: found ')'; expected an operator or INTO.")]
    [InlineData("concat((foo, 'x') = 'x'", "column 26: found ','; expected an operator or ')', which the '(' of column 22 needs.")]
    [InlineData("NOT ((a) AND (b)) OR f() ) @ {$x}", "column 40: found ')'")]
    public void Compile_MistakeThatEdgeHubsParserKnows_IsOfTheCompiler(string condition, string message) =>
        AssertRefused(RouteStage.Compile, condition, message);

    [Theory]
    [InlineData("foo LIKE 'x'", "column 19: found 'LIKE'; expected an operator or INTO.")]
    [InlineData("foo == 'x'", "column 20: found '='; expected a name, a value, a function, NOT, '-' or '('.")]
    [InlineData("foo = 'x' AND", "column 29: found 'INTO'")]
    [InlineData("foo)", "column 18: found ')'")]
    [InlineData("(foo)))", "column 20: found ')'")]
    [InlineData("()", "column 16: found ')'")]
    [InlineData("f(,)", "column 17: found ','")]
    [InlineData("foo, bar", "column 18: found ','")]
    [InlineData("a[0] = 1", "column 15: found 'a[0]'")]
    [InlineData("3 -1 = 2", "column 17: found '-1'; expected an operator or INTO.")]
    [InlineData("a @", "column 17: found '@'")]
    [InlineData("{foo} = 'x'", "column 16: found 'foo'; expected a system property like $contentType.")]
    [InlineData("{$foo = 'x'", "column 21: found '='; expected '}'.")]
    [InlineData("foo = 'x' WHERE true", "column 25: found 'WHERE'")]
    [InlineData("concat(foo 'x') = 'x'", "column 26: found ''x''; expected an operator, ',' or ')'.")]
    [InlineData("concat((foo, 'x'", "column 26: found ','")]
    [InlineData("foo = \"x", "column 21: the string that begins here does not end")]
    [InlineData("", "column 16: found 'INTO'; expected a name")]
    public void Compile_WhatIsNoCondition_IsOfTheParser(string condition, string message) => AssertRefused(RouteStage.Parse, condition, message);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("abs(", ")")]
    [InlineData("NOT ", "")]
    [InlineData("- ", "")]
    [InlineData("1 < (2 + ", ")")]
    public void Compile_NestedTooDeep_IsRefused(string open, string close)
    {
        var condition = string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000));
        AssertRefused(RouteStage.Parse, condition, "the condition is nested deeper than 500 levels.");
    }

    [Theory]
    [InlineData(" OR ", "foo = 'y'", false)]
    [InlineData(" AND ", "foo = 'x'", true)]
    [InlineData(" = ", "true", true)]
    [InlineData(" || ", "foo", false)]
    public void Match_VeryLongCondition_Works(string with, string part, bool matches) =>
        Assert.Equal(matches, SampleMessage.Matches(string.Join(with, Enumerable.Repeat(part, 50_000))));

    [Fact]
    public void Compile_DeepAsAllowed_Works() =>
        Assert.True(SampleMessage.Matches(new string('(', 499) + "true" + new string(')', 499)));

    private static void AssertRefused(RouteStage stage, string condition, string message)
    {
        var error = Assert.Throws<RouteException>(() => SampleMessage.Compile(condition));
        Assert.StartsWith("Route 'r', column ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(stage, error.Stage);
    }
}
