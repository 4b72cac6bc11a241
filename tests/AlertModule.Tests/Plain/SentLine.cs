using System.Globalization;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting.Tests.Plain;

/// <param name="Value">Null where any will do; <c>-</c> for none.</param>
internal sealed record SentLine(string Output, string Id, string Rule, string Subject, string Text, string? Value)
{
    public static SentLine Of(OutboundMessage message)
    {
        var json = JsonText.ParseObject(message.Body.Span);
        var subject = json.Value<string>("deviceId") ?? json.Value<string>("zone")!;
        var (rule, at) = (json.Value<string>("rule")!, json.Value<long>("timestamp"));
        var alertId = json.Value<string>("alertId")!;
        if (message.Output == "commands")
        {
            // The actuator knows a repeat by this id.
            var step = message.MessageId!["command/".Length..];
            var commandId = step.EndsWith("/0", StringComparison.Ordinal) ? step[..^2] : step;
            if (json.Value<string>("commandId") != commandId || !commandId.StartsWith($"{alertId}/", StringComparison.Ordinal)) throw new InvalidDataException($"{json} is message {message.MessageId}.");
            return new SentLine("commands", message.MessageId!, rule, subject, $"critical at {at}", null);
        }

        if (!message.MessageId!.StartsWith($"alert/{alertId}/", StringComparison.Ordinal)) throw new InvalidDataException($"{json} is message {message.MessageId}.");
        var flags = $"{Flag("acknowledged")}{Flag("backfill")}{(Flag("clockSuspect").Length > 0 ? " suspect" : "")}{(json["actionResult"] is { } result ? $" {result}" : "")}";
        var text = $"{message.Priority} {json["state"]} {json["severity"]} at {at} since {json["since"]} after {json["suppressedRepeats"]}{flags}";
        return new SentLine("alerts", message.MessageId, rule, subject, text, json["value"]?.Value<double>().ToString("R", CultureInfo.InvariantCulture) ?? "-");

        string Flag(string name) => json.Value<bool?>(name) == true ? $" {name}" : "";
    }

    public bool Equals(SentLine? other) => other is not null && (Output, Id, Rule, Subject, Text) == (other.Output, other.Id, other.Rule, other.Subject, other.Text)
        && (Value is null || other.Value is null || Value == other.Value);

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Id}: {Text}, value {Value}";
}
