using System.CommandLine;
using EdgeModules.ModelTrainer.Data;
using EdgeModules.ModelTrainer.Training;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;
using static EdgeModules.ModelTrainer.CommandLine.OptionParsing;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary><c>train</c>: from CSV to a model file, and its figures.</summary>
internal sealed class TrainVerb
{
    private readonly TextWriter _output;
    private readonly DataArguments _data = new();
    private readonly EvaluationArguments _evaluation;
    private readonly Option<string> _name = Required("--name", "NAME", "Name of the model");
    private readonly Option<string> _version = Required("--model-version", "VERSION", "Version of the model");
    private readonly Option<string[]> _families = List(
        "--family", "A,B", "pca, linearAutoencoder, mlpAutoencoder; or several of them", ModelFamilies.LinearAutoencoder);
    private readonly Option<string> _out = Required("--out", "FILE.onnx", "The model; with several families the name must contain {family}");
    private readonly Option<string[]> _features = new("--feature")
    {
        Description = "A column with its unit and plausible range; may be repeated; without any, all columns that have no other meaning",
        HelpName = "NAME[,UNIT[,MIN,MAX]]",
    };

    private readonly Option<long> _window = Whole("--window", "Readings in a window", 60, 1, 1_024);
    private readonly Option<string> _normalisation = new("--normalisation")
    {
        Description = "How the module normalises", DefaultValueFactory = _ => Normalisation.Static,
    };

    private readonly Option<double> _halfLife = Decimal("--half-life", "With ewma: in readings", Normalisation.DefaultHalfLifeReadings, 1, 1e9);
    private readonly Option<double> _part = Decimal("--train-part", "Train on this first part of each device's readings", 1, 0.001, 1);
    private readonly Option<double> _rate = Decimal("--false-alarm-rate", "Share of normal windows that may be over the limit", 0.005, 0.00001, 0.5);
    private readonly Option<long> _components = Whole("--components", "linearAutoencoder: principal components", 16, 1, 1_024);
    private readonly Option<double> _variance = Decimal("--variance", "pca: share of the variance that its components explain", 0.9, 0.01, 1);
    private readonly Option<long> _epochs = Whole("--epochs", "mlpAutoencoder: passes over the windows", 20, 1, 10_000);
    private readonly Option<long> _maxWindows = Whole("--max-windows", "More windows are thinned evenly", 20_000, 100, 1_000_000);
    private readonly Option<long> _seed = Whole("--seed", "Equal seeds and data give equal bytes", 1, 0, int.MaxValue);
    private readonly Option<bool> _evaluate = new("--evaluate") { Description = "Judge the model on all of the data, and write the figures into its manifest" };

    private TrainVerb(TextWriter output) => (_output, _evaluation) = (output, new EvaluationArguments(output));

    public static Command Create(TextWriter output)
    {
        var verb = new TrainVerb(output);
        verb._normalisation.AcceptOnlyFromAmong([.. Normalisation.Kinds]);
        var command = new Command("train", "Train a model on the normal rows of a CSV file, set its limit, and write it with its manifest");
        Option[] own =
        [
            verb._name, verb._version, verb._families, verb._out, verb._features, verb._window, verb._normalisation, verb._halfLife, verb._part, verb._rate,
            verb._components, verb._variance, verb._epochs, verb._maxWindows, verb._seed, verb._evaluate,
        ];
        foreach (var option in verb._data.All.Concat(own).Concat(verb._evaluation.All)) command.Options.Add(option);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        var features = (result.GetValue(_features) ?? []).Select(FeatureText.Parse).ToList();
        var data = _data.Read(result, [.. features.Select(feature => feature.Name)]);
        var families = result.GetRequiredValue(_families);
        var file = result.GetRequiredValue(_out);
        if (families.Length != 1 && !Files.NamesFamily(file))
            throw new TrainerException($"--out is \"{file}\"; with {families.Length} families it must contain {{family}}.");
        foreach (var family in families) Train(result, data, Options(result, family, features), Files.ForFamily(file, family));
        return TrainerCommandLine.Done;
    }

    private void Train(ParseResult result, DataSet data, TrainOptions options, string file)
    {
        var trained = Trainer.Train(data, options);
        var bytes = trained.File;
        if (result.GetValue(_evaluate))
        {
            var (all, unseen) = _evaluation.Run(result, data, trained.Manifest, bytes, options.TrainPart, options.Family);
            var training = (JObject)trained.Manifest.Training!.DeepClone();
            training["evaluation"] = (options.TrainPart < 1 ? unseen : all).ToJson();
            bytes = ModelFile.Attach(bytes, trained.Manifest with { Training = training });
        }

        Files.Write(file, bytes);
        _output.WriteLine($"{file}: {bytes.Length} bytes, sha256 {ModelFile.Describe(bytes).Sha256}");
    }

    private TrainOptions Options(ParseResult result, string family, List<ModelFeature> features)
    {
        if (!ModelFamilies.All.Contains(family) || family == ModelFamilies.Foreign)
            throw new TrainerException($"--family is \"{family}\"; it must be of pca, linearAutoencoder, mlpAutoencoder.");
        return new TrainOptions
        {
            Name = result.GetRequiredValue(_name),
            Version = result.GetRequiredValue(_version),
            Family = family,
            Window = (int)result.GetValue(_window),
            PeriodMs = result.GetValue(_data.Period),
            Normalisation = result.GetRequiredValue(_normalisation),
            HalfLifeReadings = result.GetValue(_halfLife),
            TrainPart = result.GetValue(_part),
            FalseAlarmRate = result.GetValue(_rate),
            Components = (int)result.GetValue(_components),
            Variance = result.GetValue(_variance),
            Epochs = (int)result.GetValue(_epochs),
            MaxWindows = (int)result.GetValue(_maxWindows),
            Seed = (int)result.GetValue(_seed),
            FeatureInfo = features.ToDictionary(feature => feature.Name),
        };
    }
}
