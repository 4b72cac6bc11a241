using EdgeSimulator.Timing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Alarms;

/// <summary>What passed the hub in one run, by rule and by action; messages that a module sent again are counted once.</summary>
/// <param name="Alerts">From a reading reaching the hub until its critical alert reached the hub.</param>
/// <param name="Commands">From a reading reaching the hub until its command was handed to the connection of the actuator.</param>
public sealed record AlarmReport(
    IReadOnlyDictionary<string, AlarmCounts> Alarms, IReadOnlyDictionary<string, ActionCounts> Actions, AlarmTimes Alerts, AlarmTimes Commands)
{
    public static AlarmReport None { get; } = new(
        new Dictionary<string, AlarmCounts>(), new Dictionary<string, ActionCounts>(), AlarmTimes.None, AlarmTimes.None);

    public bool IsEmpty => Alarms.Count == 0 && Actions.Count == 0;

    public JObject AlarmsToJson() => new(Alarms.Select(rule => new JProperty(rule.Key, new JObject
    {
        ["raised"] = new JObject { ["warning"] = rule.Value.RaisedAsWarning, ["critical"] = rule.Value.RaisedAsCritical },
        ["escalated"] = rule.Value.Escalated,
        ["deescalated"] = rule.Value.Deescalated,
        ["cleared"] = rule.Value.Cleared,
    })));

    public JObject ActionsToJson() => new(Actions.Select(action => new JProperty(action.Key, new JObject
    {
        ["commands"] = action.Value.Commands,
        ["delivered"] = action.Value.Delivered,
        ["outcomes"] = new JObject(action.Value.Outcomes.Select(outcome => new JProperty(outcome.Key, outcome.Value))),
    })));

    public JObject TimesToJson() => new() { ["readingToCriticalAlert"] = Alerts.ToJson(), ["readingToCommand"] = Commands.ToJson() };
}

/// <summary>Alerts of one rule, by what they tell.</summary>
public sealed record AlarmCounts(long RaisedAsWarning = 0, long RaisedAsCritical = 0, long Escalated = 0, long Deescalated = 0, long Cleared = 0);

/// <param name="Commands">Sent by modules.</param>
/// <param name="Delivered">Of these, handed to a receiver.</param>
/// <param name="Outcomes">Result → how many outcomes told it, of commands and of direct methods.</param>
public sealed record ActionCounts(long Commands, long Delivered, IReadOnlyDictionary<string, long> Outcomes);

/// <param name="Unmeasured">Those whose reading was not found among the last messages handed to the sender.</param>
public sealed record AlarmTimes(LatencySummary Measured, long Unmeasured)
{
    public static AlarmTimes None { get; } = new(new Latencies().Summarize(), 0);

    public JObject ToJson()
    {
        var json = Measured.ToJson();
        json["unmeasured"] = Unmeasured;
        return json;
    }
}
