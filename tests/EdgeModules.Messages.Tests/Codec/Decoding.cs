using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>What a decode gave, as values that can be compared and outlive the batch.</summary>
internal sealed record Decoded(IReadOnlyList<DecodedReading> Readings, IReadOnlyList<InvalidReading> Invalid)
{
    public static Decoded Of(ReadingBatch batch)
    {
        var readings = new List<DecodedReading>();
        foreach (ref readonly var reading in batch.Readings)
        {
            var metrics = new List<string>();
            foreach (var metric in batch.MetricsOf(reading)) metrics.Add($"{metric.Name}={BitConverter.DoubleToInt64Bits(metric.Value):x16}");
            readings.Add(new DecodedReading(
                reading.DeviceId, reading.Zone, reading.Timestamp, string.Join(' ', metrics), reading.Offset, Encoding.UTF8.GetString(batch.BytesOf(reading))));
        }

        return new Decoded(readings, [.. batch.Invalid]);
    }
}

/// <param name="Metrics"><c>name=bits</c>, joined by blanks; see <see cref="Decoding.Bits"/>.</param>
internal sealed record DecodedReading(string DeviceId, string? Zone, long Timestamp, string Metrics, int Offset, string Json);

internal static class Decoding
{
    public static Decoded Decode(string body, params string[] namedMetrics) => Decode(Encoding.UTF8.GetBytes(body), namedMetrics);

    public static Decoded Decode(byte[] body, params string[] namedMetrics) => Decoded.Of(new MessageCodec().Decode(body, namedMetrics.ToFrozenSet()));

    /// <summary>The only reading of a body without invalid items.</summary>
    public static DecodedReading One(string body, params string[] namedMetrics)
    {
        var decoded = Decode(body, namedMetrics);
        Assert.Empty(decoded.Invalid);
        return Assert.Single(decoded.Readings);
    }

    /// <summary>The only invalid item of a body without readings.</summary>
    public static InvalidReading Refused(string body, params string[] namedMetrics)
    {
        var decoded = Decode(body, namedMetrics);
        Assert.Empty(decoded.Readings);
        return Assert.Single(decoded.Invalid);
    }

    /// <summary>Metrics as <see cref="DecodedReading.Metrics"/> has them: equal only when every bit is.</summary>
    public static string Bits(params (string Name, double Value)[] metrics) =>
        string.Join(' ', metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Name}={BitConverter.DoubleToInt64Bits(metric.Value):x16}")));
}
