using EdgeModules.Hosting.Connectivity;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages.Batches;

namespace EdgeModules.Uplink;

/// <summary>The desired properties of the UplinkModule.</summary>
public sealed record UplinkSettings : ISettings<UplinkSettings>
{
    private const int LongestSeconds = 86_400;

    /// <summary>How long a message of the input <c>normal</c> waits for its batch at most, in seconds; 1 to 86400.</summary>
    public int NormalSeconds { get; init; } = 300;

    /// <summary>The same of the input <c>low</c>.</summary>
    public int LowSeconds { get; init; } = 1800;

    /// <summary>
    /// Metered units of 4 KB at which a batch is full, compressed; 1 to 63. Larger ones waste less of their last unit; smaller ones suit a poor line.
    /// </summary>
    public int BatchUnits { get; init; } = 32;

    /// <summary><c>gzip</c>, <c>brotli</c> or <c>none</c>.</summary>
    public BatchCompression Compression { get; init; } = BatchCompression.Gzip;

    /// <summary>By how much longer messages wait for their batch while the way to the cloud is degraded; 1 to 24.</summary>
    public int DegradedFactor { get; init; } = 4;

    /// <summary>
    /// What the batches that wait may take of the disk, in megabytes; 1 to 1000000. Beyond it the oldest are evicted, those of <c>low</c> first.
    /// </summary>
    public int MaxSpoolMegabytes { get; init; } = 1024;

    /// <summary>What the disk must have left, in megabytes; 1 to 1000000. Below it batches are evicted as if the spool were full.</summary>
    public int MinFreeDiskMegabytes { get; init; } = 64;

    /// <summary>Batches a second that are sent of the backlog, beside what is new; above 0 to 100.</summary>
    public double BacklogMessagesPerSecond { get; init; } = 5;

    /// <summary>Metered units that may be spent on a day (UTC), spread over it; 0 for no limit, to 1000000000.</summary>
    public long DailyMeteredUnits { get; init; }

    public ConnectivitySettings Connectivity { get; init; } = new();

    public void Validate(SettingErrors errors)
    {
        errors.Require(NormalSeconds is >= 1 and <= LongestSeconds, NormalSeconds, "1 to 86400");
        errors.Require(LowSeconds is >= 1 and <= LongestSeconds, LowSeconds, "1 to 86400");
        errors.Require(BatchUnits is >= 1 and <= 63, BatchUnits, "1 to 63");
        errors.Require(DegradedFactor is >= 1 and <= 24, DegradedFactor, "1 to 24");
        errors.Require(MaxSpoolMegabytes is >= 1 and <= 1_000_000, MaxSpoolMegabytes, "1 to 1000000");
        errors.Require(MinFreeDiskMegabytes is >= 1 and <= 1_000_000, MinFreeDiskMegabytes, "1 to 1000000");
        errors.Require(BacklogMessagesPerSecond is > 0 and <= 100, BacklogMessagesPerSecond, "above 0, at most 100");
        errors.Require(DailyMeteredUnits is >= 0 and <= 1_000_000_000, DailyMeteredUnits, "0 to 1000000000");
        Connectivity.Validate(errors.Below("connectivity"));
    }

    internal TimeSpan LongestWait(Lane lane, ConnectivityState state)
    {
        var seconds = lane == Lane.Normal ? NormalSeconds : LowSeconds;
        return TimeSpan.FromSeconds(state == ConnectivityState.Degraded ? seconds * DegradedFactor : seconds);
    }
}
