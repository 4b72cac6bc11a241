using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeModules.Alerting.Machine;
using EdgeModules.Alerting.Rules;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting;

/// <summary>Alerts, commands and method calls of events. Equal events give equal bytes and ids.</summary>
internal static class AlertMessages
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static OutboundMessage Alert(AlertEvent told)
    {
        var isCritical = told.Notice.Severity == Severity.Critical && !told.Notice.IsBackfill;
        return new OutboundMessage
        {
            Output = "alerts",
            Body = Body(told),
            Count = 1,
            MessageType = "alert",
            Priority = isCritical ? Priorities.Critical : Priorities.Normal,
            MessageId = Id("alert", told),
        };
    }

    /// <summary>For the actuator; null when the rule's action is no command.</summary>
    public static OutboundMessage? Command(AlertEvent told)
    {
        if (told.Rule.Action is not { Module: null } action) return null;
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Options))
        {
            json.WriteStartObject();
            json.WriteString("commandId", CommandId(told));
            json.WriteString("alertId", told.AlertId);
            json.WriteString("action", action.Name);
            json.WriteString("rule", told.Rule.Id);
            WriteSubject(told, json);
            json.WriteNumber("timestamp", told.At);
            json.WriteEndObject();
        }

        return new OutboundMessage
        {
            Output = "commands", Body = body.WrittenMemory, Count = 1, MessageType = "command", Priority = Priorities.Critical, MessageId = Id("command", told),
        };
    }

    /// <summary>The rule's direct method; null when its action is a command.</summary>
    public static MethodAction? Call(AlertEvent told)
    {
        if (told.Rule.Action is not { Module: { } module } action) return null;
        // What the receiver needs to know a repeat, beside what the operator wrote.
        var payload = action.Payload?.DeepClone() ?? new JObject();
        if (payload is JObject members)
        {
            members["alertId"] ??= told.AlertId;
            members["commandId"] ??= CommandId(told);
        }

        return new MethodAction(CommandId(told), module, action.Name, payload);
    }

    public static ReadOnlyMemory<byte> Body(AlertEvent told)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(body, Options);
        json.WriteStartObject();
        json.WriteString("alertId", told.AlertId);
        WriteSubject(told, json);
        json.WriteString("rule", told.Rule.Id);
        json.WriteString("type", TypeOf(told));
        json.WriteString("severity", SeverityName(told.Notice.Severity));
        json.WriteString("state", AlertEvent.StateName(told.Notice.State));
        if (told.Rule.Metric.Length > 0) json.WriteString("metric", told.Rule.Metric);
        if (double.IsFinite(told.Value)) json.WriteNumber("value", told.Value);
        var threshold = Threshold(told);
        if (double.IsFinite(threshold)) json.WriteNumber("threshold", threshold);
        if (told.Rule.Kind != RuleKind.NoData && double.IsFinite(threshold)) json.WriteString("direction", DirectionName(told.Rule.Direction));
        if (told.Conditions is { } values) WriteConditions(told.Rule.Conditions, values, json);
        json.WriteNumber("timestamp", told.At);
        json.WriteNumber("since", told.Notice.Since);
        json.WriteNumber("suppressedRepeats", told.Notice.SuppressedRepeats);
        if (told.IsAcknowledged) json.WriteBoolean("acknowledged", true);
        if (told.Notice.IsBackfill) json.WriteBoolean("backfill", true);
        if (told.IsClockSuspect) json.WriteBoolean("clockSuspect", true);
        if (told.Notice.HasActed && told.Notice.State is AlarmState.Raised or AlarmState.Escalated && told.Rule.Action is { } action)
            json.WriteString("actionResult", action.Module is null ? "sent" : "queued");
        json.WriteString("message", Sentence(told, threshold));
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static string CommandId(AlertEvent told) => $"{told.AlertId}/{told.Step}";

    private static string Id(string kind, AlertEvent told) => MessageIds.Of(
        kind, told.Rule.Id, told.Subject, told.Notice.Since.ToString(CultureInfo.InvariantCulture), AlertEvent.StateName(told.Notice.State),
        told.Notice.Repeat.ToString(CultureInfo.InvariantCulture));

    private static void WriteSubject(AlertEvent told, Utf8JsonWriter json)
    {
        if (!told.IsZone) json.WriteString("deviceId", told.Subject);
        if ((told.IsZone ? told.Subject : told.Zone) is { } zone) json.WriteString("zone", zone);
    }

    private static void WriteConditions(IReadOnlyList<ZoneCondition> conditions, IReadOnlyList<double> values, Utf8JsonWriter json)
    {
        json.WriteStartArray("conditions");
        for (var i = 0; i < values.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("aggregate", ZoneConditions.SettingsName(conditions[i].Aggregate));
            json.WriteString("metric", conditions[i].Metric);
            if (double.IsFinite(values[i])) json.WriteNumber("value", values[i]);
            json.WriteNumber(DirectionName(conditions[i].Direction), conditions[i].Threshold);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TypeOf(AlertEvent told) =>
        told.Rule.Kind == RuleKind.Score ? "ml_anomaly" : told.Notice.Severity == Severity.None ? "info" : SeverityName(told.Notice.Severity);

    private static string SeverityName(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static string DirectionName(Direction direction) => direction == Direction.Above ? "above" : "below";

    /// <summary>The threshold that was passed, in whichever direction.</summary>
    private static double Threshold(AlertEvent told) => told.Rule.Kind == RuleKind.NoData
        ? told.Rule.Silence / 1000.0
        : told.Rule.ThresholdOf(told.Notice.State == AlarmState.Deescalated ? Severity.Critical : told.Notice.Severity);

    private static string Sentence(AlertEvent told, double threshold)
    {
        var subject = told.IsZone ? $"zone {told.Subject}" : told.Subject;
        if (told.EndCause is { } cause) return $"Alarm {told.Rule.Id} of {subject} has ended: {cause}.";
        if (told.Rule.Kind == RuleKind.NoData)
        {
            return told.Notice.Severity == Severity.None
                ? $"{subject} is heard again."
                : string.Create(CultureInfo.InvariantCulture, $"Nothing has arrived from {subject} for {told.Value:0} s; the limit is {threshold:0} s.");
        }

        var what = told.IsZone ? $"{ZoneConditions.SettingsName(told.Rule.Conditions[0].Aggregate)} {told.Rule.Metric}" : told.Rule.Metric;
        var verdict = told.Notice.Severity == Severity.None ? "over" : $"{AlertEvent.StateName(told.Notice.State)}, {SeverityName(told.Notice.Severity)}";
        return string.Create(
            CultureInfo.InvariantCulture, $"{what} of {subject} is {told.Value:0.###}; the threshold is {threshold:0.###}, alarms are {DirectionName(told.Rule.Direction)} it: {verdict}.");
    }
}
