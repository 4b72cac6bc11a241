using EdgeSimulator.Linting;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Linting;

public class JsonSourceTests
{
    [Fact]
    public void PlaceOf_Token_IsWhereItStandsInTheFileAsWritten()
    {
        var source = Read("{\n  \"é😀\": [1,\n    \"${LONG} x\", {\"b\": true}],\n  \"c\": ${NUMBER}, \"d\": null\n}");
        var json = source.Json!;
        Assert.Equal(
            [new(2, 11), new(3, 5), new(3, 19), new(3, 24), new(4, 8), new(4, 19), new(4, 24)],
            new[]
            {
                json["é😀"]![0]!, json["é😀"]![1]!, json["é😀"]![2]!.First!, json["é😀"]![2]!["b"]!, json["c"]!, json.Property("d")!, json["d"]!,
            }.Select(source.PlaceOf));
    }

    [Theory]
    [InlineData("{\"a\": \"FROM x\"}", 5, 13)]
    [InlineData("{\"a\": \"\\\"\\u0041\\\\b\"}", 3, 18)]
    [InlineData("{\"a\": \"${LONG}b\"}", 12, 15)]
    [InlineData("{\"a\": \"ab\"}", 9, 10)]
    public void PlaceIn_Text_CountsCharactersOfTheValue(string text, int index, int column)
    {
        var source = Read(text);
        Assert.Equal(new TextPlace(1, column), source.PlaceIn((JValue)source.Json!["a"]!, index));
    }

    [Fact]
    public void IsFromPlaceholder_PartOfAValue_IsSeen()
    {
        var source = Read("{\"a\": \"x${LONG}y\", \"b\": \"LONG\", \"c\": ${NUMBER}, \"d\": \"${UNKNOWN}\"}");
        Assert.Equal([true, false, true, false], source.Json!.Properties().Select(property => source.IsFromPlaceholder(property.Value)));
    }

    [Fact]
    public void Json_OfEveryType_IsAsNewtonsoftReadsIt()
    {
        const string text = """{ "a": [1, -2.5e3, 99999999999999999999, "x\n\u00e9", true, false, null, {}, []], "b": { "c.d": 1.0 } }""";
        Assert.True(JToken.DeepEquals(JToken.Parse(text), Read(text).Json));
    }

    [Theory]
    [InlineData("{\"a\": 1,\n \"a\": 2}", "Duplicate", 2, 2)]
    [InlineData("{ /* x */ }", "Comment", 1, 3)]
    [InlineData("{\"a\": 1,}", "Syntax", 1, 9)]
    [InlineData("{\n'a': 1}", "Syntax", 2, 1)]
    [InlineData("{\"a\": \"\\ud800\"}", "Syntax", 1, 7)]
    [InlineData("{\"a\": 1} x", "Syntax", 1, 10)]
    [InlineData("", "Syntax", 1, 1)]
    public void Mistakes_OfTheText_HaveTheirPlace(string text, string kind, int line, int column)
    {
        var (mistake, place) = Assert.Single(Read(text).Mistakes);
        Assert.Equal((kind, new TextPlace(line, column)), (mistake.Kind.ToString(), place));
    }

    [Fact]
    public void Json_NameTwice_HasTheLast() => Assert.Equal(2, Read("{\"a\": {\"b\": 1}, \"a\": 2}").Json!.Value<int>("a"));

    private static JsonSource Read(string text) => new("d.json", text, name => name switch
    {
        "LONG" => "long \"text\" ",
        "NUMBER" => "5",
        _ => null,
    });
}
