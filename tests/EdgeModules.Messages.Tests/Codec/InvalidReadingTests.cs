using System.Reflection;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>A reading that cannot be used goes alone, with its reason and path; its neighbours go on.</summary>
public sealed class InvalidReadingTests
{
    private const string Neighbour = """{"deviceId":"n","timestamp":1,"t":1}""";

    private static readonly string Name129 = new('x', 129);

    public static TheoryData<string, string, string> Elements => new()
    {
        { InvalidReasons.NotAReading, "", "5" },
        { InvalidReasons.NotAReading, "", "\"text\"" },
        { InvalidReasons.NotAReading, "", "null" },
        { InvalidReasons.NotAReading, "", "true" },
        { InvalidReasons.NotAReading, "", """[{"deviceId":"a","timestamp":1,"t":1}]""" },
        { InvalidReasons.MissingDeviceId, ".deviceId", """{"timestamp":1,"t":1}""" },
        { InvalidReasons.MissingDeviceId, ".deviceId", "{}" },
        { InvalidReasons.MissingTimestamp, ".timestamp", """{"deviceId":"a","t":1}""" },
        { InvalidReasons.UnreadableTimestamp, ".timestamp", """{"deviceId":"a","timestamp":"yesterday","t":1}""" },
        { InvalidReasons.UnreadableTimestamp, ".timestamp", """{"deviceId":"a","timestamp":null,"t":1}""" },
        { InvalidReasons.UnreadableTimestamp, ".timestamp", """{"deviceId":"a","timestamp":{"s":1},"t":1}""" },
        { InvalidReasons.WrongLength, ".deviceId", """{"deviceId":"","timestamp":1,"t":1}""" },
        { InvalidReasons.WrongLength, ".deviceId", $$"""{"deviceId":"{{Name129}}","timestamp":1,"t":1}""" },
        { InvalidReasons.WrongLength, ".zone", """{"deviceId":"a","zone":"","timestamp":1,"t":1}""" },
        { InvalidReasons.WrongLength, ".zone", $$"""{"deviceId":"a","zone":"{{Name129}}","timestamp":1,"t":1}""" },
        { InvalidReasons.WrongType, ".deviceId", """{"deviceId":7,"timestamp":1,"t":1}""" },
        { InvalidReasons.WrongType, ".deviceId", """{"deviceId":null,"timestamp":1,"t":1}""" },
        { InvalidReasons.WrongType, ".zone", """{"deviceId":"a","zone":3,"timestamp":1,"t":1}""" },
        { InvalidReasons.WrongType, ".named", """{"deviceId":"a","timestamp":1,"t":1,"named":"12"}""" },
        { InvalidReasons.WrongType, ".named", """{"deviceId":"a","timestamp":1,"t":1,"named":true}""" },
        { InvalidReasons.WrongType, ".named", """{"deviceId":"a","timestamp":1,"t":1,"named":{"value":1}}""" },
        { InvalidReasons.WrongType, ".named", """{"deviceId":"a","timestamp":1,"t":1,"named":[1]}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":"NaN"}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":"Infinity"}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":"-Infinity"}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":"\u004eaN"}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":1e999}""" },
        { InvalidReasons.NonFinite, ".t", """{"deviceId":"a","timestamp":1,"t":-1E400}""" },
        { InvalidReasons.NonFinite, "['two words']", """{"deviceId":"a","timestamp":1,"two words":1e999}""" },
        { InvalidReasons.NonFinite, """['it\'s \\']""", """{"deviceId":"a","timestamp":1,"it's \\":1e999}""" },
        { InvalidReasons.NoMetric, "", """{"deviceId":"a","timestamp":1}""" },
        { InvalidReasons.NoMetric, "", """{"deviceId":"a","timestamp":1,"t":null,"note":"x"}""" },
        { InvalidReasons.TooManyMetrics, "", Bodies.WithMetrics(257) },
        { InvalidReasons.TooManyMetrics, "", Bodies.WithMetrics(8_000) },
        { InvalidReasons.ReservedName, ".readingCount", """{"deviceId":"a","timestamp":1,"readingCount":1}""" },
        { InvalidReasons.ReservedName, ".windowStart", """{"deviceId":"a","timestamp":1,"t":1,"windowStart":5}""" },
        { InvalidReasons.NotUnicode, "", """{"deviceId":"\ud800","timestamp":1,"t":1}""" },
        { InvalidReasons.NotUnicode, "", """{"deviceId":"a","timestamp":1,"\udc00t":1}""" },
        { InvalidReasons.NotUnicode, "", """{"deviceId":"a","zone":"z\ud800z","timestamp":1,"t":1}""" },
        { InvalidReasons.TooLarge, "", $$"""{"deviceId":"a","timestamp":1,"t":1,"note":"{{new string('x', MessageLimits.EmittedBody)}}"}""" },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void Decode_OneBadReadingInAnArray_GoesAloneAndNeighboursGoOn(string reason, string path, string element)
    {
        var decoded = Decoding.Decode($"[{Neighbour},{element},{Neighbour}]", "named");

        var invalid = Assert.Single(decoded.Invalid);
        Assert.Equal((reason, "$[1]" + path), (invalid.Reason, invalid.Path));
        Assert.Equal((1 + Neighbour.Length + 1, element.Length), (invalid.Offset, invalid.Length));
        Assert.EndsWith(".", invalid.Error);
        Assert.Equal([1, 1 + Neighbour.Length + 1 + element.Length + 1], decoded.Readings.Select(reading => reading.Offset));
        Assert.All(decoded.Readings, reading => Assert.Equal(("n", Neighbour), (reading.DeviceId, reading.Json)));
    }

    [Theory]
    [MemberData(nameof(Elements))]
    public void Decode_TheBadReadingAlone_HasThePathFromTheRoot(string reason, string path, string element)
    {
        if (element.StartsWith('[')) return; // alone it is an array of readings
        var invalid = Decoding.Refused(element, "named");

        Assert.Equal((reason, "$" + path, 0, element.Length), (invalid.Reason, invalid.Path, invalid.Offset, invalid.Length));
    }

    [Fact]
    public void Elements_OfThisTable_CoverEveryReasonOfAReading()
    {
        var all = typeof(InvalidReasons).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        // The first two are of whole bodies, the others of items that are no readings.
        string[] others =
            [InvalidReasons.NotJson, InvalidReasons.NotUtf8, InvalidReasons.NotAnObject, InvalidReasons.MissingProperty, InvalidReasons.UnknownValue];
        var ofReadings = all.Except(others).Order();

        Assert.Equal(ofReadings, Elements.Select(row => (string)((object[])row)[0]).Distinct().Order());
    }

    [Fact]
    public void Decode_ReadingWithTwoDefects_TellsTheFirst()
    {
        var invalid = Decoding.Refused("""{"deviceId":7,"timestamp":"no","t":"NaN"}""");

        Assert.Equal(
            new InvalidReading(0, 41, InvalidReasons.WrongType, "$.deviceId", "7 was found; it must be a string of 1 to 128 characters."), invalid);
    }

    [Fact]
    public void Decode_NumbersAsText_ArePassedThroughUnlessTheMetricIsNamed()
    {
        const string Body = """{"deviceId":"a","timestamp":1,"t":1,"humidity":"45"}""";

        Assert.Equal(Decoding.Bits(("t", 1)), Decoding.One(Body).Metrics);
        Assert.Equal("$.humidity", Decoding.Refused(Body, "humidity").Path);
    }

    [Fact]
    public void Decode_ErrorThatShowsALongValue_ShortensItToValidText()
    {
        var long99 = new string('x', 99);
        var invalid = Decoding.Refused($$"""{"deviceId":"a","timestamp":"{{long99}}😀😀","t":1}""");

        Assert.True(invalid.Error.Length < 250, invalid.Error);
        Assert.DoesNotContain(invalid.Error.EnumerateRunes(), rune => rune == System.Text.Rune.ReplacementChar);
    }

    [Fact]
    public void Decode_AsManyMetricsAsThereMayBe_HasThemInOrder()
    {
        var reading = Decoding.One(Bodies.WithMetrics(256));

        Assert.Equal(Decoding.Bits([.. Enumerable.Range(0, 256).Select(i => ($"m{i}", (double)i))]), reading.Metrics);
    }

    [Fact]
    public void Decode_NamesThatComeAgainOrAreTakenBack_CountOnce()
    {
        var again = string.Concat(Enumerable.Range(0, 2_000).Select(i => $",\"m{i % 250}\":{(i % 3 == 0 ? "null" : $"{i}")}"));
        var last = Enumerable.Range(0, 250).Select(name => Enumerable.Range(0, 2_000).Last(i => i % 250 == name)).ToList();
        var reading = Decoding.One(Bodies.WithMetrics(256)[..^1] + again + "}");

        var kept = Enumerable.Range(0, 256).Where(name => name >= 250 || last[name] % 3 > 0);
        var expected = kept.Select(name => ($"m{name}", name < 250 ? last[name] : (double)name));
        Assert.Equal(Decoding.Bits([.. expected]), reading.Metrics);
    }

    [Theory]
    [InlineData(MessageLimits.EmittedItem, true)]
    [InlineData(MessageLimits.EmittedItem + 1, false)]
    public void Decode_LargeReading_IsTakenWhenItFitsAloneIntoAnArray(int bytes, bool fits)
    {
        const string Frame = """{"deviceId":"a","timestamp":1,"t":1,"note":""}""";
        var decoded = Decoding.Decode(Frame.Insert(Frame.Length - 2, new string('x', bytes - Frame.Length)));

        Assert.Equal(fits ? [] : [InvalidReasons.TooLarge], decoded.Invalid.Select(invalid => invalid.Reason));
    }
}
