using EdgeModules.Hosting.Settings;

namespace EdgeModules.Hosting.Connectivity;

/// <summary>How the way to the cloud is looked at, and what is made of it.</summary>
public sealed record ConnectivitySettings
{
    /// <summary>From one look to the next, in seconds; 5 to 3600.</summary>
    public int ProbeIntervalSeconds { get; init; } = 30;

    /// <summary>
    /// Host that is connected to by TLS when edgeHub's metrics page cannot be read; absent for the parent gateway of a nested device, else the IoT Hub.
    /// </summary>
    public string? ProbeHost { get; init; }

    /// <summary>1 to 65535.</summary>
    public int ProbePort { get; init; } = 443;

    /// <summary>Latency above which the way is degraded, in milliseconds; 1 to 60000.</summary>
    public int DegradedLatencyMs { get; init; } = 2000;

    /// <summary>Looks in a row over which edgeHub's queue for the cloud grows before the way is degraded; 1 to 100.</summary>
    public int DegradedAfterGrowths { get; init; } = 3;

    /// <summary>Failed looks in a row after which the way is offline; 1 to 100. Before that it is degraded.</summary>
    public int OfflineAfterFailures { get; init; } = 3;

    /// <summary>Good looks in a row after which the way is online again; 1 to 100.</summary>
    public int OnlineAfterSuccesses { get; init; } = 2;

    public void Validate(SettingErrors errors)
    {
        errors.Require(ProbeIntervalSeconds is >= 5 and <= 3600, ProbeIntervalSeconds, "5 to 3600");
        errors.Require(ProbeHost is null || Uri.CheckHostName(ProbeHost) != UriHostNameType.Unknown, ProbeHost, "the name or address of a host");
        errors.Require(ProbePort is >= 1 and <= 65_535, ProbePort, "1 to 65535");
        errors.Require(DegradedLatencyMs is >= 1 and <= 60_000, DegradedLatencyMs, "1 to 60000");
        errors.Require(DegradedAfterGrowths is >= 1 and <= 100, DegradedAfterGrowths, "1 to 100");
        errors.Require(OfflineAfterFailures is >= 1 and <= 100, OfflineAfterFailures, "1 to 100");
        errors.Require(OnlineAfterSuccesses is >= 1 and <= 100, OnlineAfterSuccesses, "1 to 100");
    }
}
