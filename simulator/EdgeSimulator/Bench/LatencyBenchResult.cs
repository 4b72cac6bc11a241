using EdgeSimulator.Timing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Bench;

/// <summary>Where an alarm was at a moment.</summary>
/// <param name="At">Timestamp of the clock.</param>
internal readonly record struct Passage(string AlertId, long At);

/// <summary>The way from a spike to its command, as it was seen; of what was seen twice the first counts.</summary>
/// <param name="Reached">The message with the spike reached the hub.</param>
/// <param name="Handed">The hub was about to hand it to AlertModule.</param>
/// <param name="Commanded">The command reached the hub.</param>
/// <param name="Received">The actuator had it.</param>
internal sealed record AlarmTrail(
    IReadOnlyCollection<Passage> Reached, IReadOnlyCollection<Passage> Handed, IReadOnlyCollection<Passage> Commanded, IReadOnlyCollection<Passage> Received);

/// <param name="Missing">Spikes without a command within the deadline; they are in none of the durations.</param>
/// <param name="Total">From the reading reaching the hub to the command reaching the actuator.</param>
/// <param name="ToModule">Its first part: until the hub hands the message to AlertModule.</param>
/// <param name="InModule">Its second part: until the command reaches the hub; the way to AlertModule and back is in it.</param>
/// <param name="ToActuator">Its last part.</param>
internal sealed record LatencyBenchResult(int Spikes, int Missing, Latencies Total, Latencies ToModule, Latencies InModule, Latencies ToActuator)
{
    private static readonly double[] Limits = [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 20, 50, 100, 1000];

    /// <param name="spikes">Alert ids of those that count.</param>
    public static LatencyBenchResult Of(IReadOnlyCollection<string> spikes, AlarmTrail trail, TimeSpan deadline, TimeProvider clock)
    {
        var (reached, handed) = (FirstOf(trail.Reached), FirstOf(trail.Handed));
        var (commanded, received) = (FirstOf(trail.Commanded), FirstOf(trail.Received));
        var result = new LatencyBenchResult(spikes.Count, 0, new Latencies(), new Latencies(), new Latencies(), new Latencies());
        var missing = 0;
        foreach (var spike in spikes)
        {
            if (!reached.TryGetValue(spike, out var start) || !received.TryGetValue(spike, out var end) || clock.GetElapsedTime(start, end) > deadline)
            {
                missing++;
                continue;
            }

            result.Total.Add(clock.GetElapsedTime(start, end));
            if (!handed.TryGetValue(spike, out var hand) || !commanded.TryGetValue(spike, out var command)) continue;
            result.ToModule.Add(clock.GetElapsedTime(start, hand));
            result.InModule.Add(clock.GetElapsedTime(hand, command));
            result.ToActuator.Add(clock.GetElapsedTime(command, end));
        }

        return result with { Missing = missing };
    }

    /// <summary>Upper limit of each class in milliseconds → how many are in it; those beyond the last limit under null. Empty classes are left out.</summary>
    public IReadOnlyList<(double? BelowMilliseconds, long Count)> Histogram()
    {
        var classes = new List<(double?, long)>();
        var seen = 0L;
        foreach (var limit in Limits)
        {
            var below = Total.CountBelow(TimeSpan.FromMilliseconds(limit));
            if (below > seen) classes.Add((limit, below - seen));
            seen = below;
        }

        if (Total.Count > seen) classes.Add((null, Total.Count - seen));
        return classes;
    }

    public JObject ToJson(LatencyBenchOptions options) => new()
    {
        ["readingsPerSecond"] = options.Rate,
        ["readingsInMessage"] = options.Array,
        ["otherDevices"] = options.Devices,
        ["warmUpSeconds"] = options.WarmUp.TotalSeconds,
        ["seconds"] = options.Duration.TotalSeconds,
        ["spikes"] = Spikes,
        ["missing"] = Missing,
        ["readingToCommand"] = Total.Summarize().ToJson(),
        ["parts"] = new JObject
        {
            ["hubToAlertModule"] = ToModule.Summarize().ToJson(),
            ["alertModule"] = InModule.Summarize().ToJson(),
            ["hubToActuator"] = ToActuator.Summarize().ToJson(),
        },
        ["histogram"] = new JArray(Histogram().Select(part => new JObject { ["belowMilliseconds"] = part.BelowMilliseconds, ["count"] = part.Count })),
    };

    private static Dictionary<string, long> FirstOf(IReadOnlyCollection<Passage> passages)
    {
        var first = new Dictionary<string, long>(passages.Count);
        foreach (var passage in passages) first.TryAdd(passage.AlertId, passage.At);
        return first;
    }
}
