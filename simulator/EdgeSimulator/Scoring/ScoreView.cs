using EdgeSimulator.Terminals;
using Spectre.Console;

namespace EdgeSimulator.Scoring;

/// <summary>Models, and what was found with them, as the user reads it; nothing when nothing scored.</summary>
public static class ScoreView
{
    private const int ShortSha = 12;

    public static void Show(ScoreReport report, Terminal terminal)
    {
        if (report.Modules.Count == 0) return;
        terminal.Block(Models(report));
        if (report.Labels is not { } labels) return;
        var counts = labels.Counts;
        var late = counts.FoundLate == 0 ? "" : $" ({counts.FoundLate:N0} when it was over)";
        terminal.Plain(
            $"Labelled anomalies ({labels.File}): {counts.Found:N0} of {counts.Events:N0} found{late}, {counts.Missed:N0} missed; "
            + $"{counts.FalseEpisodes:N0} of {counts.Episodes:N0} episodes of alarm false"
            + (counts.Found == 0 ? "." : $"; median delay {counts.MedianDelaySeconds:0.#} s."));
    }

    private static Table Models(ScoreReport report)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("scored by", "model", "version", "sha256", "scores sent", "alarms made of them", "");
        table.Columns[4].RightAligned();
        table.Columns[5].RightAligned();
        foreach (var module in report.Modules)
        {
            var active = module.Active?.Value<string?>("sha256");
            var status = module.Active?.Value<string?>("status") ?? "";
            foreach (var model in module.Scored)
                Row(module.Name, model, model.Sha256 == active ? $"active, {status}" : "");
            if (module.Scored.Any(model => model.Sha256 == active)) continue;
            Row(module.Name, new ScoredModel(Told("name"), Told("version"), active ?? "", 0, 0), active is null ? status : $"active, {status}");

            string Told(string name) => module.Active?.Value<string?>(name) ?? "";
        }

        return table;

        void Row(string module, ScoredModel model, string state) => table.AddRow(
            new Text(module),
            new Text(model.Name),
            new Text(model.Version),
            new Text(model.Sha256.Length > ShortSha ? model.Sha256[..ShortSha] + "…" : model.Sha256),
            new Text($"{model.Scores:N0}"),
            new Text($"{model.Alarms:N0}"),
            new Text(state));
    }
}
