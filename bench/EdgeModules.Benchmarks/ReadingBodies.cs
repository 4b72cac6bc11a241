using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EdgeModules.Benchmarks;

/// <summary>Bodies as a busy gateway has them: readings of about 187 bytes from 10,000 devices in 100 zones, of which about 8 % leave their deadband.</summary>
public static class ReadingBodies
{
    public const int Devices = 10_000;

    private const long Start = 1_767_225_600_000;

    /// <param name="readingsPerBody">Divides 10,000.</param>
    /// <returns>The bodies of <paramref name="seconds"/> seconds, each device once a second.</returns>
    public static byte[][] Make(int readingsPerBody, int seconds)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, Devices).Select(_ => (Temperature: 20 + 5 * random.NextDouble(), Humidity: 40 + 10 * random.NextDouble(), Vibration: 12.0, Pressure: 1010.0)).ToArray();
        var bodies = new List<byte[]>();
        for (var second = 0; second < seconds; second++)
        {
            for (var first = 0; first < Devices; first += readingsPerBody)
            {
                var body = new StringBuilder("[");
                for (var device = first; device < first + readingsPerBody; device++)
                {
                    if (second > 0 && random.NextDouble() < 0.08) values[device].Temperature += random.Next(2) == 0 ? 0.8 : -0.8;
                    values[device].Vibration = 12 + random.NextDouble();
                    if (body.Length > 1) body.Append(',');
                    Append(body, device, Start + second * 1000L, values[device]);
                }

                bodies.Add(Encoding.UTF8.GetBytes(body.Append(']').ToString()));
            }
        }

        return [.. bodies];
    }

    public static int[] TimestampOffsets(byte[] body)
    {
        var offsets = new List<int>();
        var name = "\"timestamp\":"u8;
        for (var at = body.AsSpan().IndexOf(name); at >= 0;)
        {
            offsets.Add(at + name.Length);
            var next = body.AsSpan(at + 1).IndexOf(name);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return [.. offsets];
    }

    /// <param name="elapsed">Milliseconds since the first reading of all.</param>
    public static void WriteTimestamps(byte[] body, int[] offsets, long elapsed)
    {
        Span<byte> digits = stackalloc byte[13];
        Utf8Formatter.TryFormat(Start + elapsed, digits, out _);
        foreach (var offset in offsets) digits.CopyTo(body.AsSpan(offset));
    }

    private static void Append(StringBuilder body, int device, long timestamp, (double Temperature, double Humidity, double Vibration, double Pressure) values) =>
        body.Append(CultureInfo.InvariantCulture, $"{{\"deviceId\":\"sensor-{device:00000}\",\"timestamp\":{timestamp},\"zone\":\"zone-{device / 100:000}\",")
            .Append(CultureInfo.InvariantCulture, $"\"temperature\":{values.Temperature:0.00},\"humidity\":{values.Humidity:0.00},\"vibration\":{values.Vibration:0.00},")
            .Append(CultureInfo.InvariantCulture, $"\"pressure\":{values.Pressure:0.00},\"battery\":87.5,\"firmwareBuild\":20260131}}");
}
