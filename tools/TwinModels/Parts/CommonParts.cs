using EdgeModules.Hosting;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

/// <summary>What every module has.</summary>
internal static class CommonParts
{
    private const string PathAsObjects = $"{OrAnObject}: a path has its keys as objects within each other.";
    private const string OfTheTwin = "$version of the desired properties seen last.";

    /// <summary>Made anew at each call: a node of a document has one place.</summary>
    private static JObject Strategy => Enum("cloud-wins", "edge-wins", "latest-wins", "merge");

    private static JObject Conflicts => Array(Object(
        Field("path", Text), Field("winner", Enum("desired", "local", "merged")), Field("strategy", Strategy), Field("version", Long),
        Field("desired", Text, comment: $"{OrAnything}: the desired value."), Field("local", Text, comment: $"{OrAnything}: the local value."),
        Field("localVersion", Long), Field("localTime", Long, "Unix milliseconds."), Field("localSource", Text), Field("why", Text)));

    private static JObject[] Verdict =>
    [
        Field("version", Long, OfTheTwin), Field("status", Enum("applied", "rejected")),
        Field("errors", Array(Text), "A sentence for each mistake: path, value found, what it must be."),
        Field("conflicts", Conflicts, "What became of local values when the desired ones changed."),
    ];

    private static JObject Counters => Map(Long, $"{OrAnObject}: reason, and how many.", "counter");

    /// <summary>Readings, or any part of them.</summary>
    public static JObject Reading => OpenObject(
        "the metrics by their names, each a number; anything else travels on untouched.",
        Field("deviceId", Text), Field("timestamp", Long, "Event time in Unix milliseconds.", $"{OrAString}: ISO 8601."), Field("zone", Text));

    public static IEnumerable<JObject> Writable =>
    [
        ToWritable(
            "localSettings", Object(Field("default", Strategy), Field("paths", Map(Text, PathAsObjects, "key"))),
            "What becomes of a value set on site when the desired value of its path changes: a strategy for all, and for paths."),
        ToWritable(
            "settingsModified", Map(Long, PathAsObjects, "key"),
            "When desired values were changed, in Unix milliseconds by path; for the strategy latest-wins."),
    ];

    public static IEnumerable<ReportedPart> Reported =>
    [
        new("settings", Object(Verdict), "The verdict over the desired properties as a whole: they are taken whole or not at all."),
        new("ledger", Counters, "The books, in readings or items: what came in, and what became of each. Up to a minute old."),
    ];

    public static OutputPart Invalid => new(
        "invalid",
        Array(Object(
            Field("reason", Text), Field("path", Text, "JSONPath from the root of the body in which it was found."), Field("error", Text),
            Field("reading", Text, "As it came.", $"{OrAnything}: the JSON that it is."), Field("body", Text), Field("bodyBase64", Text),
            Field("truncated", Flag),
            Field("bytes", Long, "Of what was truncated."))),
        "What could not be used, with the reason.");

    public static IEnumerable<CommandPart> Commands =>
    [
        new(CommonMethods.Ping, null, Object(Field("status", Enum("ok"))), "Whether the module's loop turns."),
        new(CommonMethods.GetLedger, null, Counters, "The books as they are now."),
        new(
            CommonMethods.GetSettings, null,
            Object([
                .. Verdict, Field("twinSeen", Flag, "Whether desired properties have been seen since the start of the process."),
                Field("settings", OpenObject("all settings in force.")), Field("values", Map(Origin, key: "path"), "Where each value comes from."),
            ]),
            "The settings in force, and where each value comes from."),
        new(
            CommonMethods.SetLocal, Map(Text, $"{OrAnything}: the value of the path.", "path"), Object(Field("status", Enum("set")), Field("version", Long)),
            "Sets values on site, over the desired ones. All are set, or, with status 400, none.", "x-source beside the paths says who sets them."),
        new(
            CommonMethods.ClearLocal, Object(Field("paths", Array(Text)), Field("all", Flag)),
                Object(Field("status", Enum("cleared")), Field("version", Long)),
            "Takes local values back: those of the paths, or all."),
        new(CommonMethods.ResetState, null, Object(Field("status", Enum("reset"))),
        "Forgets what the module has in memory and on its disk. The books stay, and so do the settings."),
    ];

    private static JObject Origin => Object(
        Field("value", Text, comment: $"{OrAnything}: the value in force."), Field("source", Enum("default", "desired", "local")), Field("version", Long),
        Field("time", Long),
        Field("by", Text), Field("overrode", OpenObject("value, source and version of what it is in the place of.")));

    private static JObject ToWritable(string name, JObject schema, string description)
    {
        var property = Element("Property", name, schema, description, null);
        property["writable"] = true;
        return property;
    }
}
