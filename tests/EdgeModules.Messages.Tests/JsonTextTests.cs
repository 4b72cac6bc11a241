using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Messages.Tests;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("\"2026-01-31T12:00:00Z\"")]
    [InlineData("\"/Date(1)/\"")]
    public void Parse_TextThatLooksLikeADate_StaysText(string json) => Assert.Equal(json, JsonText.Parse(json).ToString(Formatting.None));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("1 2")]
    [InlineData("{\"a\":}")]
    public void Parse_NotExactlyOneValue_Throws(string json) => Assert.ThrowsAny<JsonException>(() => JsonText.Parse(json));

    [Fact]
    public void Parse_DeeperThan64_Throws() => Assert.ThrowsAny<JsonException>(() => JsonText.Parse(new string('[', 65) + new string(']', 65)));

    /// <summary>The message goes into answers, which have a limit, and into logs.</summary>
    [Theory]
    [InlineData("""{"a":NUMBER}""")]
    [InlineData("""{"NUMBER":{"NUMBER":?}}""")]
    public void Parse_MistakeAboutSomethingLong_IsToldInAFewWords(string json)
    {
        var error = Assert.ThrowsAny<JsonException>(() => JsonText.Parse(json.Replace("NUMBER", new string('9', 100_000), StringComparison.Ordinal)));
        Assert.InRange(error.Message.Length, 1, 600);
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("5")]
    public void ParseObject_AnotherValue_Throws(string json) => Assert.ThrowsAny<JsonException>(() => JsonText.ParseObject(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void ToUtf8_Tree_IsCompactUtf8() => Assert.Equal("""{"a":[1,"ü"]}"""u8.ToArray(), JsonText.ToUtf8(new JObject { ["a"] = new JArray(1, "ü") }));
}
