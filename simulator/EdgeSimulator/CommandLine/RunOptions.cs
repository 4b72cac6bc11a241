using EdgeSimulator.Hub;

namespace EdgeSimulator.CommandLine;

/// <summary>What the user asked of <c>run</c>; files and directories as typed.</summary>
public sealed record RunOptions
{
    public const int DefaultApiPort = 9580;

    /// <summary>Beside 9600, where a module that runs in a debugger has its page.</summary>
    public const int DefaultMetricsPort = 9601;

    public string? Manifest { get; init; }
    /// <summary>Layered deployments over the manifest.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];
    public string? EnvironmentFile { get; init; }
    public string? Data { get; init; }
    /// <summary>Times real time; 0 means as fast as the hub takes it.</summary>
    public double? Speed { get; init; }
    public int? Devices { get; init; }
    public TimeSpan? Duration { get; init; }
    public string? Report { get; init; }
    /// <summary>Times since the start during which the cloud cannot be reached.</summary>
    public IReadOnlyList<OfflinePeriod> Offline { get; init; } = [];
    /// <summary>Null: the cloud does not come and go.</summary>
    public Flapping? Flap { get; init; }
    public UpstreamQuality Quality { get; init; } = UpstreamQuality.Good;
    /// <summary>Decides which calls to the cloud are lost.</summary>
    public int Seed { get; init; } = 1;
    public string? State { get; init; }
    public int HubPort { get; init; } = 8883;
    public int HttpsPort { get; init; } = 8443;
    public int ApiPort { get; init; } = DefaultApiPort;
    /// <summary>0: no page.</summary>
    public int MetricsPort { get; init; } = DefaultMetricsPort;
    /// <summary>0: any free one; null: the usual one, or any when that is taken.</summary>
    public int? ModelsPort { get; init; }
    /// <summary>As <see cref="ModelsPort"/>.</summary>
    public int? ProbePort { get; init; }
    public bool HubOnly { get; init; }
    /// <summary>Play the story of a model swap, and end with it.</summary>
    public bool Tour { get; init; }
    /// <summary>First timestamp of the data: Unix milliseconds, or ISO 8601.</summary>
    public string? Epoch { get; init; }
    /// <summary>The first wait before a restart; it doubles with each.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary><c>MODULE.path=value</c>: desired properties over those of the manifest.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];
    public bool Verbose { get; init; }
}

/// <param name="From">Since the start of the run.</param>
public sealed record OfflinePeriod(TimeSpan From, TimeSpan To)
{
    public bool Contains(TimeSpan elapsed) => From <= elapsed && elapsed < To;
}

/// <summary>The cloud comes and goes by turns, up first.</summary>
public sealed record Flapping(TimeSpan Up, TimeSpan Down)
{
    public bool IsDown(TimeSpan elapsed) => elapsed.Ticks % (Up + Down).Ticks >= Up.Ticks;
}
