using System.Globalization;
using EdgeModules.Hosting.Settings;

namespace EdgeModules.Sensing;

/// <summary>Each rate is the share of readings that the fault touches, on average.</summary>
public sealed record FaultSettings
{
    /// <summary>One metric of one reading far off; 0 to 1.</summary>
    public double SpikeRate { get; init; }

    /// <summary>One metric of one reading is <c>"NaN"</c>; 0 to 1.</summary>
    public double NanRate { get; init; }

    /// <summary>A reading is sent twice, with the same timestamp; 0 to 1.</summary>
    public double DuplicateRate { get; init; }

    /// <summary>A reading is sent behind one to four later readings of its device; 0 to 1.</summary>
    public double OutOfOrderRate { get; init; }

    /// <summary>All metrics of a device stand still for a block of readings; 0 to 1.</summary>
    public double StuckRate { get; init; }

    /// <summary>One metric of a device runs away over a block of readings; 0 to 1.</summary>
    public double DriftRate { get; init; }

    /// <summary>A device is silent for a block of readings; 0 to 0.9.</summary>
    public double DropOutRate { get; init; }

    /// <summary>The timestamps of a device are off for a block of readings; 0 to 1.</summary>
    public double ClockSkewRate { get; init; }

    /// <summary>How far such timestamps are off at most, ahead or back, and half of it at least; seconds, 1 to 86400.</summary>
    public int ClockSkewSeconds { get; init; } = 300;

    /// <summary>Whether a position may have no reading, or two.</summary>
    internal bool ChangesCount => DropOutRate > 0 || DuplicateRate > 0;

    internal bool IsAny => this with { ClockSkewSeconds = 0 } != new FaultSettings { ClockSkewSeconds = 0 };

    /// <summary>Differs when the data does.</summary>
    internal string Identity => string.Join(' ', new[]
    {
        SpikeRate, NanRate, DuplicateRate, OutOfOrderRate, StuckRate, DriftRate, DropOutRate, ClockSkewRate, ClockSkewRate > 0 ? ClockSkewSeconds : 0,
    }.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    internal void Validate(SettingErrors errors)
    {
        const string rate = "0 to 1";
        errors.Require(SpikeRate is >= 0 and <= 1, SpikeRate, rate);
        errors.Require(NanRate is >= 0 and <= 1, NanRate, rate);
        errors.Require(DuplicateRate is >= 0 and <= 1, DuplicateRate, rate);
        errors.Require(OutOfOrderRate is >= 0 and <= 1, OutOfOrderRate, rate);
        errors.Require(StuckRate is >= 0 and <= 1, StuckRate, rate);
        errors.Require(DriftRate is >= 0 and <= 1, DriftRate, rate);
        errors.Require(DropOutRate is >= 0 and <= 0.9, DropOutRate, "0 to 0.9");
        errors.Require(ClockSkewRate is >= 0 and <= 1, ClockSkewRate, rate);
        errors.Require(ClockSkewSeconds is >= 1 and <= 86_400, ClockSkewSeconds, "1 to 86400");
        // What hits one reading, and what hits a block of them, hits it alone.
        errors.Require(
            !(SpikeRate + NanRate + DuplicateRate + OutOfOrderRate > 1), OutOfOrderRate,
            Together(("spikeRate", SpikeRate), ("nanRate", NanRate), ("duplicateRate", DuplicateRate)));
        errors.Require(
            !(StuckRate + DriftRate + DropOutRate + ClockSkewRate > 1), ClockSkewRate,
            Together(("stuckRate", StuckRate), ("driftRate", DriftRate), ("dropOutRate", DropOutRate)));
    }

    private static string Together((string Name, double Rate) first, (string Name, double Rate) second, (string Name, double Rate) third) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"at most 1 together with {first.Name} ({first.Rate}), {second.Name} ({second.Rate}) and {third.Name} ({third.Rate})");
}
