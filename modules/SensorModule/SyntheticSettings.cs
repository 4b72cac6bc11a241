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

    public FaultSettings Faults { get; init; } = new();

    internal void Validate(SettingErrors errors)
    {
        errors.Require(Devices is >= 1 and <= 1_000_000, Devices, "1 to 1000000");
        errors.Require(Zones is >= 1 and <= 10_000, Zones, "1 to 10000");
        errors.Require(IntervalSeconds is >= 0.001 and <= 86_400, IntervalSeconds, "0.001 to 86400");
        errors.Require(SensorSettings.IsSpeed(Speed), Speed, "0.001 to 1000000, or 0 for as fast as the hub takes the readings");
        errors.Require(Readings is >= 0 and <= 1_000_000_000_000, Readings, "0 (endless) to 1000000000000");
        Faults.Validate(errors.Below("faults"));
    }
}

/// <summary>Each rate is the share of readings that the fault touches, on average.</summary>
public sealed record FaultSettings
{
    /// <summary>One metric of one reading far off; 0 to 1.</summary>
    public double SpikeRate { get; init; }

    /// <summary>All metrics of a device stand still for a block of readings; 0 to 1.</summary>
    public double StuckRate { get; init; }

    /// <summary>One metric of a device runs away over a block of readings; 0 to 1.</summary>
    public double DriftRate { get; init; }

    /// <summary>A device is silent for a block of readings; 0 to 0.9.</summary>
    public double DropOutRate { get; init; }

    /// <summary>One metric of one reading is <c>"NaN"</c>; 0 to 1.</summary>
    public double NanRate { get; init; }

    internal void Validate(SettingErrors errors)
    {
        const string rate = "0 to 1";
        errors.Require(SpikeRate is >= 0 and <= 1, SpikeRate, rate);
        errors.Require(StuckRate is >= 0 and <= 1, StuckRate, rate);
        errors.Require(DriftRate is >= 0 and <= 1, DriftRate, rate);
        errors.Require(DropOutRate is >= 0 and <= 0.9, DropOutRate, "0 to 0.9");
        errors.Require(NanRate is >= 0 and <= 1, NanRate, rate);
        errors.Require(!(SpikeRate + NanRate > 1), NanRate, $"at most 1 together with spikeRate ({SpikeRate})");
        errors.Require(!(StuckRate + DriftRate + DropOutRate > 1), DropOutRate, $"at most 1 together with stuckRate ({StuckRate}) and driftRate ({DriftRate})");
    }
}
