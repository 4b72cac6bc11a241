using EdgeModules.Hosting.Connectivity;
using EdgeModules.Uplink;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class UplinkParts
{
    private const string ByTheClock = "Unix milliseconds by the gateway's clock.";

    public static ModuleParts All { get; } = new(typeof(UplinkModule), typeof(UplinkSettings))
    {
        Outputs =
        [
            new(
                "batches",
                Object(
                    Field("batchId", Text), Field("priority", Enum("normal", "low")), Field("count", Long, "Readings or items of all messages in it."),
                    Field("firstTimestamp", Long, ByTheClock), Field("lastTimestamp", Long, ByTheClock),
                    Field("messages", Array(Object(
                        Field("id", Text), Field("device", Text), Field("module", Text), Field("properties", Map(Text, key: "name")),
                        Field("body", Text, comment: $"{OrAnything}: the body as it was."),
                        Field("bodyBase64", Text))))),
                "Messages for the cloud, packed; compressed as the content encoding says."),
            new(
                "connectivity",
                Object(
                    Field("state", Enum<ConnectivityState>()), Field("from", Enum<ConnectivityState>()), Field("reason", Text),
                    Field("timestamp", Long, ByTheClock),
                    Field("latencyMs", Real), Field("queued", Long, "Messages in edgeHub's queue for the cloud.")),
                "The way to the cloud changed.", Telemetry: "connectivityChanges"),
        ],
        Reported =
        [
            new("upstream", Object(Field("state", Enum<ConnectivityState>()), Field("reason", Text), Field("since", Long, ByTheClock)),
            "The way to the cloud."),
            new("cost", Cost, "What the day costs in metered units; up to 15 minutes old."),
            new("spool", Spool, "What waits on the disk; up to 15 minutes old."),
        ],
        Commands =
        [
            new("getCost", null, Cost, "What the day costs, as it is now."),
            new("flush", null, Spool, "Lets what was taken in so far wait no longer for its batch to be full."),
            new("getSpool", null, Spool, "What waits on the disk, as it is now."),
        ],
    };

    private static JObject Lanes => Object(Field("normal", Long), Field("low", Long));

    private static JObject Cost => Object(
        Field("day", "date", "UTC."), Field("units", Lanes), Field("batches", Long), Field("bytes", Long), Field("messages", Long), Field("items", Long),
        Field("unitsEachMessageAlone", Long), Field("unitsEachItemAlone", Long), Field("projectedUnitsPerDay", Long), Field("dailyMeteredUnits", Long));

    private static JObject Spool => Object(
        Field("batches", Lanes), Field("bytes", Long), Field("messagesWaitingForABatch", Lanes), Field("items", Long),
        Field("oldestTimestamp", Long, ByTheClock));
}
