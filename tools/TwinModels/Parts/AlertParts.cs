using EdgeModules.Alerting;
using EdgeModules.Alerting.Rules;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class AlertParts
{
    private const string EventTime = "Event time in Unix milliseconds; of devices gone quiet, clock time.";

    public static ModuleParts All { get; } = new(typeof(AlertModule), typeof(AlertSettings))
    {
        Outputs =
        [
            new("alerts", Alert, "An alarm was raised, escalated, deescalated or cleared."),
            new(
                "commands",
                Object(
                    Field("commandId", Text), Field("alertId", Text), Field("action", Text), Field("rule", Text), Field("deviceId", Text),
                    Field("zone", Text),
                    Field("timestamp", Long, EventTime)),
                "What a critical alarm wants done."),
        ],
        Reported =
        [
            new("activeAlerts", Long, "Alarms that are active."),
            new("clockSuspect", Flag, "The gateway's clock is far from those of its devices."),
        ],
        Commands =
        [
            new(
                "getActiveAlerts", Object(Field("deviceId", Text), Field("rule", Text)), Object(Field("count", Integer), Field("alerts", Array(Active))),
                "The alarms that are active, the worst first; 200 at most.", "Or nothing: all alarms."),
            new(
                "acknowledge", Object(Field("alertId", Text), Field("deviceId", Text), Field("rule", Text)), Object(Field("acknowledged", Integer)),
                "Marks alarms as seen. Status 404 when there is none."),
            new(
                "silence", Object(Field("deviceId", Text), Field("rule", Text), Field("seconds", Integer, "0 to 604800; 0 ends a silence.")),
                Object(Field("until", Long, "Unix milliseconds.")),
                "Holds the alerts of a device or a rule back for a time."),
            new(
                "evaluate", Array(CommonParts.Reading),
                Object(
                    Field("evaluated", Long), Field("duplicate", Long), Field("late", Long), Field("held", Long), Field("alerts", Array(Alert)),
                    Field("actions", Array(Text, $"{OrAnObject}: a direct method of another module."))),
                "What alarms readings would raise now. Nothing is changed or sent.", $"{OrAnObject}: one reading."),
        ],
    };

    private static JObject Alert => Object(
        Field("alertId", Text, "Rule, device and first event: stable over the alarm's life."), Field("deviceId", Text), Field("zone", Text),
        Field("rule", Text),
        Field("type", Enum("warning", "critical", "info", "ml_anomaly")), Field("severity", Severity),
        Field("state", Enum("raised", "escalated", "deescalated", "cleared")),
        Field("metric", Text), Field("value", Real), Field("threshold", Real), Field("direction", Enum<Direction>()),
        Field("conditions", Array(Object(
            Field("aggregate", Text, "avg, max, min or count."), Field("metric", Text), Field("value", Real), Field("above", Real), Field("below", Real)))),
        Field("timestamp", Long, EventTime), Field("since", Long, EventTime), Field("suppressedRepeats", Long), Field("acknowledged", Flag),
        Field("backfill", Flag),
        Field("clockSuspect", Flag), Field("actionResult", Enum("sent", "queued")), Field("message", Text, "A sentence for people."));

    private static JObject Active => Object(
        Field("alertId", Text), Field("deviceId", Text), Field("zone", Text), Field("rule", Text), Field("severity", Severity),
        Field("since", Long, EventTime),
        Field("suppressedRepeats", Long), Field("acknowledged", Flag), Field("backfill", Flag), Field("silencedUntil", Long, "Unix milliseconds."));

    private static JObject Severity => Enum("warning", "critical", "info");
}
