using System.Text;

namespace EdgeSimulator.Tests.Hub.Routing;

/// <summary>Every verdict is that of edgeHub's own evaluator.</summary>
public sealed class BodyQueryTests
{
    [Theory]
    [InlineData("$body.n = 30", true)]
    [InlineData("$BODY.n = 30", true)]
    [InlineData("$body.N = 30", false)]
    [InlineData("$body.n > as_number('29')", true)]
    [InlineData("$body.f * 2 = 5", true)]
    [InlineData("$body.n + $body.f = 32.5", true)]
    [InlineData("$body.n - 1 = 29 AND $body.n / 2 = 15", true)]
    [InlineData("$body.s = 'abc'", false)]
    [InlineData("{$body.s} = 'abc'", true)]
    [InlineData("$body.s = 'property'", true)]
    [InlineData("$body.yes", true)]
    [InlineData("$body.no", false)]
    [InlineData("NOT $body.no", true)]
    [InlineData("NOT $body.s", false)]
    [InlineData("$body.yes AND true", true)]
    [InlineData("$body.yes AND $body.yes = true", true)]
    [InlineData("$body.no AND missing", false)]
    [InlineData("$body.yes OR null", false)]
    [InlineData("$body.no OR foo = 'x'", true)]
    [InlineData("NOT ($body.no AND (missing = 'x'))", false)]
    [InlineData("$body.yes = true", true)]
    [InlineData("$body.n = '30'", false)]
    [InlineData("$body.n != '30'", true)]
    [InlineData("$body.n < 'a'", true)]
    [InlineData("$body.n < true", false)]
    [InlineData("$body.yes < 1", true)]
    [InlineData("{$body.s} < $body.z", true)]
    [InlineData("$body.z = null", true)]
    [InlineData("$body.missing = null", true)]
    [InlineData("$body.missing != 1", true)]
    [InlineData("is_defined($body.missing)", true)]
    [InlineData("is_null($body.missing)", false)]
    [InlineData("is_null($body.z)", true)]
    [InlineData("is_null($body.n)", true)]
    [InlineData("is_null($body.o)", false)]
    [InlineData("is_null($body.z ?? null)", true)]
    [InlineData("($body.missing ?? 'd') = 'd'", false)]
    [InlineData("($body.o ?? 'd') = 'd'", true)]
    [InlineData("('d' ?? $body.n) = 'd'", true)]
    [InlineData("$body.o.k = 7", true)]
    [InlineData("$body.o.missing != 1", true)]
    [InlineData("is_defined($body.o)", false)]
    [InlineData("$body.o = 1", false)]
    [InlineData("$body.n.k != 1", true)]
    [InlineData("$body.list[0] = 1", true)]
    [InlineData("$body.list[1] = 'x'", true)]
    [InlineData("$body.list[2].k = 8", true)]
    [InlineData("$body.list[9] != 1", true)]
    [InlineData("$body.list[99999999999] != 1", false)]
    [InlineData("$body.n[0] != 1", true)]
    [InlineData("$body.grid[1][0] = 3", true)]
    [InlineData("$body.grid[0][*] = 1", false)]
    [InlineData("$body.o.* = 7", true)]
    [InlineData("is_defined($body.*)", false)]
    [InlineData("$body.twice = 2", true)]
    [InlineData("$body.t > '2026-01-01'", false)]
    [InlineData("is_defined($body.t)", false)]
    [InlineData("$body.day = '2026-05-01'", true)]
    [InlineData("$body.é = 'e'", true)]
    [InlineData("is_number($body.n) AND is_string({$body.s}) AND is_bool($body.yes)", true)]
    [InlineData("is_number($body.s)", false)]
    [InlineData("is_bool($body.o)", false)]
    [InlineData("length({$body.s}) = 3", true)]
    [InlineData("is_defined(length($body.n))", false)]
    [InlineData("as_number($body.n) = 30", true)]
    [InlineData("$body.n || 'x' = '30x'", false)]
    [InlineData("{$body.s} || 'x' = 'abcx'", true)]
    [InlineData("upper({$body.s}) = 'ABC'", true)]
    [InlineData("power($body.n, 2) = 900", true)]
    [InlineData("$body.yes = ($body.n = 30)", true)]
    public void Match_Body(string condition, bool matches) => Assert.Equal(matches, SampleMessage.Matches(condition));

    [Theory]
    [InlineData("application/json", "utf-8", true)]
    [InlineData("Application/JSON", "UTF-8", true)]
    [InlineData("application/json; charset=utf-8", "utf-8", false)]
    [InlineData("text/plain", "utf-8", false)]
    [InlineData("application/json", "utf8", false)]
    [InlineData("application/json", "ascii", false)]
    [InlineData("application/json", null, false)]
    [InlineData(null, "utf-8", false)]
    public void Match_Body_OnlyIfSaidToBeJson(string? type, string? encoding, bool matches) =>
        Assert.Equal(matches, SampleMessage.Matches("$body.n = 3", SampleMessage.WithBody("""{"n":3}"""u8.ToArray(), type, encoding)));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-32")]
    public void Match_BodyOfAnEncoding_IsReadInThatOne(string encoding)
    {
        var body = Encoding.GetEncoding(encoding).GetBytes("""{"s2":"é"}""");
        Assert.True(SampleMessage.Matches("$body.s2 = 'é'", SampleMessage.WithBody(body, encoding: encoding)));
        Assert.False(SampleMessage.Matches("$body.s2 = 'é'", SampleMessage.WithBody(body, encoding: encoding == "utf-8" ? "utf-16" : "utf-8")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("\"n\"")]
    [InlineData("not json")]
    [InlineData("{\"n\":1")]
    [InlineData("{\"n\":1} 2")]
    [InlineData("\ufeff{\"n\":1}")]
    public void Match_BodyThatIsNoObject_IsUndefined(string body) =>
        Assert.False(SampleMessage.Matches("is_defined($body.n)", SampleMessage.WithBody(Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData(" {n:0x1E} // comment", "$body.n = 30")]
    [InlineData("/* comment */ {'n':30}", "$body.n = 30")]
    [InlineData("{\"n\":NaN}", "is_defined($body.n)")]
    [InlineData("{\"n\":NaN}", "$body.n < 0")]
    [InlineData("{\"n\":-Infinity}", "$body.n < 0")]
    [InlineData("{\"n\":new Pair(7,8)}", "$body.n[1] = 8")]
    public void Match_BodyInWhatTheLibraryTakesForJson_IsRead(string body, string condition) =>
        Assert.True(SampleMessage.Matches(condition, SampleMessage.WithBody(Encoding.UTF8.GetBytes(body))));

    [Fact]
    public void Match_BodyThatIsNotUtf8_KeepsTheRest()
    {
        byte[] body = [.. "{\"x\":\""u8, 0xC3, 0x28, .. "\",\"n\":3}"u8];
        Assert.True(SampleMessage.Matches("$body.n = 3", SampleMessage.WithBody(body)));
    }

    [Fact]
    public void Match_BodyNestedTooDeep_IsUndefined()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"n\":", 100_000)));
        Assert.False(SampleMessage.Matches("is_defined($body.n)", SampleMessage.WithBody(body)));
    }
}
