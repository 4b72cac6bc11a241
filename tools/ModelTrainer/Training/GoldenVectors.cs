using EdgeModules.ModelTrainer.Data;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>Windows with the scores that the trainer's own arithmetic gives them: of all that it was shown, from the usual to the strangest.</summary>
internal static class GoldenVectors
{
    private static readonly double[] Shares = [0.05, 0.5, 0.95, 0.999, 1];
    private const int Candidates = 2_000;

    public static IReadOnlyList<GoldenVector> Make(DataSet data, TrainOptions options, ModelManifest manifest, Detector detector)
    {
        var keepsRaw = manifest.Normalisation.Kind != Normalisation.Ewma;
        var stride = Math.Max(data.Devices.Sum(device => Trainer.TrainedReadings(device, options.TrainPart)) / Candidates, 1);
        var candidates = new List<GoldenVector>();
        var seen = 0;
        foreach (var device in data.Devices)
        {
            var stream = new WindowStream(manifest);
            for (var index = 0; index < Trainer.TrainedReadings(device, options.TrainPart); index++)
            {
                var isWindow = stream.Add(device.Times[index], device.Reading(index, data.Features.Count), overLimit: false);
                if (!isWindow || (seen++ % stride != 0 && !device.Labels[index])) continue;
                var score = detector.Score(stream.Normalised);
                candidates.Add(new GoldenVector([.. keepsRaw ? stream.Raw : stream.Normalised], Math.Round(score, 7)));
            }
        }

        var sorted = candidates.OrderBy(vector => vector.Score).ToList();
        return [.. Shares.Select(share => sorted[(int)(share * (sorted.Count - 1))]).DistinctBy(vector => vector.Score)];
    }
}
