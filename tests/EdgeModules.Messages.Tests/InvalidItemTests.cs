using System.Text;
using System.Text.Json;

namespace EdgeModules.Messages.Tests;

public sealed class InvalidItemTests
{
    [Fact]
    public void Encode_BadReading_CarriesTheReadingAsItCame()
    {
        var body = """[{ "deviceId" : "a<b>&\u0041" }]"""u8;
        var item = Encode(new InvalidReading(1, body.Length - 2, InvalidReasons.MissingTimestamp, "$[0].timestamp", "It's missing; \"it\" must be there."), body);

        Assert.Equal(
            """{"reason":"missingTimestamp","path":"$[0].timestamp","error":"It's missing; \"it\" must be there.","reading":{ "deviceId" : "a<b>&\u0041" }}""", item);
    }

    [Fact]
    public void Encode_BadReadingAmongOthers_CarriesOnlyItsOwnBytes()
    {
        var item = Encode(new InvalidReading(3, 1, InvalidReasons.NotAReading, "$[1]", "5 was found."), "[1,5,7]"u8);

        Assert.EndsWith("\"reading\":5}", item);
    }

    [Theory]
    [InlineData("hello <world> \"x\"\n", """ "hello <world> \"x\"\n" """)]
    [InlineData("", "\"\"")]
    [InlineData("ü😀", "\"ü\\uD83D\\uDE00\"")]
    public void Encode_BodyThatIsNoJson_CarriesItAsText(string body, string shown)
    {
        var item = EncodeBody(InvalidReasons.NotJson, Encoding.UTF8.GetBytes(body));

        Assert.EndsWith($"\"error\":\"It is wrong.\",\"body\":{shown.Trim()}}}", item);
        Assert.Equal(body, Parse(item).GetProperty("body").GetString());
    }

    [Fact]
    public void Encode_BodyThatIsNoUtf8_CarriesItAsBase64()
    {
        var item = EncodeBody(InvalidReasons.NotUtf8, [0xff, 0x00, 0x80]);

        Assert.Equal([0xff, 0x00, 0x80], Parse(item).GetProperty("bodyBase64").GetBytesFromBase64());
    }

    // What takes the most room in JSON: a control character six bytes, a supplementary character twelve for four.
    [Theory]
    [InlineData("x", InvalidReasons.NotJson)]
    [InlineData("\u0001", InvalidReasons.NotJson)]
    [InlineData("😀", InvalidReasons.NotJson)]
    [InlineData("\u2028", InvalidReasons.NotJson)]
    [InlineData("x", InvalidReasons.NotUtf8)]
    [InlineData("x", InvalidReasons.TooLarge)]
    public void Encode_OriginalOfAnySize_NeverExceedsTheLimit(string unit, string reason)
    {
        var unitBytes = Encoding.UTF8.GetByteCount(unit);
        foreach (var bytes in new[] { 30_000, 40_000, 60_000, 125_000, 200_000, 249_000, MessageLimits.EmittedItem, MessageLimits.BodyAndProperties })
        {
            var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, bytes / unitBytes)));
            if (reason == InvalidReasons.TooLarge) body = [(byte)'"', .. body, (byte)'"'];
            var item = Parse(EncodeBody(reason, body));

            Assert.InRange(item.GetRawText().Length, 1, MessageLimits.EmittedItem);
            if (!item.TryGetProperty("truncated", out _)) continue;
            Assert.Equal(body.Length, item.GetProperty("bytes").GetInt32());
            Assert.True(item.TryGetProperty(reason == InvalidReasons.NotUtf8 ? "bodyBase64" : "body", out var shown));
            Assert.InRange(shown.GetString()!.Length, 10_000, 60_000);
        }
    }

    [Fact]
    public void Encode_OriginalThatJustFits_IsNotTruncated()
    {
        var frame = EncodeBody(InvalidReasons.NotJson, []).Length;
        var fits = EncodeBody(InvalidReasons.NotJson, Filled(MessageLimits.EmittedItem - frame));
        var tooLong = EncodeBody(InvalidReasons.NotJson, Filled(MessageLimits.EmittedItem - frame + 1));

        Assert.Equal(MessageLimits.EmittedItem, fits.Length);
        Assert.False(Parse(fits).TryGetProperty("truncated", out _));
        Assert.True(Parse(tooLong).GetProperty("truncated").GetBoolean());
    }

    private static byte[] Filled(int bytes) => Encoding.ASCII.GetBytes(new string('x', bytes));

    private static string EncodeBody(string reason, byte[] body) => Encode(new InvalidReading(0, body.Length, reason, "$", "It is wrong."), body);

    private static string Encode(in InvalidReading invalid, ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(InvalidItem.Encode(invalid, body).Span);

    private static JsonElement Parse(string item) => JsonDocument.Parse(item).RootElement;
}
