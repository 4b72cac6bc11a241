using EdgeModules.ModelTrainer.CommandLine;
using EdgeModules.ModelTrainer.Data;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trainer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_WithEvaluate_WritesModelReportAndPictureThatTheOtherVerbsRead()
    {
        Assert.Equal((0, ""), Errors("synthesize", "--out", In("data.csv"), "--devices", "4", "--readings", "400", "--drift-rate", "0.05", "--seed", "3"));
        Assert.Equal((0, ""), Errors(
            "train", "--data", In("data.csv"), "--name", "synthetic", "--model-version", "1.0.0", "--family", "pca,linearAutoencoder", "--window", "20",
            "--feature", "temperature,°C,-40,125", "--feature", "vibration,mm/s²", "--evaluate", "--out", In("{family}.onnx"), "--report", In("{family}.json"),
            "--picture", In("{family}.svg")));

        var manifest = ModelFile.Describe(File.ReadAllBytes(In("pca.onnx"))).ReadManifest()!;
        Assert.Equal([new ModelFeature("temperature", "°C", -40, 125), new ModelFeature("vibration", "mm/s²")], manifest.Features);
        var report = JObject.Parse(File.ReadAllText(In("linearAutoencoder.json")));
        Assert.Equal(4, (int)report["all"]!["devices"]!);
        var training = ModelFile.Describe(File.ReadAllBytes(In("linearAutoencoder.onnx"))).ReadManifest()!.Training!;
        Assert.Equal((double)report["all"]!["eventF1"]!, (double)training["evaluation"]!["eventF1"]!);
        Assert.StartsWith("<svg", File.ReadAllText(In("pca.svg")));

        var (exit, text, _) = Run("models", "inspect", In("pca.onnx"));
        Assert.Equal(0, exit);
        Assert.Contains("input        window: float32 [N, 20, 2]", text);
        Assert.Contains($"golden       {manifest.Golden.Count} of {manifest.Golden.Count} as they must be", text);
        (exit, text, _) = Run("evaluate", In("linearAutoencoder.onnx"), "--data", In("data.csv"), "--report", In("again.json"));
        Assert.Equal(0, exit);
        Assert.Contains("per event", text);
        Assert.Equal(report.ToString(), JObject.Parse(File.ReadAllText(In("again.json"))).ToString());
    }

    [Fact]
    public void Attach_OfAManifest_ReplacesTheOneOfTheModel()
    {
        var trained = Machines.Train(ModelFamilies.Pca);
        File.WriteAllBytes(In("a.onnx"), trained.File);
        File.WriteAllText(In("a.json"), (trained.Manifest with { Name = "other" }).ToJson());
        Assert.Equal((0, ""), Errors("models", "attach", In("a.onnx"), In("a.json"), "--out", In("b.onnx")));
        Assert.Equal("other", ModelFile.Describe(File.ReadAllBytes(In("b.onnx"))).ReadManifest()!.Name);
    }

    [Fact]
    public void Attach_OfAManifestThatDoesNotFit_SaysWhereAndWritesNothing()
    {
        var trained = Machines.Train(ModelFamilies.Pca);
        File.WriteAllBytes(In("a.onnx"), trained.File);
        File.WriteAllText(In("a.json"), (trained.Manifest with { Window = new ModelWindow(9), Golden = [] }).ToJson());
        var (exit, errors) = Errors("models", "attach", In("a.onnx"), In("a.json"), "--out", In("b.onnx"));
        Assert.Equal(1, exit);
        Assert.Equal("error: The model's inputs are window: float32 [N, 8, 2]; it must have one input window: float32 [N, 9, 2] with N of any size.\n", errors);
        Assert.False(File.Exists(In("b.onnx")));
    }

    [Fact]
    public void Inspect_OfAFileThatIsNoModel_Fails()
    {
        File.WriteAllText(In("a.onnx"), "no model");
        var (exit, errors) = Errors("models", "inspect", In("a.onnx"));
        Assert.Equal(1, exit);
        Assert.StartsWith("error: The file's 8 bytes cannot be read as an ONNX model.", errors);
    }

    [Theory]
    [InlineData("deviceId,temperature\na,1\na,x\n", "data.csv line 3, column \"temperature\" is \"x\"; it must be a number with a decimal point, NaN, or empty.")]
    [InlineData("deviceId,temperature\na,1,2\n", "data.csv line 2 has 3 columns; it must have 2, as the header has.")]
    [InlineData("deviceId,timestamp,temperature\na,soon,1\n", "data.csv line 2, column \"timestamp\" is \"soon\"; it must be Unix milliseconds or a date and time.")]
    [InlineData("deviceId,zone\na,1\n", "data.csv header is deviceId,zone; it must have 1 to 64 features.")]
    [InlineData("deviceId,temperature\n", "data.csv has no rows below its header; it must have one or more.")]
    public void Train_OfDataThatCannotBeUsed_NamesThePlace(string csv, string expected)
    {
        File.WriteAllText(In("data.csv"), csv);
        var (exit, errors) = Errors("train", "--data", In("data.csv"), "--name", "a", "--model-version", "1", "--out", In("a.onnx"));
        Assert.Equal(2, exit);
        Assert.Equal($"error: {_folder}/{expected}\n", errors);
    }

    [Fact]
    public void Train_WithANameThatNoReaderTakes_NamesIt()
    {
        Assert.Equal((0, ""), Errors("synthesize", "--out", In("data.csv"), "--devices", "1", "--readings", "200"));
        var (exit, errors) = Errors("train", "--data", In("data.csv"), "--name", "no good", "--model-version", "1", "--out", In("a.onnx"));
        Assert.Equal((1, "error: name is \"no good\"; it must be 1 to 64 of A-Z a-z 0-9 . _ -.\n"), (exit, errors));
        Assert.False(File.Exists(In("a.onnx")));
    }

    [Theory]
    [InlineData("--window 0", "--window is \"0\"; it must be a whole number from 1 to 1024.")]
    [InlineData("--train-part x", "--train-part is \"x\"; it must be a number from 0.001 to 1.")]
    [InlineData("--family forest", "--family is \"forest\"; it must be of pca, linearAutoencoder, mlpAutoencoder.")]
    [InlineData("--family pca,linearAutoencoder", "--out is \"a.onnx\"; with 2 families it must contain {family}.")]
    [InlineData("--feature temperature,C,5", "--feature is \"temperature,C,5\"; it must be NAME, NAME,UNIT or NAME,UNIT,MIN,MAX with numbers for the range.")]
    public void Train_WithAnOptionOutOfRange_NamesIt(string option, string expected)
    {
        File.WriteAllText(In("data.csv"), "temperature\n1\n");
        var (exit, errors) = Errors([.. "train --name a --model-version 1 --out a.onnx".Split(' '), "--data", In("data.csv"), .. option.Split(' ')]);
        Assert.Equal((2, $"error: {expected}\n"), (exit, errors));
    }

    [Fact]
    public void Read_OfLabelsBesideAndOfWindows_MarksTheRows()
    {
        File.WriteAllText(In("data.csv"), "timestamp,value\n2026-01-31 12:00:00,1\n2026-01-31 12:05:00,\n2026-01-31 12:10:00,3\n");
        File.WriteAllText(In("labels.csv"), "row;label\n1;1\n2;0\n3;0\n");
        File.WriteAllText(In("windows.json"), "{\"data.csv\": [[\"2026-01-31 12:10:00.000000\", \"2026-01-31 13:00:00.000000\"]]}");
        var data = DataReader.Read(new DataOptions { File = In("data.csv"), LabelFile = In("labels.csv"), LabelWindows = In("windows.json") });
        var device = Assert.Single(data.Devices);
        Assert.Equal([true, false, true], device.Labels);
        Assert.Equal([1, float.NaN, 3], device.Values);
        Assert.Equal([1_769_860_800_000, 1_769_861_100_000, 1_769_861_400_000], device.Times);
    }

    [Fact]
    public void Read_OfTooFewLabels_SaysWhere()
    {
        File.WriteAllText(In("data.csv"), "value\n1\n2\n");
        File.WriteAllText(In("labels.csv"), "label\n1\n");
        var error = Assert.Throws<TrainerException>(() => DataReader.Read(new DataOptions { File = In("data.csv"), LabelFile = In("labels.csv") }));
        Assert.Equal($"{In("labels.csv")} ends before line 3 of {In("data.csv")}; it must have a row for each.", error.Message);
    }

    [Fact]
    public void Synthesize_Twice_GivesTheSameBytesWithLabelsOfTheFaults()
    {
        string[] arguments = ["synthesize", "--devices", "5", "--readings", "300", "--spike-rate", "0.01", "--stuck-rate", "0.1", "--out"];
        Assert.Equal((0, ""), Errors([.. arguments, In("a.csv")]));
        Assert.Equal((0, ""), Errors([.. arguments, In("b.csv")]));
        Assert.Equal(File.ReadAllBytes(In("a.csv")), File.ReadAllBytes(In("b.csv")));
        var lines = File.ReadAllLines(In("a.csv"));
        Assert.Equal("deviceId,timestamp,zone,temperature,humidity,vibration,pressure,label", lines[0]);
        Assert.Equal(1_501, lines.Length);
        Assert.InRange(lines.Count(line => line.EndsWith(",1", StringComparison.Ordinal)), 5, 400);
    }

    private string In(string file) => Path.Combine(_folder, file);

    private static (int Exit, string Errors) Errors(params string[] arguments)
    {
        var (exit, _, errors) = Run(arguments);
        return (exit, errors);
    }

    private static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var exit = new TrainerCommandLine(output, errors).Invoke(arguments);
        return (exit, output.ToString(), errors.ToString());
    }
}
