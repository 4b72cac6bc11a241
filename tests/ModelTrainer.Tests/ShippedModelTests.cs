using System.Security.Cryptography;
using EdgeModules.ModelTrainer.CommandLine;
using EdgeModules.ModelTrainer.Evaluation;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Tests;

/// <summary>The files of <c>models/</c> and what their page says of them.</summary>
public sealed class ShippedModelTests : IDisposable
{
    private const string Program = "ModelTrainer train ";
    private static readonly string Root = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));
    private readonly string _folder = Directory.CreateTempSubdirectory("models").FullName;

    public static TheoryData<string> Models => new(Directory.GetFiles(Path.Combine(Root, "models"), "*.onnx").Select(file => Path.GetFileName(file)!).Order());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_AsShipped_FitsItsManifestAndGoldenVectors(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Root, "models", file));
        var description = ModelFile.Describe(bytes);
        var manifest = description.ReadManifest()!;
        Assert.Equal(file, $"{manifest.Name}-{manifest.Version}.onnx");
        Assert.Empty(ModelInterface.Mismatches(description, manifest));
        Assert.True(manifest.Golden.Count >= 3);
        Assert.Empty(GoldenCheck.Run(bytes, manifest));
        Assert.True((double)manifest.Training!["evaluation"]!["eventF1"]! > 0.9);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Page_OfTheModels_HasTheirIdentityAndTheCommandThatMadeThem(string file)
    {
        var page = File.ReadAllText(Path.Combine(Root, "models", "README.md"));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Root, "models", file))));
        var row = Assert.Single(page.Split('\n'), line => line.StartsWith($"| `{file}` |", StringComparison.Ordinal));
        Assert.Contains($"`{sha256}`", row);
        Assert.NotNull(CommandOf(file));
    }

    [Fact]
    public void Train_ByTheCommandOfThePage_GivesTheSameBytes()
    {
        const string Model = "sensor-network-1.0.0.onnx";
        string[] arguments = ["train", .. CommandOf(Model).Replace("data/", Root + "/data/").Replace("models/", _folder + "/").Split(' ')];
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(0, new TrainerCommandLine(output, errors).Invoke(arguments));

        Assert.Equal("", errors.ToString());
        Assert.Equal(File.ReadAllBytes(Path.Combine(Root, "models", Model)), File.ReadAllBytes(Path.Combine(_folder, Model)));
    }

    [SkippableFact]
    public void Train_OnTheMachineTemperatureOfNab_FindsItsEvents()
    {
        var nab = Path.Combine(Root, "..", "shared", "data", "nab");
        Skip.IfNot(File.Exists(Path.Combine(nab, "windows.json")), "The Numenta Anomaly Benchmark is not beside the repository.");
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = new TrainerCommandLine(output, errors).Invoke(
        [
            "train", "--data", Path.Combine(nab, "machine_temperature_system_failure.csv"), "--label-windows", Path.Combine(nab, "windows.json"),
            "--name", "machine-temperature", "--model-version", "1.0.0", "--family", "pca", "--period-ms", "300000", "--train-part", "0.15", "--evaluate",
            "--out", Path.Combine(_folder, "a.onnx"), "--report", Path.Combine(_folder, "a.json"),
        ]);

        Assert.Equal((0, ""), (exit, errors.ToString()));
        var all = Newtonsoft.Json.Linq.JObject.Parse(File.ReadAllText(Path.Combine(_folder, "a.json")))["all"]!;
        Assert.Equal((4, 4), ((int)all["events"]!, (int)all["eventsFound"]!));
        Assert.InRange((int)all["falseEpisodes"]!, 0, 10);
    }

    private static string CommandOf(string file) => Assert.Single(
        File.ReadAllLines(Path.Combine(Root, "models", "README.md")),
        line => line.StartsWith(Program, StringComparison.Ordinal) && line.Contains($"--out models/{file}", StringComparison.Ordinal))[Program.Length..];

    private static string FindRoot(DirectoryInfo? folder)
    {
        while (folder is not null && folder.GetFiles("IoTEdgeSolution.sln").Length == 0) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the solution.");
    }
}
