using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages.Tests;

public sealed class JsonMergePatchTests
{
    // The appendix of RFC 7396, as far as both sides are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"foo"}""", """{"a":{"b":1,"c":null}}""", """{"a":{"b":1}}""")]
    public void Apply_PatchOfTheRfc_GivesItsResult(string target, string patch, string expected)
    {
        var changed = JObject.Parse(target);
        JsonMergePatch.Apply(changed, JObject.Parse(patch));

        Assert.Equal(JObject.Parse(expected), changed, JToken.EqualityComparer);
    }

    [Fact]
    public void Apply_PatchUsedAgain_SharesNothingWithTheTarget()
    {
        var patch = JObject.Parse("""{"a":[1],"b":{"c":[2]}}""");
        var first = new JObject();
        JsonMergePatch.Apply(first, patch);
        ((JArray)first["a"]!).Add(9);
        ((JArray)first["b"]!["c"]!).Add(9);

        Assert.Equal("""{"a":[1],"b":{"c":[2]}}""", patch.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":1,"d":[1]}}""", """{"a":1,"b":{"c":1,"d":[1]}}""", "{}")]
    [InlineData("""{"a":1,"b":{"c":1,"d":2}}""", """{"a":1,"b":{"c":1,"d":3}}""", """{"b":{"d":3}}""")]
    [InlineData("""{"a":1,"b":{"c":1}}""", """{"b":{}}""", """{"b":{"c":null},"a":null}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":5}""", """{"a":5}""")]
    [InlineData("""{"a":5}""", """{"a":{"x":1}}""", """{"a":{"x":1}}""")]
    [InlineData("{}", """{"a":{}}""", """{"a":{}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,2,3]}""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":1}""", """{"a":1.0}""", """{"a":1.0}""")]
    public void Diff_TwoObjects_IsTheSmallestPatch(string from, string to, string expected) =>
        Assert.Equal(expected, JsonMergePatch.Diff(JObject.Parse(from), JObject.Parse(to)).ToString(Newtonsoft.Json.Formatting.None));

    [Property(Arbitrary = [typeof(Objects)], MaxTest = 500, QuietOnSuccess = true)]
    public void Apply_Diff_MakesTheOneOfTheOther(JObject from, JObject to)
    {
        var patch = JsonMergePatch.Diff(from, to);
        var patched = (JObject)from.DeepClone();
        JsonMergePatch.Apply(patched, patch);

        Assert.Equal(to, patched, JToken.EqualityComparer);
        Assert.Empty(JsonMergePatch.Diff(patched, to));
    }

    /// <summary>JSON objects without null, which merge patches cannot express; few keys, so that both have many in common.</summary>
    public static class Objects
    {
        public static Arbitrary<JObject> Any() => ObjectOf(3).ToArbitrary();

        private static Gen<JObject> ObjectOf(int depth) =>
            from pairs in (from key in Gen.Elements("a", "b", "c", "d.e", "ü") from value in ValueOf(depth) select new JProperty(key, value)).ArrayOf()
            select new JObject(pairs.DistinctBy(pair => pair.Name).Take(4));

        private static Gen<JToken> ValueOf(int depth)
        {
            var scalars = Gen.Elements<JToken>(1, 2.5, "x", true, "").Select(token => token.DeepClone());
            var arrays = scalars.ArrayOf().Select(items => (JToken)new JArray(items.Take(3).Cast<object>().ToArray()));
            return depth == 0 ? scalars : Gen.Frequency((3, scalars), (1, arrays), (3, ObjectOf(depth - 1).Select(nested => (JToken)nested)));
        }
    }
}
