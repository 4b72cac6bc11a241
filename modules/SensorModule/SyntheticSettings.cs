using EdgeModules.Hosting.Settings;

namespace EdgeModules.Sensing;

public sealed record SyntheticSettings
{
    /// <summary>1 to 1000000.</summary>
    public int Devices { get; init; } = 100;

    /// <summary>1 to 10000; device <c>i</c> stands in zone <c>i mod zones</c>.</summary>
    public int Zones { get; init; } = 4;

    /// <summary>Time between two readings of one device, in seconds; 0.001 to 86400.</summary>
    public double IntervalSeconds { get; init; } = 1;

    /// <summary>1 is real time; 0.001 to 1000000, or 0: as fast as the hub takes the readings.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Equal seeds give equal values.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The time of the first reading; null is the time of the start.</summary>
    public Epoch? Epoch { get; init; }

    /// <summary>Readings after which the source ends, those lost by drop-out included; 0 is endless.</summary>
    public long Readings { get; init; }

    /// <summary>Length of a machine's work cycle in seconds, on average; 10 to 86400, or 0 for machines that stand still.</summary>
    public double CycleSeconds { get; init; } = 600;

    /// <summary>How much the metrics follow the work cycle and the day: 1 is as the README's table has it; 0 to 100.</summary>
    public double Amplitude { get; init; } = 1;

    /// <summary>How much they scatter from reading to reading: 1 is as the README's table has it; 0 to 100.</summary>
    public double Noise { get; init; } = 1;

    public FaultSettings Faults { get; init; } = new();

    internal void Validate(SettingErrors errors)
    {
        errors.Require(Devices is >= 1 and <= 1_000_000, Devices, "1 to 1000000");
        errors.Require(Zones is >= 1 and <= 10_000, Zones, "1 to 10000");
        errors.Require(IntervalSeconds is >= 0.001 and <= 86_400, IntervalSeconds, "0.001 to 86400");
        errors.Require(SensorSettings.IsSpeed(Speed), Speed, "0.001 to 1000000, or 0 for as fast as the hub takes the readings");
        errors.Require(Readings is >= 0 and <= 1_000_000_000_000, Readings, "0 (endless) to 1000000000000");
        errors.Require(CycleSeconds is 0 or (>= 10 and <= 86_400), CycleSeconds, "10 to 86400, or 0 for machines that stand still");
        errors.Require(Amplitude is >= 0 and <= 100, Amplitude, "0 to 100");
        errors.Require(Noise is >= 0 and <= 100, Noise, "0 to 100");
        Faults.Validate(errors.Below("faults"));
    }
}
