using System.Text;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>A body that cannot be read at all is one invalid item that spans it; the error names the place.</summary>
public sealed class BodyErrorTests
{
    private const string Good = """{"deviceId":"a","timestamp":1,"t":1}""";

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("  ", 1, 3)]
    [InlineData("\n\n ", 3, 2)]
    [InlineData("hello", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("[", 1, 2)]
    [InlineData("[1 2]", 1, 4)]
    [InlineData("[1,]", 1, 4)]
    [InlineData("[,1]", 1, 2)]
    [InlineData("1,", 1, 2)]
    [InlineData("truex", 1, 5)]
    [InlineData("NaN", 1, 1)]
    [InlineData(Good + "x", 1, 37)]
    [InlineData(Good + "\n" + Good, 2, 1)]
    [InlineData("[" + Good + "\n  " + Good + "]", 2, 3)]
    [InlineData("[" + Good + ",\n{\"deviceId\":\"b\",\n \"timestamp\":x}]", 3, 14)]
    [InlineData("[" + Good + ",\r\n\r\n {\"deviceId\" 5}]", 3, 14)]
    [InlineData("[" + Good + ",{\"t\":NaN}]", 1, 44)]
    [InlineData("[" + Good, 1, 38)]
    [InlineData("[" + Good + ",", 1, 39)]
    [InlineData("{\"a\":\"\u0001\"}", 1, 7)]
    [InlineData("{\"a\":01}", 1, 7)]
    [InlineData("// no\n" + Good, 1, 1)]
    public void Decode_NoJson_IsOneInvalidBodyWithLineAndByte(string body, int line, int octet)
    {
        var invalid = Decoding.Refused(body);

        Assert.Equal(
            new InvalidReading(0, body.Length, InvalidReasons.NotJson, "$",
                $"The body is not JSON at line {line}, byte {octet}; it must be a reading object or an array of them."),
            invalid);
    }

    [Fact]
    public void Decode_ErrorBehindTextOfManyBytes_CountsBytesNotCharacters() =>
        Assert.Contains("at line 1, byte 9;", Decoding.Refused("{\"ä😀").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0x22, 0xc3, 0x22 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xfe, 0xff, 0x00, 0x7b })]
    public void Decode_NoUtf8_IsOneInvalidBody(byte[] body)
    {
        var decoded = Decoding.Decode(body);

        Assert.Empty(decoded.Readings);
        Assert.Equal([new InvalidReading(0, body.Length, InvalidReasons.NotUtf8, "$", "The body is not UTF-8; it must be UTF-8 JSON.")], decoded.Invalid);
    }

    [Fact]
    public void Decode_OneByteThatIsNoUtf8BehindGoodReadings_RefusesTheWholeBody()
    {
        var body = Encoding.UTF8.GetBytes($"[{Good}] ");
        body[^1] = 0xff;

        Assert.Equal([InvalidReasons.NotUtf8], Decoding.Decode(body).Invalid.Select(invalid => invalid.Reason));
    }
}
