using EdgeModules.Messages;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Reporting;

/// <summary>What batches are worth: their cost, that of the messages in them one by one, and the least that is possible.</summary>
/// <param name="Streams">What was unpacked, each message at its cost alone.</param>
/// <param name="Day">Null when the run plays too little of a plant's time.</param>
public sealed record UplinkReport(IReadOnlyList<BatchStatus> Priorities, IReadOnlyList<StreamStatus> Streams, DayRate? Day)
{
    public static UplinkReport None { get; } = new([], [], null);

    public bool IsEmpty => Priorities.Count == 0 && Day is null;

    public long Batches => Priorities.Sum(priority => priority.Batches);

    public long Members => Priorities.Sum(priority => priority.Members);

    public long Items => Priorities.Sum(priority => priority.MemberItems);

    public long Bytes => Priorities.Sum(priority => priority.Bytes);

    public long MeteredUnits => Priorities.Sum(priority => priority.MeteredUnits);

    public long MeteredUnitsAlone => Priorities.Sum(priority => priority.MeteredUnitsAlone);

    public long Unreadable => Priorities.Sum(priority => priority.Unreadable);

    public long DuplicateMembers => Priorities.Sum(priority => priority.DuplicateMembers);

    /// <summary>All compressed bytes in units that are full but for the last.</summary>
    public long LeastUnits => (Priorities.Sum(priority => priority.BodyBytes) + MeteredUnit.Bytes - 1) / MeteredUnit.Bytes;

    /// <param name="start">What the state held before this run: a day's rate is that of this run alone.</param>
    /// <param name="span">Of the plant's time that the run played.</param>
    public static UplinkReport Of(HubStatus start, HubStatus end, TimeSpan? span) => new(
        end.Batches,
        end.BatchedStreams,
        span is { } played && played >= DayRate.Shortest
            ? new DayRate(played, end.Upstream.Bytes - start.Upstream.Bytes, end.Upstream.MeteredUnits - start.Upstream.MeteredUnits)
            : null);

    public JObject ToJson()
    {
        var json = new JObject
        {
            ["batches"] = Batches,
            ["members"] = Members,
            ["items"] = Items,
            ["bytes"] = Bytes,
            ["meteredUnits"] = MeteredUnits,
            ["meteredUnitsAlone"] = MeteredUnitsAlone,
            ["leastUnits"] = LeastUnits,
            ["duplicateMembers"] = DuplicateMembers,
            ["unreadableBatches"] = Unreadable,
            ["priorities"] = new JObject(Priorities.Select(priority => new JProperty(priority.Priority, new JObject
            {
                ["batches"] = priority.Batches,
                ["members"] = priority.Members,
                ["items"] = priority.MemberItems,
                ["bytes"] = priority.Bytes,
                ["meteredUnits"] = priority.MeteredUnits,
                ["meteredUnitsAlone"] = priority.MeteredUnitsAlone,
            }))),
            ["streams"] = new JObject(Streams.Select(stream => new JProperty($"{stream.Module}/{stream.Output}", new JObject
            {
                ["messages"] = stream.Messages,
                ["readings"] = stream.Readings,
                ["bytesAlone"] = stream.Bytes,
                ["meteredUnitsAlone"] = stream.MeteredUnits,
            }))),
        };
        if (Day is not null) json["day"] = Day.ToJson();
        return json;
    }
}

/// <summary>What all streams to the cloud, those beside the batches too, come to in a day of the plant.</summary>
/// <param name="Span">Of the plant's time, in which it was so much.</param>
public sealed record DayRate(TimeSpan Span, long Bytes, long MeteredUnits)
{
    public static TimeSpan Shortest { get; } = TimeSpan.FromSeconds(60);

    public double BytesPerDay => Bytes / Span.TotalDays;

    public double UnitsPerDay => MeteredUnits / Span.TotalDays;

    public JObject ToJson() => new()
    {
        ["seconds"] = Math.Round(Span.TotalSeconds, 3), ["bytesPerDay"] = Math.Round(BytesPerDay), ["meteredUnitsPerDay"] = Math.Round(UnitsPerDay),
    };
}
