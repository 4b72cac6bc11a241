using EdgeModules.Messages;
using EdgeModules.Sensing.Faults;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing;

/// <summary>What is saved with a message before it is sent: enough to make it again byte for byte, and to go on behind it.</summary>
/// <param name="Source"><see cref="IReadingSource.Identity"/>.</param>
/// <param name="Start">Position of the first reading in the message.</param>
/// <param name="End">Position behind the last.</param>
/// <param name="SentAt">The clock at that time, in Unix milliseconds.</param>
public sealed record SensorState(string Source, long Start, long End, TimeBase Time, Pacer Pacer, long SentAt)
{
    /// <summary>Readings in the message.</summary>
    public int Count { get; init; } = (int)(End - Start);

    /// <summary>How far the truth file was written with this message; null without one.</summary>
    public TruthPosition? Truth { get; init; }

    /// <summary>Unique for the data, the times and the range, and the same when the message is made again; under 100 characters.</summary>
    public string MessageId => $"readings/{Source}/{Time.Milliseconds}/{Start}-{End}";

    public byte[] ToUtf8()
    {
        var json = new JObject
        {
            ["source"] = Source,
            ["range"] = new JArray(Start, End),
            ["count"] = Count,
            ["time"] = new JArray(Time.Milliseconds, Time.Position),
            ["pace"] = new JArray(Pacer.Wall, Pacer.Event, Pacer.Speed),
            ["sentAt"] = SentAt,
        };
        if (Truth is not null) json["truth"] = new JArray(Truth.File, Truth.Segment, Truth.Length, Truth.Sequence);
        return JsonText.ToUtf8(json);
    }

    /// <exception cref="FormatException">Not written by <see cref="ToUtf8"/>.</exception>
    public static SensorState Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var json = JsonText.ParseObject(utf8);
            return new SensorState(
                json["source"]!.Value<string>()!, Number(json, "range", 0), Number(json, "range", 1), new TimeBase(Number(json, "time", 0), Number(json, "time", 1)),
                new Pacer(Number(json, "pace", 0), Number(json, "pace", 1), json["pace"]![2]!.Value<double>()), json["sentAt"]!.Value<long>())
            {
                Count = json["count"]!.Value<int>(),
                Truth = json["truth"] is JArray truth
                    ? new TruthPosition(truth[0]!.Value<string>()!, truth[1]!.Value<int>(), Number(json, "truth", 2), Number(json, "truth", 3))
                    : null,
            };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new FormatException("The saved state of the sensor cannot be read; it must be of this module's version or be reset (resetState).", error);
        }
    }

    private static long Number(JObject json, string key, int index) => json[key]![index]!.Value<long>();
}
