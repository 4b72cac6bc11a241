using EdgeModules.ModelTrainer.Data;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Training;

/// <summary>Means and deviations of the normal readings that a model is trained on.</summary>
internal static class Normalisations
{
    private const double SmallestDeviation = 1e-6;

    public static Normalisation Of(DataSet data, TrainOptions options) => options.Normalisation switch
    {
        Normalisation.Static => Static(data, options),
        Normalisation.Ewma => new Normalisation
        {
            Kind = Normalisation.Ewma,
            HalfLifeReadings = options.HalfLifeReadings,
            FreezeReadings = (int)Math.Ceiling(options.HalfLifeReadings),
            Deviations = [.. DeviceDeviations(data, options).Select(Rounded)],
        },
        _ => new Normalisation { Kind = Normalisation.None },
    };

    /// <summary>Indexes of the readings that are in the training part and no anomaly.</summary>
    public static IEnumerable<int> Normal(DeviceSeries device, double part) =>
        Enumerable.Range(0, Trainer.TrainedReadings(device, part)).Where(index => !device.Labels[index]);

    private static Normalisation Static(DataSet data, TrainOptions options)
    {
        var moments = Enumerable.Range(0, data.Features.Count)
            .Select(feature => Moments.Of(data.Devices.SelectMany(device => Values(data, device, options, feature))))
            .ToList();
        return new Normalisation
        {
            Kind = Normalisation.Static,
            Means = [.. moments.Select(m => Rounded(m.Mean))],
            Deviations = [.. moments.Select(m => Rounded(Math.Max(m.Deviation, SmallestDeviation)))],
        };
    }

    /// <summary>Half the usual deviation of a device: less would make the noise of a quiet or a young device look large.</summary>
    private static IEnumerable<double> DeviceDeviations(DataSet data, TrainOptions options) =>
        Enumerable.Range(0, data.Features.Count).Select(feature => Math.Max(
            0.5 * Statistics.Quantile(data.Devices.Select(device => Moments.Of(Values(data, device, options, feature)).Deviation), 0.5),
            SmallestDeviation));

    private static IEnumerable<double> Values(DataSet data, DeviceSeries device, TrainOptions options, int feature) =>
        Normal(device, options.TrainPart)
            .Select(index => (double)device.Values[index * data.Features.Count + feature])
            .Where(options.FeatureInfo.GetValueOrDefault(data.Features[feature]) is { } info ? info.IsPlausible : double.IsFinite);

    /// <summary>Seven digits, as people can read and compare them.</summary>
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private readonly record struct Moments(double Mean, double Deviation)
    {
        public static Moments Of(IEnumerable<double> values)
        {
            var (count, mean, squares) = (0L, 0.0, 0.0);
            foreach (var value in values)
            {
                count++;
                var difference = value - mean;
                mean += difference / count;
                squares += difference * (value - mean);
            }

            return new Moments(mean, count > 0 ? Math.Sqrt(squares / count) : 0);
        }
    }
}
