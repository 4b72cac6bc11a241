using System.Buffers;
using System.Text.Json;

namespace EdgeSimulator.Bench;

/// <summary>Bodies as the SensorModule makes them: arrays of readings that raise no alarm, but for the spikes.</summary>
internal static class ReadingArrays
{
    /// <summary>Of the rule <c>temperatureHigh</c>, whose critical threshold is 45.</summary>
    public const string SpikeRule = "temperatureHigh";

    private const double Spike = 60;
    private const int Zones = 4;

    /// <param name="deviceOf">Place in the array → the device's id and number.</param>
    /// <param name="timestamp">Of all of them, Unix milliseconds.</param>
    /// <param name="hasSpike">The first is one.</param>
    public static byte[] Make(int count, Func<int, (string Id, int Number)> deviceOf, long timestamp, bool hasSpike)
    {
        var body = new ArrayBufferWriter<byte>(count * 160);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartArray();
        for (var place = 0; place < count; place++)
        {
            var (id, number) = deviceOf(place);
            // As machines are: each at a level of its own, which it leaves by a few hundredths from one reading to the next.
            var level = number * 7919L % 600;
            var step = ((timestamp / 100) + (number * 13)) % 11;
            json.WriteStartObject();
            json.WriteString("deviceId"u8, id);
            json.WriteNumber("timestamp"u8, timestamp);
            json.WriteString("zone"u8, $"zone-{(number % Zones) + 1:00}");
            json.WriteNumber("temperature"u8, hasSpike && place == 0 ? Spike : (2000 + level + step) / 100.0);
            json.WriteNumber("humidity"u8, (4000 + level + step) / 100.0);
            json.WriteNumber("vibration"u8, (3000 + level + step) / 100.0);
            json.WriteNumber("pressure"u8, (101_000 + level + step) / 100.0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }
}
