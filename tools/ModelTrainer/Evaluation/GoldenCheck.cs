using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>Whether a model gives the scores that its manifest says it gives.</summary>
internal static class GoldenCheck
{
    /// <returns>A sentence for each golden vector that is not met.</returns>
    public static IReadOnlyList<string> Run(byte[] model, ModelManifest manifest)
    {
        using var runner = new ModelRunner(model, manifest);
        var wrong = new List<string>();
        var window = new float[manifest.WindowLength];
        for (var index = 0; index < manifest.Golden.Count; index++)
        {
            var golden = manifest.Golden[index];
            float[] input = [.. golden.Input];
            if (manifest.Normalisation.Kind == Normalisation.Ewma) input.CopyTo(window, 0);
            else manifest.Normalisation.Apply(input, window, manifest.Features.Count);
            var score = runner.Run(window).Score;
            if (!(Math.Abs(score - golden.Score) <= golden.Tolerance))
                wrong.Add($"golden[{index}] has the score {score}; it must be {golden.Score} within {golden.Tolerance}.");
        }

        return wrong;
    }
}
