using EdgeModules.ModelTrainer.Data;
using EdgeModules.ModelTrainer.Evaluation;
using EdgeModules.ModelTrainer.Training;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Tests;

public class DetectorTests
{
    public static TheoryData<string> Families => new(Machines.Families);

    [Theory]
    [MemberData(nameof(Families))]
    public void Score_ByOnnxRuntime_IsThatOfTheTrainer(string family)
    {
        var trained = Machines.Train(family);
        using var runner = new ModelRunner(trained.File, trained.Manifest);
        var windows = 0;
        foreach (var window in Windows(trained.Manifest, Machines.WithFault))
        {
            var (score, contributions) = runner.Run(window);
            Assert.Equal(trained.Detector.Score(window), score, 2e-5);
            Assert.All(trained.Detector.Contributions(window).Zip(contributions), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
            Assert.Equal(1, contributions.Sum(), 1e-4);
            windows++;
        }

        Assert.Equal(2 * 393, windows);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Score_OfAnyFiniteInput_IsFrom0To1(string family)
    {
        var trained = Machines.Train(family);
        using var runner = new ModelRunner(trained.File, trained.Manifest);
        foreach (var value in new[] { 0, 1e-30f, -1e6f, 1e12f, float.MaxValue, float.MinValue })
        {
            float[] window = [.. Enumerable.Range(0, 16).Select(index => index % 3 == 0 ? value : -value)];
            var (score, contributions) = runner.Run(window);
            Assert.InRange(score, 0, 1);
            Assert.Equal(1, contributions.Sum(), 1e-4);
            Assert.All(contributions, share => Assert.InRange(share, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Train_Twice_GivesTheSameBytes(string family) => Assert.Equal(Machines.Train(family).File, Machines.Train(family).File);

    [Fact]
    public void Train_WithAnotherSeed_GivesAnotherMlp()
    {
        var options = Machines.Options(ModelFamilies.MlpAutoencoder);
        Assert.NotEqual(Trainer.Train(Machines.Normal, options).File, Trainer.Train(Machines.Normal, options with { Seed = 2 }).File);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Train_OnNormalData_LeavesFewWindowsOverTheLimit(string family)
    {
        var trained = Machines.Train(family);
        var scores = Windows(trained.Manifest, Machines.Normal).Select(window => trained.Detector.Score(window)).ToList();
        Assert.InRange(scores.Count(score => score > trained.Manifest.Limit), 1, scores.Count / 20);
    }

    [Fact]
    public void SetLimit_OfAnError_MakesItsScoreTheLimit()
    {
        var detector = Machines.Train(ModelFamilies.LinearAutoencoder).Detector;
        float[] window = [.. Enumerable.Range(0, 16).Select(index => index / 4f)];
        detector.SetLimit(detector.Error(window));
        Assert.Equal(0.8, detector.Score(window), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Contributions_OfAFaultInOneFeature_NameIt(string family)
    {
        var trained = Machines.Train(family);
        var stream = new WindowStream(trained.Manifest);
        var device = Machines.WithFault.Devices[0];
        for (var index = 0; index <= 203; index++) stream.Add(device.Times[index], device.Reading(index, 2), overLimit: false);

        Assert.True(trained.Detector.Score(stream.Normalised) > 0.9);
        var contributions = trained.Detector.Contributions(stream.Normalised);
        Assert.True(contributions[1] > contributions[0]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Train_OfAFamily_GivesAModelThatFitsItsManifestAndGoldenVectors(string family)
    {
        var trained = Machines.Train(family);
        var description = ModelFile.Describe(trained.File);
        var manifest = description.ReadManifest()!;
        Assert.Empty(ModelInterface.Mismatches(description, manifest));
        Assert.Equal((8, 17), (description.IrVersion, description.Opsets["ai.onnx"]));
        Assert.InRange(manifest.Golden.Count, 3, 8);
        Assert.Empty(GoldenCheck.Run(trained.File, manifest));
        Assert.Equal(("machines.csv", 1_600L, "row 1", "row 400"), (manifest.DataSet!.Id, manifest.DataSet.Rows, manifest.DataSet.From, manifest.DataSet.To));
    }

    [Fact]
    public void GoldenCheck_OfAnotherScore_NamesIt()
    {
        var trained = Machines.Train(ModelFamilies.Pca);
        var golden = trained.Manifest.Golden[0];
        var wrong = Assert.Single(GoldenCheck.Run(trained.File, trained.Manifest with { Golden = [golden with { Score = golden.Score + 0.01 }] }));
        Assert.Contains("golden[0] has the score", wrong);
    }

    [Fact]
    public void Train_OfTooFewWindows_SaysWhatThereMustBe()
    {
        var error = Assert.Throws<TrainerException>(() => Trainer.Train(Machines.Make(1, 40), Machines.Options(ModelFamilies.Pca)));
        Assert.StartsWith("machines.csv has 33 normal windows of 8 readings in its first 100", error.Message);
    }

    [Fact]
    public void Train_OnDataWithFaults_LeavesThemOut()
    {
        var options = Machines.Options(ModelFamilies.LinearAutoencoder);
        var clean = Trainer.Train(Machines.Make(2, 400), options);
        var faulty = Trainer.Train(Machines.WithFault, options);
        Assert.Equal(780, faulty.Manifest.DataSet!.Rows);
        Assert.InRange(faulty.Manifest.Normalisation.Means![1] - clean.Manifest.Normalisation.Means![1], -0.2, 0.2);
    }

    private static IEnumerable<float[]> Windows(ModelManifest manifest, DataSet data)
    {
        foreach (var device in data.Devices)
        {
            var stream = new WindowStream(manifest);
            for (var index = 0; index < device.Length; index++)
            {
                if (stream.Add(device.Times[index], device.Reading(index, data.Features.Count), overLimit: false)) yield return stream.Normalised.ToArray();
            }
        }
    }
}
