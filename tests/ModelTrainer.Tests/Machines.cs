using EdgeModules.ModelTrainer.Data;
using EdgeModules.ModelTrainer.Training;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Tests;

/// <summary>Machines with two sensors that move together, each at a level of its own.</summary>
internal static class Machines
{
    public static IReadOnlyList<string> Families { get; } = [ModelFamilies.Pca, ModelFamilies.LinearAutoencoder, ModelFamilies.MlpAutoencoder];

    public static DataSet Normal { get; } = Make(devices: 4, readings: 400);

    /// <summary>From reading 200 to 219 of the first machine the second sensor is far off.</summary>
    public static DataSet WithFault { get; } = Make(devices: 2, readings: 400, (device, reading) => device == 0 && reading is >= 200 and < 220);

    public static TrainOptions Options(string family) => new()
    {
        Name = "machines", Version = "1", Family = family, Window = 8, PeriodMs = 1_000, Components = 4, Epochs = 5, FalseAlarmRate = 0.01,
    };

    public static TrainedModel Train(string family) => Trainer.Train(Normal, Options(family));

    public static DataSet Make(int devices, int readings, Func<int, int, bool>? isFault = null)
    {
        var random = new Random(7);
        var series = Enumerable.Range(0, devices).Select(device =>
        {
            var values = new float[readings * 2];
            var labels = new bool[readings];
            for (var reading = 0; reading < readings; reading++)
            {
                var work = Math.Sin(reading / 10.0 + device);
                labels[reading] = isFault?.Invoke(device, reading) == true;
                values[reading * 2] = (float)(20 + device + 5 * work + 0.2 * random.NextDouble());
                values[reading * 2 + 1] = (float)(50 - 3 * work + 0.2 * random.NextDouble() + (labels[reading] ? 25 : 0));
            }

            return new DeviceSeries(
                $"machine-{device + 1}", [.. Enumerable.Range(1, readings)], [.. Enumerable.Range(0, readings).Select(n => n * 1_000L)], values, labels);
        });
        return new DataSet("machines.csv", new string('0', 64), ["temperature", "humidity"], [.. series], HasLabels: true);
    }
}
