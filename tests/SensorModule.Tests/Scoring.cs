using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing.Tests;

/// <summary>A line of a truth file.</summary>
internal sealed record TruthLine(long Sequence, string Source, string Kind, string DeviceId, string? Metric, long From, long To, long Reading, double? Amount)
{
    public static TruthLine Parse(string json)
    {
        var line = JObject.Parse(json);
        return new TruthLine(
            line.Value<long>("sequence"), line.Value<string>("source")!, line.Value<string>("kind")!, line.Value<string>("deviceId")!, line.Value<string>("metric"),
            line.Value<long>("from"), line.Value<long>("to"), line.Value<long>("reading"), line.Value<double?>("amount"));
    }
}

/// <summary>
/// Does to undisturbed readings what the truth says was done, with nothing but the truth: equal to the data that was sent exactly when the truth has all of
/// it and no more.
/// </summary>
internal static class Scoring
{
    private const int BlockReadings = 60;
    private const int MaxDelay = 4;

    /// <param name="clean">Readings without faults, each device's in order.</param>
    public static Dictionary<string, List<JObject>> Explain(IEnumerable<string> clean, IEnumerable<string> truth)
    {
        var faults = truth.Select(TruthLine.Parse).ToLookup(line => (line.DeviceId, line.Reading));
        return ByDevice(clean).ToDictionary(device => device.Key, device => Explain(device.Key, device.Value, faults));
    }

    public static Dictionary<string, List<JObject>> ByDevice(IEnumerable<string> readings) =>
        readings.Select(JObject.Parse).GroupBy(reading => reading.Value<string>("deviceId")!).ToDictionary(device => device.Key, device => device.ToList());

    /// <summary>Numbers may differ by what rounding does.</summary>
    public static void AssertSame(Dictionary<string, List<JObject>> explained, Dictionary<string, List<JObject>> sent)
    {
        foreach (var (device, expected) in explained)
        {
            var actual = sent.GetValueOrDefault(device, []);
            Assert.Equal(expected.Select(reading => reading["timestamp"]), actual.Select(reading => reading["timestamp"]));
            foreach (var (one, other) in expected.Zip(actual)) AssertSame(one, other);
        }

        Assert.Subset(explained.Keys.ToHashSet(), sent.Keys.ToHashSet());
    }

    private static void AssertSame(JObject expected, JObject actual)
    {
        Assert.Equal(expected.Properties().Select(property => property.Name).Order(), actual.Properties().Select(property => property.Name).Order());
        foreach (var (name, value) in expected)
        {
            if (value!.Type is JTokenType.Float or JTokenType.Integer) Assert.Equal(value.Value<double>(), actual.Value<double>(name), tolerance: 0.011);
            else Assert.Equal(value, actual[name]);
        }
    }

    private static List<JObject> Explain(string deviceId, List<JObject> clean, ILookup<(string DeviceId, long Reading), TruthLine> faults)
    {
        var sent = new List<JObject>();
        var held = new List<(long At, JObject Reading)>();
        for (var number = 0; number < clean.Count; number++)
        {
            var told = faults[(deviceId, number)].ToList();
            if (told.Any(fault => fault.Kind == "dropOut"))
            {
                Assert.Single(told);
                continue;
            }

            var reading = Disturb(clean, number, told);
            var late = told.SingleOrDefault(fault => fault.Kind == "outOfOrder");
            if (late is null) sent.Add(reading);
            else held.Add((number + (long)late.Amount!, reading));
            if (told.Any(fault => fault.Kind == "duplicate")) sent.Add(reading);
            sent.AddRange(held.Where(item => item.At == number).Select(item => item.Reading));
            held.RemoveAll(item => item.At == number);
        }

        Assert.Empty(held);
        return sent;
    }

    private static JObject Disturb(List<JObject> clean, int number, List<TruthLine> told)
    {
        var reading = (JObject)clean[number].DeepClone();
        foreach (var fault in told.OrderBy(fault => fault.Kind is "stuck" ? 0 : 1).ThenBy(fault => fault.Kind is "nan" ? 1 : 0))
        {
            switch (fault.Kind)
            {
                case "stuck":
                    var stuckAt = clean[number - number % BlockReadings];
                    foreach (var name in reading.Properties().Concat(stuckAt.Properties()).Select(property => property.Name).Distinct().ToList())
                    {
                        if (name is "deviceId" or "timestamp" or "zone") continue;
                        if (stuckAt[name] is { } value) reading[name] = value.DeepClone();
                        else reading.Remove(name);
                    }

                    break;
                case "spike" or "drift":
                    reading[fault.Metric!] = reading.Value<double>(fault.Metric!) + fault.Amount!.Value;
                    break;
                case "nan":
                    reading[fault.Metric!] = "NaN";
                    break;
                case "clockSkew":
                    reading["timestamp"] = reading.Value<long>("timestamp") + (long)fault.Amount!;
                    break;
                case "outOfOrder":
                    Assert.InRange(fault.Amount!.Value, 1, MaxDelay);
                    break;
                default:
                    Assert.Equal("duplicate", fault.Kind);
                    break;
            }
        }

        Assert.All(told, fault => Assert.Equal(reading.Value<long>("timestamp"), fault.To));
        return reading;
    }
}
