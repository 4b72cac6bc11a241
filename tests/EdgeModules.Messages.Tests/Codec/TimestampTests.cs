using System.Globalization;

namespace EdgeModules.Messages.Tests.Codec;

public sealed class TimestampTests
{
    private static readonly long Noon = DateTimeOffset.Parse("2026-01-31T12:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("1769860800000")]
    [InlineData("1769860800000.0")]
    [InlineData("1.7698608E12")]
    [InlineData("1.7698608e+12")]
    [InlineData("\"2026-01-31T12:00:00Z\"")]
    [InlineData("\"2026-01-31T12:00:00\"")]
    [InlineData("\"2026-01-31T12:00\"")]
    [InlineData("\"2026-01-31T12:00:00.0000000\"")]
    [InlineData("\"2026-01-31T12:00:00+00:00\"")]
    [InlineData("\"2026-01-31T13:30:00+01:30\"")]
    [InlineData("\"2026-01-31T07:00:00-05:00\"")]
    // As System.Text.Json writes a string with an offset.
    [InlineData("\"2026-01-31T13:00:00\\u002B01:00\"")]
    [InlineData("\"2026\\u002d01-31T12:00:00\"")]
    public void Decode_ThatTimestamp_IsNoonUtc(string timestamp) => Assert.Equal(Noon, Read(timestamp));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("-0.0", 0)]
    [InlineData("253402300799999", Timestamps.Max)]
    [InlineData("-62135596800000", Timestamps.Min)]
    [InlineData("\"0001-01-01T00:00:00Z\"", Timestamps.Min)]
    [InlineData("\"9999-12-31T23:59:59.9999999Z\"", Timestamps.Max)]
    [InlineData("\"1970-01-02\"", 86_400_000)]
    [InlineData("\"1970-01-01T00:00:00.0015Z\"", 1)]
    [InlineData("\"2024-02-29T00:00:00Z\"", 1_709_164_800_000)]
    public void Decode_TimestampAtALimit_IsRead(string timestamp, long milliseconds) => Assert.Equal(milliseconds, Read(timestamp));

    [Theory]
    [InlineData("253402300800000")]
    [InlineData("-62135596800001")]
    [InlineData("1e300")]
    [InlineData("1e999")]
    [InlineData("9223372036854775808")]
    [InlineData("1700000000000.5")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("\"\"")]
    [InlineData("\"1700000000000\"")]
    [InlineData("\"2026-02-29T00:00:00Z\"")]
    [InlineData("\"2026-01-31T25:00:00Z\"")]
    [InlineData("\"2026-01-31T12:00:00+25:00\"")]
    [InlineData("\"0001-01-01T00:00:00+14:00\"")]
    [InlineData("\"31.01.2026 12:00\"")]
    [InlineData("\"2026-01-31 12:00:00\"")]
    [InlineData("\"2026-01-31T12:00:00 Z\"")]
    public void Decode_AnyOtherTimestamp_IsUnreadable(string timestamp)
    {
        var invalid = Decoding.Refused(Body(timestamp));

        Assert.Equal((InvalidReasons.UnreadableTimestamp, "$.timestamp"), (invalid.Reason, invalid.Path));
        Assert.EndsWith("it must be Unix milliseconds or an ISO-8601 string, in the years 1 to 9999.", invalid.Error);
    }

    private static long Read(string timestamp) => Decoding.One(Body(timestamp)).Timestamp;

    private static string Body(string timestamp) => $$"""{"deviceId":"a","timestamp":{{timestamp}},"t":1}""";
}
