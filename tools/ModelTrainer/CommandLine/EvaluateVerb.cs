using System.CommandLine;
using static EdgeModules.ModelTrainer.CommandLine.OptionParsing;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary><c>evaluate</c>: a model file on data with labels.</summary>
internal static class EvaluateVerb
{
    public static Command Create(TextWriter output)
    {
        var model = new Argument<string>("MODEL.onnx") { Description = "A model with a manifest" };
        var part = Decimal("--trained-part", "The model was trained on this first part of these data; figures of the rest are given too", 0, 0, 1);
        var data = new DataArguments();
        var evaluation = new EvaluationArguments(output);
        var verb = new Command("evaluate", "Play the rows of a CSV file to a model and count what it finds, misses, and finds in vain") { model };
        foreach (var option in data.All.Append(part).Concat(evaluation.All)) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            var bytes = Files.Read(result.GetRequiredValue(model));
            var manifest = ModelsVerb.ManifestOf(bytes, result.GetRequiredValue(model));
            var readings = data.Read(result, [.. manifest.Features.Select(feature => feature.Name)]);
            if (!readings.HasLabels) output.WriteLine("There are no labels: every alarm counts as false.");
            evaluation.Run(result, readings, manifest, bytes, result.GetValue(part), manifest.Family);
            return TrainerCommandLine.Done;
        });
        return verb;
    }
}
