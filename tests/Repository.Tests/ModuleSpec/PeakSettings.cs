using EdgeModules.Hosting.Settings;

namespace EdgeModules.Peaking;

public sealed record PeakSettings : ISettings<PeakSettings>
{
    /// <summary>The metric that is watched.</summary>
    public string Metric { get; init; } = "temperature";

    /// <summary>How far above the highest value a reading must be to pass, in the metric's unit; 0 to 1000000.</summary>
    public double MinRise { get; init; } = 1;

    /// <summary>Devices that are remembered, 1 to 1000000; beyond it the one unseen for longest is forgotten.</summary>
    public int MaxDevices { get; init; } = 10_000;

    public void Validate(SettingErrors errors)
    {
        errors.Require(Metric.Length is >= 1 and <= 128, Metric, "1 to 128 characters");
        errors.Require(MinRise is >= 0 and <= 1_000_000, MinRise, "0 to 1000000");
        errors.Require(MaxDevices is >= 1 and <= 1_000_000, MaxDevices, "1 to 1000000");
    }
}
