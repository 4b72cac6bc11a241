using EdgeModules.Hosting.Settings;

namespace EdgeModules.Sensing;

/// <summary>What is sent is the value × <see cref="Scale"/> + <see cref="Offset"/>.</summary>
public sealed record CalibrationLine
{
    /// <summary>Not 0; −1000000 to 1000000.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>In the unit of the metric; −1000000000 to 1000000000.</summary>
    public double Offset { get; init; }

    public double Apply(double value) => value * Scale + Offset;

    internal void Validate(SettingErrors errors)
    {
        errors.Require(Scale is not 0 and >= -1e6 and <= 1e6, Scale, "a number of -1000000 to 1000000 that is not 0");
        errors.Require(Offset is >= -1e9 and <= 1e9, Offset, "a number of -1000000000 to 1000000000");
    }
}

/// <summary>Device id → metric → line.</summary>
internal static class Calibration
{
    private const int MostCharacters = 128;

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> None { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, CalibrationLine>>();

    public static void Validate(IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> calibration, SettingErrors errors)
    {
        foreach (var (device, metrics) in calibration)
        {
            var key = SettingsBinder.EncodeId(device);
            if (device.Length is 0 or > MostCharacters) errors.Add(key, device, "of a device id of 1 to 128 characters");
            foreach (var (metric, line) in metrics)
            {
                var below = errors.Below(key);
                if (metric.Length is 0 or > MostCharacters) below.Add(SettingsBinder.EncodeId(metric), metric, "of a metric of 1 to 128 characters");
                line.Validate(below.Below(SettingsBinder.EncodeId(metric)));
            }
        }
    }

    public static bool AreSame(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> one,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> other) =>
        one.Count == other.Count && one.All(device => other.TryGetValue(device.Key, out var metrics)
            && metrics.Count == device.Value.Count && device.Value.All(metric => metrics.TryGetValue(metric.Key, out var line) && line == metric.Value));
}
