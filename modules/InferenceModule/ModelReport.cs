using EdgeModules.Inference.Windows;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>The module's own part of the reported twin: which model scores, and how it goes. It changes seldom, and is made anew only then.</summary>
internal sealed class ModelReport
{
    private (string? Problem, string? Failure, ModelIdentity? Identity, int Quarters) _madeOf = ("", "", null, -1);
    private JObject _report = [];

    /// <param name="model">Null when there is none.</param>
    /// <param name="problem">Why there is no model, or where it is not what the settings want; or null.</param>
    /// <param name="failure">Of the model's last call; null when it did not fail.</param>
    public JObject Of(IScoringModel? model, string? problem, string? failure, Rings rings)
    {
        var size = model?.Manifest.Window.Size ?? 0;
        // The fullest ring by quarters: a twin is no place for numbers that move.
        var quarters = size == 0 ? 0 : rings.Fullest * 4 / size;
        var made = (problem, failure, model?.Identity, quarters);
        if (made == _madeOf) return _report;
        _madeOf = made;
        var reason = problem ?? failure;
        var json = new JObject { ["status"] = reason is not null ? "degraded" : quarters < 4 ? "warming" : "scoring" };
        if (reason is not null) json["reason"] = reason.Length <= 1000 ? reason : reason[..1000];
        if (model is { } loaded)
        {
            json["name"] = loaded.Identity.Name;
            json["version"] = loaded.Identity.Version;
            json["sha256"] = loaded.Identity.Sha256;
            if (quarters < 4) json["warming"] = $"{size * quarters / 4}/{size}";
        }

        return _report = new JObject { ["model"] = json };
    }
}
