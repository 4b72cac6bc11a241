using EdgeModules.Aggregation;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class AggregatorParts
{
    private const string Metrics = "the metrics by their names, each an object of its statistics: min, max, avg, count, and those that the settings ask for.";

    public static ModuleParts All { get; } = new(typeof(AggregatorModule), typeof(AggregatorSettings))
    {
        Outputs =
        [
            new("aggregates", Array(OpenObject(Metrics, [Field("deviceId", Text), Field("zone", Text), .. Window])), "What a device measured in a window."),
            new(
                "zones",
                Array(OpenObject(
                    Metrics,
                    [
                        Field("zone", Text), .. Window, Field("deviceCount", Integer),
                        Field("devices", Map(OpenObject(Metrics, Field("readingCount", Long)), key: "deviceId")),
                        Field("part", Integer), Field("parts", Integer),
                    ])),
                "What the devices of a zone measured in a window."),
            new("late", Array(CommonParts.Reading), "Readings whose window had closed."),
        ],
    };

    private static JObject[] Window =>
    [
        Field("windowStart", Long, "Unix milliseconds."), Field("windowEnd", Long, "Unix milliseconds; not in the window."), Field("readingCount", Long),
        Field("summaryId", Text), Field("revision", Integer, "Of summaries that differ only in it, the highest counts."), Field("partial", Flag),
    ];
}
