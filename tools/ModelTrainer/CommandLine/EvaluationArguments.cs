using System.CommandLine;
using EdgeModules.ModelTrainer.Data;
using EdgeModules.ModelTrainer.Evaluation;
using EdgeModules.Models;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static EdgeModules.ModelTrainer.CommandLine.OptionParsing;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary>How a model is judged, and where the outcome goes.</summary>
internal sealed class EvaluationArguments(TextWriter output)
{
    private readonly Option<long> _consecutive = Whole("--consecutive", "Scores over the limit in a row that make an alarm", 10, 1, 1_000);
    private readonly Option<double> _clear = Decimal("--clear", "An alarm ends with a score at or below this", 0.7, 0, 1);
    private readonly Option<string?> _picture = Text("--picture", "FILE.svg", "Draw the scores of the device with the most labels over time");
    private readonly Option<string?> _pictureDevice = Text("--picture-device", "ID", "Draw this device instead");
    private readonly Option<string?> _report = Text("--report", "FILE.json", "Write the figures as JSON");

    public IEnumerable<Option> All => [_consecutive, _clear, _picture, _pictureDevice, _report];

    /// <param name="trainPart">The part of each device's readings that the model was trained on; 0 when it has not seen the data.</param>
    /// <param name="variant">Goes for <c>{family}</c> in the names of files.</param>
    /// <returns>The figures of all rows, and of those not trained on.</returns>
    public (Report All, Report Unseen) Run(ParseResult result, DataSet data, ModelManifest manifest, byte[] model, double trainPart, string variant)
    {
        var rule = new AlarmRule(manifest.Limit, Math.Min(result.GetValue(_clear), manifest.Limit), (int)result.GetValue(_consecutive));
        using var runner = new ModelRunner(model, manifest);
        var judged = Evaluator.Judge(data, manifest, runner, rule).ToList();
        var all = Reporter.Of(judged, rule.Limit, manifest.Window.Size, (_, _) => true);
        var unseen = trainPart is > 0 and < 1
            ? Reporter.Of(judged, rule.Limit, manifest.Window.Size, (device, index) => index >= Math.Ceiling(device.Readings.Count * trainPart))
            : all;
        output.WriteLine($"{manifest.Name} {manifest.Version} ({manifest.Family}) on {data.Id}, {rule.Consecutive} in a row for an alarm:");
        foreach (var line in all.ToLines()) output.WriteLine(line);
        if (trainPart is > 0 and < 1)
        {
            output.WriteLine(" of these, behind the part that was trained on:");
            foreach (var line in unseen.ToLines()) output.WriteLine(line);
        }

        if (result.GetValue(_report) is { } report)
        {
            var json = new JObject
            {
                ["model"] = manifest.Name,
                ["version"] = manifest.Version,
                ["family"] = manifest.Family,
                ["data"] = data.Id,
                ["all"] = all.ToJson(),
            };
            if (trainPart is > 0 and < 1) json["unseen"] = unseen.ToJson();
            Files.Write(Files.ForFamily(report, variant), json.ToString(Formatting.Indented) + "\n");
        }

        if (result.GetValue(_picture) is { } picture)
        {
            var title = $"{manifest.Name} {manifest.Version} ({manifest.Family})";
            Files.Write(Files.ForFamily(picture, variant), ScorePicture.Draw(title, DeviceOf(result, judged), manifest.Limit));
        }

        return (all, unseen);
    }

    private DeviceJudgements DeviceOf(ParseResult result, List<DeviceJudgements> judged) => result.GetValue(_pictureDevice) is { } id
        ? judged.FirstOrDefault(device => device.Device == id)
            ?? throw new TrainerException(
                $"--picture-device is \"{id}\"; it must be one of the data: {string.Join(", ", judged.Take(10).Select(d => d.Device))}.")
        : judged.MaxBy(device => device.Readings.Count(reading => reading.IsAnomaly))!;
}
