using EdgeModules.Hosting.Settings;

namespace EdgeModules.Aggregation;

/// <summary>What becomes of a reading whose window has closed.</summary>
public enum LateReadings
{
    /// <summary>It goes to the output <c>late</c>.</summary>
    Drop,

    /// <summary>Its window is summed up and sent again, as long as it is remembered.</summary>
    Revise,
}

/// <summary>The desired properties of the AggregatorModule.</summary>
public sealed record AggregatorSettings : ISettings<AggregatorSettings>
{
    /// <summary>Length of a device's windows in seconds; 1 to 86400. Windows start on the UTC epoch grid.</summary>
    public int WindowSeconds { get; init; } = 60;

    /// <summary>How far a reading may be behind the newest of its device and still be in time, in seconds; 0 to 86400.</summary>
    public int AllowedLatenessSeconds { get; init; } = 5;

    /// <summary>Clock time without any reading of a device after which its windows close, in seconds; 1 to 86400.</summary>
    public int IdleSeconds { get; init; } = 90;

    /// <summary>Length of a zone's windows in seconds, a multiple of <see cref="WindowSeconds"/> up to 86400; 0 for no zone summaries.</summary>
    public int ZoneWindowSeconds { get; init; } = 300;

    /// <summary>Whether a zone's summary tells of each device too.</summary>
    public bool ZoneDevices { get; init; } = true;

    /// <summary>How long the first closed summary waits for others of its message, in seconds; 0 to 60.</summary>
    public double LingerSeconds { get; init; } = 1;

    public LateReadings LateReadings { get; init; } = LateReadings.Drop;

    /// <summary>How long a closed window can be revised, in seconds of event time; 1 to 86400.</summary>
    public int ReviseSeconds { get; init; } = 300;

    /// <summary>A reading further ahead of its device's newest, in seconds, is put aside until others confirm it; 1 to 604800.</summary>
    public int MaxFutureSeconds { get; init; } = 3600;

    /// <summary>What a summary has beside min, max, avg and count.</summary>
    public StatisticsSettings Statistics { get; init; } = new();

    /// <summary>How far p50, p95 and p99 may be off, in percent of the value; 0.1 to 20.</summary>
    public double RelativeErrorPercent { get; init; } = 1;

    /// <summary>Devices that are remembered; 1 to 1000000.</summary>
    public int MaxDevices { get; init; } = 50_000;

    /// <summary>Windows that are remembered, of all devices together, open or to be revised; 1 to 1000000.</summary>
    public int MaxOpenWindows { get; init; } = 100_000;

    /// <summary>Whether readings that cannot be used go to the output <c>invalid</c>; they are counted in any case.</summary>
    public bool EmitInvalid { get; init; }

    public void Validate(SettingErrors errors)
    {
        errors.Require(WindowSeconds is >= 1 and <= 86_400, WindowSeconds, "1 to 86400");
        errors.Require(AllowedLatenessSeconds is >= 0 and <= 86_400, AllowedLatenessSeconds, "0 to 86400");
        errors.Require(IdleSeconds is >= 1 and <= 86_400, IdleSeconds, "1 to 86400");
        var isWhole = WindowSeconds >= 1 && ZoneWindowSeconds % WindowSeconds == 0;
        errors.Require(ZoneWindowSeconds is >= 0 and <= 86_400 && isWhole, ZoneWindowSeconds, $"0, or a multiple of windowSeconds ({WindowSeconds}) up to 86400");
        errors.Require(LingerSeconds is >= 0 and <= 60, LingerSeconds, "0 to 60");
        errors.Require(ReviseSeconds is >= 1 and <= 86_400, ReviseSeconds, "1 to 86400");
        errors.Require(MaxFutureSeconds is >= 1 and <= 604_800, MaxFutureSeconds, "1 to 604800");
        errors.Require(RelativeErrorPercent is >= 0.1 and <= 20, RelativeErrorPercent, "0.1 to 20");
        errors.Require(MaxDevices is >= 1 and <= 1_000_000, MaxDevices, "1 to 1000000");
        errors.Require(MaxOpenWindows is >= 1 and <= 1_000_000, MaxOpenWindows, "1 to 1000000");
    }

    internal long WindowLength => WindowSeconds * 1000L;

    internal long ZoneWindowLength => ZoneWindowSeconds * 1000L;

    internal long Lateness => AllowedLatenessSeconds * 1000L;

    internal bool Revises => LateReadings == LateReadings.Revise;

    /// <summary>The error of the quantile sketch in thousandths of a percent; 0 when nothing asks for one.</summary>
    internal int SketchError => Statistics.NeedsSketch ? (int)Math.Round(RelativeErrorPercent * 1000) : 0;
}

/// <summary>What a summary of a metric has beside <c>min</c>, <c>max</c>, <c>avg</c> and <c>count</c>.</summary>
public sealed record StatisticsSettings
{
    /// <summary>Of the sample: the divisor is one less than the count; 0 for a single reading.</summary>
    public bool Stddev { get; init; }

    /// <summary>The value with the smallest timestamp; of devices only.</summary>
    public bool First { get; init; }

    /// <summary>The value with the largest timestamp; of devices only.</summary>
    public bool Last { get; init; }

    public bool P50 { get; init; }

    public bool P95 { get; init; }

    public bool P99 { get; init; }

    internal bool NeedsSketch => P50 || P95 || P99;
}
