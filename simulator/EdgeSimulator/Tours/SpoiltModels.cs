using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tours;

/// <summary>Makes bad models of a good one: so that what is shown of them has a source that can be read, and no model is bad but for one reason.</summary>
public static class SpoiltModels
{
    /// <summary>How far above its level <see cref="Sheltered"/> is over the limit for sure, in the measure of the level.</summary>
    private const double Step = 0.05;

    /// <summary>A model that does not see one feature, as if it had been trained without it: on normal days as good as the one that sees it.</summary>
    /// <exception cref="ModelFormatException">The model is not of the family that can be changed so, lacks the feature, or has no golden vectors.</exception>
    public static byte[] Blind(byte[] model, string version, string feature)
    {
        var edit = ModelEdit.Open(model);
        var (manifest, features, index) = (edit.Manifest, edit.Manifest.Features.Count, edit.IndexOf(feature));
        if (manifest.Golden.Count == 0) throw new ModelFormatException("The model has no golden vectors, by which the limit could be set anew.");
        var windows = manifest.Golden.Select(golden => Normalised(golden, manifest)).ToList();
        var seeing = LinearParts.Of(edit);
        var blind = seeing.Without(value => value % features == index);
        // Fewer features make smaller errors: the limit goes with them.
        var normal = windows.Where(window => seeing.Score(window) < manifest.Limit);
        var share = normal.Select(window => blind.Error(window) / seeing.Error(window)).DefaultIfEmpty(1).Average();
        blind = blind with { Scale = (float)(seeing.Scale * share) };
        blind.WriteTo(edit);
        var golden = manifest.Golden.Zip(windows, (vector, window) => vector with { Score = blind.Score(window) });
        return edit.ToModel(Describe(manifest, version, [.. golden], $"it does not see {feature}"));
    }

    /// <summary>
    /// A model that has only ever seen a part of the plant's life: it takes a window for strange, whatever else there is in it, when the sum of some features,
    /// each by a measure of its own, is above a level on average.
    /// </summary>
    /// <param name="measures">Feature → what one unit of it adds.</param>
    /// <inheritdoc cref="Blind"/>
    public static byte[] Sheltered(byte[] model, string version, IReadOnlyDictionary<string, double> measures, double level)
    {
        var edit = ModelEdit.Open(model);
        var (manifest, features, size) = (edit.Manifest, edit.Manifest.Features.Count, edit.Manifest.Window.Size);
        // What the graph sees is normalised.
        var weights = new float[features];
        var bias = -level;
        foreach (var (feature, measure) in measures)
        {
            var index = edit.IndexOf(feature);
            weights[index] = (float)(measure * manifest.Normalisation.Deviations![index] / size);
            bias += measure * manifest.Normalisation.Means![index];
        }

        // At the limit the error is four times the scale: the score is 1 - c / (e + c).
        var atLimit = edit.Read("scale")[0] * manifest.Limit / (1 - manifest.Limit);
        edit.Add("levelWeights", weights, features, 1);
        edit.Add("levelBias", [(float)bias], 1);
        edit.Add("levelGain", [(float)(atLimit / Step)], 1);
        edit.AddIntegers("levelAxis", 1);
        edit.Insert(
            "error",
            ("ReduceSum", "levelSums", ["bounded", "levelAxis"]),
            ("Reshape", "levelRows", ["levelSums", edit.AddIntegers("levelShape", -1, features)]),
            ("MatMul", "levelColumn", ["levelRows", "levelWeights"]),
            ("Reshape", "levelFlat", ["levelColumn", edit.AddIntegers("levelFlatShape", -1)]),
            ("Add", "levelAbove", ["levelFlat", "levelBias"]),
            ("Relu", "levelExcess", ["levelAbove"]),
            ("Mul", "levelError", ["levelExcess", "levelGain"]),
            ("Add", "errorWithLevel", ["error", "levelError"]));
        var untouched = manifest.Golden.Where(golden => LevelOf(golden.Input, manifest, measures) <= level);
        return edit.ToModel(Describe(manifest, version, [.. untouched], $"strange above a level of {level} of {string.Join(", ", measures.Keys)}"));
    }

    private static double LevelOf(IReadOnlyList<float> window, ModelManifest manifest, IReadOnlyDictionary<string, double> measures)
    {
        var features = manifest.Features.Count;
        return Enumerable.Range(0, window.Count).Sum(index =>
            measures.GetValueOrDefault(manifest.Features[index % features].Name) * window[index] / manifest.Window.Size);
    }

    private static float[] Normalised(GoldenVector golden, ModelManifest manifest)
    {
        var window = new float[manifest.WindowLength];
        manifest.Normalisation.Apply([.. golden.Input], window, manifest.Features.Count);
        return window;
    }

    private static ModelManifest Describe(ModelManifest good, string version, IReadOnlyList<GoldenVector> golden, string how) => good with
    {
        Version = version,
        Golden = golden,
        Training = new JObject { ["spoilt"] = $"Made of version {good.Version}: {how}." },
    };
}
