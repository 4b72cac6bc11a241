using EdgeModules.Inference.Windows;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>The module's own part of the reported twin: which model scores, and how it goes. It changes seldom, and is made anew only then.</summary>
internal sealed class ModelReport
{
    private (string? Problem, string? Failure, ModelIdentity? Identity, int Quarters) _madeOf = ("", "", null, -1);
    private JObject _report = [];

    /// <param name="failure">Of the model's last call; null when it did not fail.</param>
    public JObject Of(ActiveModel active, string? failure, Rings rings)
    {
        var size = active.Model?.Manifest.Window.Size ?? 0;
        // The fullest ring by quarters: a twin is no place for numbers that move.
        var quarters = size == 0 ? 0 : rings.Fullest * 4 / size;
        var made = (active.Problem, failure, active.Model?.Identity, quarters);
        if (made == _madeOf) return _report;
        _madeOf = made;
        var reason = active.Problem ?? failure;
        var model = new JObject { ["status"] = reason is not null ? "degraded" : quarters < 4 ? "warming" : "scoring" };
        if (reason is not null) model["reason"] = reason.Length <= 1000 ? reason : reason[..1000];
        if (active.Model is { } loaded)
        {
            model["name"] = loaded.Identity.Name;
            model["version"] = loaded.Identity.Version;
            model["sha256"] = loaded.Identity.Sha256;
            if (quarters < 4) model["warming"] = $"{size * quarters / 4}/{size}";
        }

        return _report = new JObject { ["model"] = model };
    }
}
