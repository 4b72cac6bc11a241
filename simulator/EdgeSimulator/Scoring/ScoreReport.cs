using EdgeModules.Models.Evaluation;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Scoring;

/// <summary>Which models scored in a run, the alarms made of their scores, and how these met the labels of the data.</summary>
/// <param name="Modules">Those that score, by name.</param>
/// <param name="Labels">Null when the data has none.</param>
public sealed record ScoreReport(IReadOnlyList<ScoringModule> Modules, LabelledEpisodes? Labels)
{
    public static ScoreReport None { get; } = new([], null);

    public JObject ModelsToJson() => new(Modules.Select(module => new JProperty(module.Name, module.ToJson())));
}

/// <param name="Active">As the module reported it last; null when it never did.</param>
/// <param name="Scored">Models whose scores passed the hub, in the order of their first one.</param>
public sealed record ScoringModule(string Name, JObject? Active, IReadOnlyList<ScoredModel> Scored)
{
    public JObject ToJson()
    {
        var json = (JObject?)Active?.DeepClone() ?? [];
        json["scoredWith"] = new JArray(Scored.Select(model => model.ToJson()));
        return json;
    }
}

/// <param name="Alarms">Raised on devices whose last score before was of this model.</param>
public sealed record ScoredModel(string Name, string Version, string Sha256, long Scores, long Alarms)
{
    public JObject ToJson() => new() { ["name"] = Name, ["version"] = Version, ["sha256"] = Sha256, ["scores"] = Scores, ["alarms"] = Alarms };
}

/// <param name="File">Of the labels.</param>
/// <param name="Readings">Readings with a label that the run played.</param>
public sealed record LabelledEpisodes(string File, long Readings, EpisodeCounts Counts)
{
    public JObject ToJson() => new()
    {
        ["file"] = File,
        ["readings"] = Readings,
        ["events"] = Counts.Events,
        ["found"] = Counts.Found,
        ["foundLate"] = Counts.FoundLate,
        ["missed"] = Counts.Missed,
        ["episodes"] = Counts.Episodes,
        ["falseEpisodes"] = Counts.FalseEpisodes,
        ["medianDelaySeconds"] = Counts.MedianDelaySeconds,
    };
}
