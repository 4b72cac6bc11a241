using EdgeSimulator.CommandLine;
using EdgeSimulator.Terminals;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace EdgeSimulator.Control;

/// <summary>The verb <c>status</c>.</summary>
public static class StatusVerb
{
    public static async Task<int> RunAsync(ControlClient client, bool asJson, Terminal terminal, CancellationToken cancellation)
    {
        var status = await client.GetStatusAsync(cancellation);
        if (asJson)
        {
            terminal.Raw(status.ToString(Formatting.Indented));
            return ExitCodes.Done;
        }

        terminal.Plain($"Running for {status.Value<double>("seconds"):0} s.");
        terminal.Block(Table(
            status,
            "modules",
            ("module", "name"),
            ("status", "status"),
            ("process", "processId"),
            ("uptime s", "uptimeSeconds"),
            ("restarts", "restarts"),
            ("by hand", "restartsByHand"),
            ("connected", "connected")));
        terminal.Block(Table(status, "queues", ("endpoint", "endpoint"), ("queued messages", "messages"), ("queued readings", "readings")));
        var cloud = (JObject)status["cloud"]!;
        terminal.Plain(
            $"Cloud {(cloud.Value<bool>("online") ? "online" : "offline")}{Quality(cloud)}: "
            + $"{cloud.Value<long>("messages"):N0} messages, {cloud.Value<long>("readings"):N0} readings, "
            + $"{cloud.Value<long>("bytes"):N0} bytes, {cloud.Value<long>("meteredUnits"):N0} units of 4 KB, {cloud.Value<long>("duplicates"):N0} duplicates.");
        return ExitCodes.Done;
    }

    /// <returns>Nothing of a good way.</returns>
    private static string Quality(JObject cloud) => (cloud.Value<double>("latencyMs"), cloud.Value<double>("lossPercent")) is var (latency, loss) and not (0, 0)
        ? FormattableString.Invariant($", calls take {latency:0.###} ms longer, {loss:0.###} % fail")
        : "";

    private static Table Table(JObject status, string list, params (string Title, string Property)[] columns)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns([.. columns.Select(column => column.Title)]);
        foreach (var row in status[list]!.OfType<JObject>()) table.AddRow([.. columns.Select(column => new Text(Show(row[column.Property])))]);
        return table;
    }

    private static string Show(JToken? value) => value switch
    {
        JValue { Value: bool yes } => yes ? "yes" : "no",
        null or { Type: JTokenType.Null } => "",
        _ => value.ToString(),
    };
}
