using EdgeModules.ModelTrainer.Data;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>From readings to a model file: windows of the normal readings, a detector, its limit, manifest and golden vectors.</summary>
public static class Trainer
{
    // Of the training windows, in order of time, the last fifth sets the limit: a detector knows the others better than it will know what comes.
    private const double FitPart = 0.8;
    private const int LeastWindows = 50;

    /// <exception cref="TrainerException">The data are too few.</exception>
    /// <exception cref="ModelFormatException">The options make no valid manifest.</exception>
    internal static TrainedModel Train(DataSet data, TrainOptions options)
    {
        // What no reader would take stops before the work, not after it.
        var manifest = ModelManifest.Read(Describe(data, options).ToJson());
        var (fit, calibration) = NormalWindows(data, options, manifest);
        if (fit.Count < LeastWindows || calibration.Count < LeastWindows)
        {
            throw new TrainerException(
                $"{data.Id} has {fit.Count + calibration.Count} normal windows of {options.Window} readings in its first {options.TrainPart:P0}; "
                + $"there must be {LeastWindows} to fit and {LeastWindows} to set the limit, each without a label, a gap or a missing value.");
        }

        var fitted = fit.Thin(options.MaxWindows);
        var detector = Fit(fitted, options, manifest);
        var limit = Statistics.Quantile(Enumerable.Range(0, calibration.Count).Select(index => detector.Error(calibration[index])), 1 - options.FalseAlarmRate);
        detector.SetLimit(Math.Max(limit, 1e-9));
        manifest = manifest with
        {
            Training = new JObject
            {
                ["windows"] = fitted.Count,
                ["calibrationWindows"] = calibration.Count,
                ["falseAlarmRate"] = options.FalseAlarmRate,
                ["errorLimit"] = Math.Round(limit, 6),
                ["seed"] = options.Seed,
            },
            Golden = GoldenVectors.Make(data, options, manifest, detector),
        };
        return new TrainedModel(manifest, ModelFile.Attach(detector.ToOnnx(options.Name), manifest), detector);
    }

    /// <summary>How many of a device's readings are trained on.</summary>
    public static int TrainedReadings(DeviceSeries device, double part) => (int)Math.Ceiling(device.Length * part);

    private static Detector Fit(WindowSet windows, TrainOptions options, ModelManifest manifest)
    {
        var features = manifest.Features.Count;
        return options.Family switch
        {
            ModelFamilies.Pca => new PcaDetector(windows, options.Window, features, options.Variance),
            ModelFamilies.LinearAutoencoder => new LinearAutoencoder(windows, options.Window, features, options.Components),
            ModelFamilies.MlpAutoencoder => new MlpAutoencoder(windows, options.Window, features, options.Epochs, options.Seed),
            _ => throw new ArgumentException($"No family {options.Family} can be trained.", nameof(options)),
        };
    }

    private static ModelManifest Describe(DataSet data, TrainOptions options) => new()
    {
        Name = options.Name,
        Version = options.Version,
        Family = options.Family,
        Features = [.. data.Features.Select(feature => options.FeatureInfo.GetValueOrDefault(feature) ?? new ModelFeature(feature))],
        Window = new ModelWindow(options.Window, options.PeriodMs),
        Normalisation = Normalisations.Of(data, options),
        Limit = Detector.ScoreLimit,
        DataSet = new DataSetInfo(
            data.Id,
            data.Sha256,
            data.Devices.Sum(device => Normalisations.Normal(device, options.TrainPart).Count()),
            $"row {data.Devices.Min(device => device.Rows[0])}",
            $"row {data.Devices.Max(device => device.Rows[TrainedReadings(device, options.TrainPart) - 1])}"),
    };

    private static (WindowSet Fit, WindowSet Calibration) NormalWindows(DataSet data, TrainOptions options, ModelManifest manifest)
    {
        var (fit, calibration) = (new List<float>(), new List<float>());
        foreach (var device in data.Devices)
        {
            var trained = TrainedReadings(device, options.TrainPart);
            var stream = new WindowStream(manifest);
            var lastAnomaly = int.MinValue / 2;
            for (var index = 0; index < trained; index++)
            {
                var isWindow = stream.Add(device.Times[index], device.Reading(index, data.Features.Count), overLimit: device.Labels[index]);
                if (device.Labels[index]) lastAnomaly = index;
                if (isWindow && index - lastAnomaly >= options.Window) (index < trained * FitPart ? fit : calibration).AddRange(stream.Normalised);
            }
        }

        return (new WindowSet([.. fit], manifest.WindowLength), new WindowSet([.. calibration], manifest.WindowLength));
    }
}

/// <param name="File">The ONNX file with its manifest.</param>
internal sealed record TrainedModel(ModelManifest Manifest, byte[] File, Detector Detector);
