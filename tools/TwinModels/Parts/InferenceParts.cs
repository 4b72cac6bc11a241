using EdgeModules.Inference;
using EdgeModules.Inference.Swap;
using Newtonsoft.Json.Linq;
using static EdgeModules.TwinModels.Schemas;

namespace EdgeModules.TwinModels.Parts;

internal static class InferenceParts
{
    private const string EventTime = "Event time in Unix milliseconds.";
    private const string ByTheClock = "Unix milliseconds by the gateway's clock.";

    public static ModuleParts All { get; } = new(typeof(InferenceModule), typeof(InferenceSettings))
    {
        Outputs =
        [
            new(
                "scores",
                Array(Object(
                    Field("deviceId", Text), Field("zone", Text), Field("score", Real, "0 to 1, higher for stranger."), Field("limit", Real),
                    Field("overLimitRun", Integer), Field("timestamp", Long, EventTime), Field("windowStart", Long, EventTime), Field("model", Identity),
                    Field("topFeature", Text), Field("contributions", Map(Real, key: "metric")))),
                "What the model makes of a device's window of readings."),
            new("shadowReports", Report, "A decision on a model, with its reasons."),
        ],
        Reported =
        [
            new("model", Model([]), "Which model scores, and how it goes."),
            new("swap", Swap, "Where the candidate is on its way."),
        ],
        Commands =
        [
            new(
                "getModels", null,
                Object(
                    Field("active", Model([
                        Field("family", Text), Field("features", Array(Text)), Field("windowSize", Integer), Field("samplePeriodMs", Long),
                        Field("normalisation", Text),
                        Field("limit", Real), Field("dataSet", Text), Field("training", OpenObject("what the model's manifest tells of its training.")),
                        Field("devices", Integer), Field("warmDevices", Integer),
                    ])),
                    Field("swap", Swap)),
                "The models, as they are now."),
            new(
                "scoreWindow",
                Object(Field("deviceId", Text),
                Field("window", Array(Array(Real)), "Rows of readings, the oldest first, each with a value of each feature.")),
                Object(
                    Field("deviceId", Text), Field("warming", Text, "Readings there, of those that a window has."), Field("timestamp", Long, EventTime),
                    Field("windowStart", Long, EventTime), Field("score", Real), Field("limit", Real), Field("overLimit", Flag), Field("model", Identity),
                    Field("topFeature", Text), Field("contributions", Map(Real, key: "metric"))),
                "Scores the window that a device has now, or one that is given. Nothing is changed or sent."),
            OnModel("approve", "Lets a candidate in mode improve take over."),
            OnModel("rollback", "Puts the model before in its place again."),
            OnModel("retry", "Tries a candidate again that was rejected, inconclusive or rolled back."),
            new("getShadowReport", null, Object(Field("swap", Swap), Field("last", Report)), "The candidate with all its figures, and the last decision."),
        ],
    };

    private static JObject Identity => Object(Field("name", Text), Field("version", Text), Field("sha256", Text, "Of its file."));

    private static JObject[] Figures =>
    [
        Field("windows", Long), Field("dropped", Long), Field("errors", Long), Field("devices", Long), Field("blocks", Long), Field("agreed", Long),
        Field("onlyLive", Long),
        Field("onlyShadow", Long), Field("both", Long), Field("stabilityIndex", Real), Field("rankCorrelation", Real), Field("liveP50Ms", Real),
        Field("shadowP50Ms", Real), Field("shadowP99Ms", Real), Field("liveScores", Array(Long), "Histogram from 0 to 1."),
        Field("shadowScores", Array(Long), "Histogram from 0 to 1."),
        Field("probes", Array(Array(Long)), "By feature: asked, found by the live model, found by the other."),
        Field("worstDevices", Array(Object(Field("deviceId", Text), Field("blocks", Long), Field("agreed", Long)))),
    ];

    private static JObject Report => Object(
        Field("candidate", Identity), Field("active", Identity), Field("mode", Enum<SwapMode>()), Field("decision", Enum<SwapPhase>()), Field("reason", Text),
        Field("startedAt", Long, ByTheClock), Field("decidedAt", Long, ByTheClock), Field("minutes", Real),
        Field("rules", Array(Object(
            Field("rule", Text), Field("limit", Text), Field("verdict", Enum<RuleVerdict>()), Field("value", Real), Field("note", Text)))),
        Field("figures", Object(Figures)), Field("shortened", Flag));

    private static JObject Swap => Object(
        Field("phase", Enum<SwapPhase>()), Field("since", Long, ByTheClock), Field("reason", Text), Field("dark", Text, "Why no model scores."),
        Field("active", Text, "SHA-256."), Field("previous", Text, "SHA-256."), Field("candidate", Text, "SHA-256."), Field("awaitsApproval", Flag),
        Field("downloadedBytes", Long), Field("downloadTrouble", Text), Field("progress", Object([.. Figures, Field("agreementLowerBound", Real)])),
        Field("command", Object(Field("id", Text), Field("status", Enum("done", "refused")), Field("reason", Text))), Field("note", Text),
        Field("verdicts", Map(Object(Field("decision", Enum<SwapPhase>()), Field("at", Long, ByTheClock), Field("reason", Text)), key: "sha256")));

    private static JObject Model(JObject[] more) => Object(
    [
        Field("status", Enum("degraded", "warming", "scoring")), Field("reason", Text), Field("name", Text), Field("version", Text), Field("sha256", Text),
        Field("warming", Text, "Readings there, of those that a window has."), .. more,
    ]);

    private static CommandPart OnModel(string name, string description) =>
        new(name, Object(Field("sha256", Text, "Of the model's file.")), Object(Field("swap", Swap)), description);
}
