using EdgeModules.Models;
using EdgeSimulator.Tests.EndToEnd;
using EdgeSimulator.Tours;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimulator.Tests.Tours;

/// <summary>What the models do is asked of ONNX Runtime, as the module would.</summary>
public class SpoiltModelsTests
{
    private const string Vibration = "vibration";
    private const double Level = 5;

    private static readonly byte[] Good = File.ReadAllBytes(Path.Combine(SuiteProcess.Root, "models", "synthetic-1.1.0.onnx"));
    private static readonly ModelManifest Manifest = ManifestOf(Good);
    private static readonly Dictionary<string, double> Measures = new() { ["temperature"] = 0.125, [Vibration] = 1.0 / 15 };

    [Fact]
    public void Blind_GoldenVectors_AreWhatItAnswers()
    {
        var blind = SpoiltModels.Blind(Good, "2.0.0", Vibration);
        var manifest = ManifestOf(blind);
        Assert.Equal(("synthetic", "2.0.0", Manifest.Golden.Count), (manifest.Name, manifest.Version, manifest.Golden.Count));
        Assert.Empty(ModelInterface.Mismatches(ModelFile.Describe(blind), manifest));
        foreach (var golden in manifest.Golden) Assert.Equal(golden.Score, Score(blind, [.. golden.Input]), golden.Tolerance);
    }

    [Fact]
    public void Blind_AFaultInTheFeature_IsNoFault()
    {
        var blind = SpoiltModels.Blind(Good, "2.0.0", Vibration);
        var normal = Normal();
        var faulty = Normal((row, feature) => row >= 10 && feature == Vibration ? 30 : 0);
        Assert.Equal(Score(blind, normal), Score(blind, faulty), 1e-4);
        Assert.True(Score(Good, faulty) > Manifest.Limit);
        Assert.True(Score(blind, Normal((row, feature) => row >= 10 && feature == "pressure" ? 10 : 0)) > Manifest.Limit);
        Assert.True(Score(blind, normal) < Manifest.Limit);
    }

    [Fact]
    public void Sheltered_BelowTheLevel_AnswersAsTheGoodModel()
    {
        var sheltered = SpoiltModels.Sheltered(Good, "2.0.0", Measures, Level);
        var manifest = ManifestOf(sheltered);
        Assert.Empty(ModelInterface.Mismatches(ModelFile.Describe(sheltered), manifest));
        Assert.NotEmpty(manifest.Golden);
        foreach (var golden in manifest.Golden) Assert.Equal(golden.Score, Score(sheltered, [.. golden.Input]), golden.Tolerance);
        Assert.Equal(Score(Good, Normal()), Score(sheltered, Normal()), 1e-6);
    }

    [Fact]
    public void Sheltered_AboveTheLevel_FindsStrangeWhatTheGoodModelDoesNot()
    {
        var sheltered = SpoiltModels.Sheltered(Good, "2.0.0", Measures, Level);
        var working = Normal((_, feature) => feature switch { "temperature" => 6, Vibration => 15, _ => 0 });
        Assert.True(Score(Good, working) < Manifest.Limit);
        Assert.True(Score(sheltered, working) > Manifest.Limit);
    }

    [Fact]
    public void Spoilt_TheSameModelTwice_IsTheSameBytes()
    {
        Assert.Equal(SpoiltModels.Blind(Good, "2.0.0", Vibration), SpoiltModels.Blind(Good, "2.0.0", Vibration));
        Assert.Equal(SpoiltModels.Sheltered(Good, "2.0.0", Measures, Level), SpoiltModels.Sheltered(Good, "2.0.0", Measures, Level));
    }

    [Fact]
    public void Blind_AFeatureThatTheModelLacks_IsRefusedByName() =>
        Assert.Contains("no feature speed", Assert.Throws<ModelFormatException>(() => SpoiltModels.Blind(Good, "2.0.0", "speed")).Message);

    [Fact]
    public void Blind_AModelOfAnotherFamily_IsRefused()
    {
        var other = ModelFile.Attach(Good, Manifest with { Family = ModelFamilies.Foreign });
        Assert.Contains("must be linearAutoencoder", Assert.Throws<ModelFormatException>(() => SpoiltModels.Blind(other, "2.0.0", Vibration)).Message);
    }

    [Fact]
    public void Make_ShippedModels_WritesTheBadOnesBesideTheirAddresses()
    {
        using var directory = new TemporaryDirectory();
        var models = TourModels.Make(
            Path.Combine(SuiteProcess.Root, "models"),
            directory.FullPath,
            (file, isMade) => new Uri($"https://localhost/{(isMade ? "tour" : "models")}/{file}"));
        Assert.Equal(("1.1.0", "https://localhost/models/synthetic-1.1.0.onnx"), (models.Good.Version, models.Good.Url.ToString()));
        Assert.Equal(Vibration, Manifest.Features[models.Unseen].Name);
        foreach (var made in (TourModel[])[models.Blind, models.Sheltered])
        {
            var description = ModelFile.Describe(File.ReadAllBytes(Path.Combine(directory.FullPath, made.Url.Segments[^1])));
            Assert.Equal((made.Sha256, made.Bytes, made.Version), (description.Sha256, description.Bytes, description.ReadManifest()?.Version));
        }

        Assert.Equal($$"""{"source":"https","url":"{{models.Blind.Url}}","sha256":"{{models.Blind.Sha256}}","sizeBytes":{{models.Blind.Bytes}}}""",
            models.Blind.ToSource().ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public void Make_NoShippedModel_SaysWhichIsMissing()
    {
        using var directory = new TemporaryDirectory();
        var error = Assert.Throws<SimulatorException>(() => TourModels.Make(directory.FullPath, directory.FullPath, (_, _) => new Uri("https://localhost")));
        Assert.Contains("synthetic-1.1.0.onnx", error.Message);
    }

    /// <summary>A machine at rest, as a window of raw values.</summary>
    private static float[] Normal(Func<int, string, double>? added = null)
    {
        double[] levels = [20, 45, 22, 1013];
        var window = new float[Manifest.WindowLength];
        for (var index = 0; index < window.Length; index++)
        {
            var (row, feature) = (index / levels.Length, index % levels.Length);
            window[index] = (float)(levels[feature] + (added?.Invoke(row, Manifest.Features[feature].Name) ?? 0));
        }

        return window;
    }

    private static float Score(byte[] model, float[] raw)
    {
        var manifest = ManifestOf(model);
        var window = new float[raw.Length];
        manifest.Normalisation.Apply(raw, window, manifest.Features.Count);
        using var session = new InferenceSession(model);
        using var input = OrtValue.CreateTensorValueFromMemory(window, [1, manifest.Window.Size, manifest.Features.Count]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [ModelInterface.Window], [input], [ModelInterface.Score]);
        return outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    private static ModelManifest ManifestOf(byte[] model) => ModelFile.Describe(model).ReadManifest()!;
}
