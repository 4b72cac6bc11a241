using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>What a reading may look like, and what is read of it.</summary>
public sealed class ReadingTests
{
    private const string Plain = """{"deviceId":"press-1","zone":"hall","timestamp":1700000000000,"temperature":21.5,"humidity":40}""";

    private static readonly DecodedReading PlainReading =
        new("press-1", "hall", 1_700_000_000_000, Decoding.Bits(("temperature", 21.5), ("humidity", 40)), 0, Plain);

    [Fact]
    public void Decode_SingleObject_GivesThatReading() => Assert.Equal(PlainReading, Decoding.One(Plain));

    [Theory]
    [InlineData("\uFEFF", "", 3)]
    [InlineData(" \t\r\n", "\n", 4)]
    [InlineData("\uFEFF \n", " ", 5)]
    public void Decode_ByteOrderMarkAndBlanks_AreSkipped(string before, string after, int offset) =>
        Assert.Equal(PlainReading with { Offset = offset }, Decoding.One(before + Plain + after));

    [Theory]
    [InlineData("[]")]
    [InlineData(" [ \n ] ")]
    public void Decode_EmptyArray_GivesNothing(string body)
    {
        var decoded = Decoding.Decode(body);

        Assert.Empty(decoded.Readings);
        Assert.Empty(decoded.Invalid);
    }

    [Fact]
    public void Decode_ArrayWithBlanksEverywhere_GivesEveryReadingWithItsOwnBytes()
    {
        const string Spread = "{ \"deviceId\" : \"b\" ,\n\t\"timestamp\" : 2 , \"t\" : 1.5 }";
        var decoded = Decoding.Decode($" [ {Plain} ,\n{Spread} ] ");

        Assert.Empty(decoded.Invalid);
        Assert.Equal([PlainReading with { Offset = 3 }, new DecodedReading("b", null, 2, Decoding.Bits(("t", 1.5)), 3 + Plain.Length + 3, Spread)], decoded.Readings);
    }

    [Theory]
    [InlineData("""{"deviceId":"a","timestamp":1,"t":1,"t":2}""")]
    [InlineData("""{"deviceId":"x","deviceId":"a","timestamp":1,"t":2}""")]
    [InlineData("""{"deviceId":"a","timestamp":9,"t":2,"timestamp":1}""")]
    [InlineData("""{"zone":"z","zone":null,"deviceId":"a","timestamp":1,"t":2}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"u":5,"t":2,"u":null}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"u":5,"t":2,"u":"text"}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"\u0074":1,"t":2}""")]
    public void Decode_SamePropertyTwice_TheLastCounts(string body) =>
        Assert.Equal(new DecodedReading("a", null, 1, Decoding.Bits(("t", 2)), 0, body), Decoding.One(body));

    [Fact]
    public void Decode_EscapesInNamesAndIds_AreResolved()
    {
        const string Body = """{"device\u0049d":"press\u002d1 \"\ud83d\ude00\"","z\u006fne":"H\u00e4lle\/2","timestamp":1,"temp\u0065rature":1,"\\":2}""";
        var reading = Decoding.One(Body);

        Assert.Equal(("press-1 \"😀\"", "Hälle/2", Decoding.Bits(("temperature", 1), ("\\", 2))), (reading.DeviceId, reading.Zone, reading.Metrics));
        Assert.Equal(Body, reading.Json);
    }

    [Theory]
    [InlineData("""{"deviceId":"a","timestamp":1,"t":1,"unit":"C","ok":true,"tags":["x",{"y":null}],"raw":{"t":99,"deviceId":"b"}}""")]
    [InlineData("""{"raw":{"timestamp":"no","NaN":"NaN"},"deviceId":"a","timestamp":1,"t":1,"none":null}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"t":1,"note":"\ud800"}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"t":1,"note":"NaN\ud800"}""")]
    [InlineData("""{"deviceId":"a","timestamp":1,"t":1,"windowStart":"not a number"}""")]
    public void Decode_OtherProperties_TravelUntouched(string body) =>
        Assert.Equal(new DecodedReading("a", null, 1, Decoding.Bits(("t", 1)), 0, body), Decoding.One(body));

    [Fact]
    public void Decode_DeepNesting_IsPassedThrough()
    {
        var deep = new string('[', 10_000) + new string(']', 10_000);
        var body = $$"""{"deviceId":"a","timestamp":1,"t":1,"deep":{{deep}}}""";

        Assert.Equal(new DecodedReading("a", null, 1, Decoding.Bits(("t", 1)), 0, body), Decoding.One(body));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("null,\"named\":null")]
    public void Decode_NullMetric_IsAbsent(string value) =>
        Assert.Equal(Decoding.Bits(("t", 1)), Decoding.One($$"""{"deviceId":"a","timestamp":1,"t":1,"u":{{value}}}""", "named").Metrics);

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("0.1")]
    [InlineData("-273.15")]
    [InlineData("123456789012345")]
    [InlineData("1234567890123456")]
    [InlineData("0.00000000000001")]
    [InlineData("9007199254740993")]
    [InlineData("179769313486231580793728971405301000000000")]
    [InlineData("2.2250738585072011e-308")]
    [InlineData("4.9E-324")]
    [InlineData("1e-400")]
    [InlineData("1E+5")]
    [InlineData("0.30000000000000004440892098500626161694526672363281250000000001")]
    public void Decode_Number_IsTheNearestDouble(string text) =>
        Assert.Equal(Decoding.Bits(("t", double.Parse(text, CultureInfo.InvariantCulture))), Decoding.One($$"""{"deviceId":"a","timestamp":1,"t":{{text}}}""").Metrics);

    [Theory]
    [InlineData("a")]
    [InlineData("Prüfstand-7 µ")]
    [InlineData("センサー")]
    [InlineData("😀")]
    public void Decode_NamesOfUpTo128Characters_AreTaken(string unit)
    {
        var name = string.Concat(Enumerable.Repeat(unit, 128 / unit.Length));
        var reading = Decoding.One($$"""{"deviceId":"{{name}}","zone":"{{name}}","timestamp":1,"t":1}""");

        Assert.Equal((name, name), (reading.DeviceId, reading.Zone));
    }

    [Fact]
    public void Decode_KnownNames_AreTheSameStringInstances()
    {
        var codec = new MessageCodec();
        var body = Encoding.UTF8.GetBytes(Plain);
        var first = codec.Decode(body, FrozenSet<string>.Empty).Readings[0];
        var batch = codec.Decode(body, FrozenSet<string>.Empty);

        Assert.Same(first.DeviceId, batch.Readings[0].DeviceId);
        Assert.Same(first.Zone, batch.Readings[0].Zone);
    }

    [Fact]
    public void Decode_NextBody_ReplacesTheBatch()
    {
        var codec = new MessageCodec();
        codec.Decode("[5]"u8.ToArray(), FrozenSet<string>.Empty);
        var batch = codec.Decode(Encoding.UTF8.GetBytes(Plain), FrozenSet<string>.Empty);

        Assert.Empty(batch.Invalid);
        Assert.Equal(1, batch.Count);
    }
}
