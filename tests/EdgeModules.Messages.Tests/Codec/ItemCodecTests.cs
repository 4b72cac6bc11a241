using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json;

namespace EdgeModules.Messages.Tests.Codec;

public sealed class ItemCodecTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "$")]
    [InlineData(""" [ {"a":[1,{"b":2}]} , {} ] """, """{"a":[1,{"b":2}]} {}""", "$[0] $[1]")]
    [InlineData("\uFEFF[{\"a\":\"\\u00e4\"}]", """{"a":"ä"}""", "$[0]")]
    [InlineData("[]", "", "")]
    public void Decode_Items_AreTreesWithTheirPlaces(string body, string items, string paths)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        var batch = ItemCodec.Decode(utf8);

        Assert.Empty(batch.Invalid);
        Assert.Equal(items, string.Join(' ', batch.Items.Select(item => item.ToString(Formatting.None))));
        Assert.Equal(paths, string.Join(' ', batch.Places.Select(place => place.Path)));
        Assert.All(batch.Places, place => Assert.Equal(('{', '}'), ((char)utf8[place.Offset], (char)utf8[place.Offset + place.Length - 1])));
    }

    [Theory]
    [InlineData("""[1,{"a":1},"x",[{}],null]""", "$[0]=1 $[2]=\"x\" $[3]=[{}] $[4]=null")]
    [InlineData("5", "$=5")]
    [InlineData("\"text\"", "$=\"text\"")]
    public void Decode_NoObjects_AreInvalidAlone(string body, string expected)
    {
        var batch = ItemCodec.Decode(Encoding.UTF8.GetBytes(body));

        Assert.All(batch.Invalid, invalid => Assert.Equal(InvalidReasons.NotAnObject, invalid.Reason));
        Assert.Equal(expected, string.Join(' ', batch.Invalid.Select(invalid => $"{invalid.Path}={body.Substring(invalid.Offset, invalid.Length)}")));
        Assert.Equal(body.Contains("{\"a\"", StringComparison.Ordinal) ? 1 : 0, batch.Items.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("[{}")]
    [InlineData("[{},]")]
    [InlineData("{} {}")]
    [InlineData("[{}] x")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":1}//")]
    public void Decode_NoJson_IsOneInvalidBody(string body)
    {
        var batch = ItemCodec.Decode(Encoding.UTF8.GetBytes(body));
        var invalid = Assert.Single(batch.Invalid);

        Assert.Empty(batch.Items);
        Assert.Equal((0, body.Length, InvalidReasons.NotJson, "$"), (invalid.Offset, invalid.Length, invalid.Reason, invalid.Path));
        Assert.StartsWith("The body is not JSON at line 1, byte ", invalid.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_DeeperThanSixtyFour_IsNoJson()
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
        Assert.Equal(InvalidReasons.NotJson, Assert.Single(ItemCodec.Decode(Encoding.UTF8.GetBytes(body)).Invalid).Reason);
    }

    [Fact]
    public void Decode_DepthOfSixtyFour_IsRead()
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "1" + new string('}', 64);
        Assert.Single(ItemCodec.Decode(Encoding.UTF8.GetBytes(body)).Items);
    }

    [Fact]
    public void Decode_NoUtf8_IsOneInvalidBody() =>
        Assert.Equal(InvalidReasons.NotUtf8, Assert.Single(ItemCodec.Decode(new byte[] { (byte)'{', 0xFF, (byte)'}' }).Invalid).Reason);

    [Theory]
    [InlineData("""[{"a":"\ud800"},{"a":1}]""")]
    [InlineData("""[{"\ud800":1},{"a":1}]""")]
    public void Decode_HalfASurrogatePair_IsInvalidAlone(string body)
    {
        var batch = ItemCodec.Decode(Encoding.UTF8.GetBytes(body));

        Assert.Equal(("$[0]", InvalidReasons.NotUnicode), (Assert.Single(batch.Invalid).Path, batch.Invalid[0].Reason));
        Assert.Equal("$[1]", Assert.Single(batch.Places).Path);
    }

    [Fact]
    public void Decode_ItemThatIsTooLarge_IsInvalidAlone()
    {
        var body = $$"""[{"a":"{{new string('x', MessageLimits.EmittedItem)}}"},{"a":1}]""";
        var batch = ItemCodec.Decode(Encoding.UTF8.GetBytes(body));

        Assert.Equal(InvalidReasons.TooLarge, Assert.Single(batch.Invalid).Reason);
        Assert.Single(batch.Items);
    }
}
