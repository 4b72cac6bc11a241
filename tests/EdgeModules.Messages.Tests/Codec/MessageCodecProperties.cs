using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck.Xunit;

namespace EdgeModules.Messages.Tests.Codec;

[Properties(Arbitrary = [typeof(Bodies)], MaxTest = 1000, QuietOnSuccess = true)]
public sealed class MessageCodecProperties
{
    private static readonly FrozenSet<string> Named = FrozenSet.ToFrozenSet(["humidity"]);

    // Both live through all cases, as they would in a module: what one body leaves behind must not show in the next.
    private static readonly MessageCodec WithScanner = new();
    private static readonly MessageCodec ParserOnly = new(useScanner: false);

    [Property]
    public void Decode_AnyBytes_GivesReadingsOrInvalidItems(byte[] body) => AssertWhole(body, WithScanner.Decode(body, Named));

    [Property]
    public void Decode_BodiesOfReadings_GivesReadingsOrInvalidItems(ReadingsBody body) => AssertWhole(body.Bytes, WithScanner.Decode(body.Bytes, Named));

    [Property]
    public void Decode_DamagedBodies_GivesReadingsOrInvalidItems(DamagedBody body) => AssertWhole(body.Bytes, WithScanner.Decode(body.Bytes, Named));

    [Property]
    public void Decode_ByScannerOrByParser_IsTheSame(ReadingsBody body) => AssertSame(body.Bytes);

    [Property]
    public void Decode_DamagedByScannerOrByParser_IsTheSame(DamagedBody body) => AssertSame(body.Bytes);

    [Property]
    public void Decode_Number_IsTheNearestDoubleOrNonFinite(NumberText number)
    {
        var expected = double.Parse(number.Text, CultureInfo.InvariantCulture);
        var decoded = Decoding.Decode($$"""[{"deviceId":"a","timestamp":1,"t":{{number.Text}}}]""");

        if (double.IsFinite(expected)) Assert.Equal(Decoding.Bits(("t", expected)), Assert.Single(decoded.Readings).Metrics);
        else Assert.Equal(InvalidReasons.NonFinite, Assert.Single(decoded.Invalid).Reason);
    }

    [Property]
    public void Decode_BodiesOfReadings_AgreesWithAnotherParserOnWhatIsJson(DamagedBody body)
    {
        var batch = WithScanner.Decode(body.Bytes, Named);
        var isRefused = batch.Invalid.Any(invalid => invalid.Reason is InvalidReasons.NotJson or InvalidReasons.NotUtf8);

        Assert.Equal(!IsJson(body.Bytes), isRefused);
    }

    /// <summary>A table by name, as any JSON library would make it, in place of the places that the codec keeps.</summary>
    [Property]
    public void Decode_WideReadings_HaveTheLastValueOfEachName(WideReading reading)
    {
        var last = new Dictionary<string, double?>();
        foreach (var property in JsonDocument.Parse(reading.Text).RootElement.EnumerateObject())
        {
            if (property.Name is "deviceId" or "timestamp") continue;
            if (property.Value.ValueKind == JsonValueKind.Number) last[property.Name] = property.Value.GetDouble();
            else if (last.ContainsKey(property.Name)) last[property.Name] = null;
        }

        var decoded = Decoding.Decode(reading.Text);
        var metrics = last.Where(metric => metric.Value is not null).Select(metric => (metric.Key, metric.Value!.Value)).ToArray();
        if (last.Count > MessageLimits.Metrics) Assert.Equal(InvalidReasons.TooManyMetrics, Assert.Single(decoded.Invalid).Reason);
        else if (metrics.Length == 0) Assert.Equal(InvalidReasons.NoMetric, Assert.Single(decoded.Invalid).Reason);
        else Assert.Equal(Decoding.Bits(metrics), Assert.Single(decoded.Readings).Metrics);
    }

    private static void AssertSame(byte[] body)
    {
        var scanned = Decoded.Of(WithScanner.Decode(body, Named));
        var parsed = Decoded.Of(ParserOnly.Decode(body, Named));

        Assert.Equal(parsed.Readings, scanned.Readings);
        Assert.Equal(parsed.Invalid, scanned.Invalid);
    }

    /// <summary>Every byte of the body that is not punctuation of the array is in exactly one reading or invalid item, and each is JSON of its own.</summary>
    private static void AssertWhole(byte[] body, ReadingBatch batch)
    {
        var parts = new List<(int Offset, int Length)>();
        foreach (ref readonly var reading in batch.Readings)
        {
            parts.Add((reading.Offset, reading.Length));
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(batch.BytesOf(reading).ToArray()).RootElement.ValueKind);
            Assert.InRange(reading.DeviceId.Length, 1, MessageLimits.NameCharacters);
            Assert.InRange(reading.Timestamp, Timestamps.Min, Timestamps.Max);
            Assert.InRange(reading.MetricCount, 1, MessageLimits.Metrics);
            var names = new HashSet<string>();
            foreach (var metric in batch.MetricsOf(reading)) Assert.True(double.IsFinite(metric.Value) && names.Add(metric.Name));
        }

        foreach (var invalid in batch.Invalid)
        {
            parts.Add((invalid.Offset, invalid.Length));
            var item = InvalidItem.Encode(invalid, body);
            Assert.InRange(item.Length, 1, MessageLimits.EmittedBody - 2);
            Assert.Equal(invalid.Reason, JsonDocument.Parse(item).RootElement.GetProperty("reason").GetString());
        }

        parts.Sort();
        var at = 0;
        foreach (var (offset, length) in parts)
        {
            Assert.True(offset >= at, $"Byte {offset} is in two parts.");
            AssertPunctuation(body.AsSpan(at, offset - at));
            at = offset + length;
        }

        AssertPunctuation(body.AsSpan(at));
    }

    private static void AssertPunctuation(ReadOnlySpan<byte> between)
    {
        if (between.StartsWith(Encoding.UTF8.Preamble)) between = between[3..];
        foreach (var octet in between) Assert.Contains((char)octet, "[], \t\r\n");
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            var start = body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(body);
            using var document = JsonDocument.Parse(body.AsMemory(start));
            return true;
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }
}
