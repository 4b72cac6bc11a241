using EdgeSimulator.CommandLine;

namespace EdgeSimulator.Soak;

/// <summary>What the user asked of <c>soak</c>; files and directories as typed.</summary>
internal sealed record SoakOptions
{
    public required int Seed { get; init; }
    /// <summary>How long faults are injected, and how long data comes; the end comes on top.</summary>
    public required TimeSpan Length { get; init; }
    /// <summary>Faults go on beyond <see cref="Length"/> until each has come so often.</summary>
    public int Rounds { get; init; }
    public required IReadOnlyList<FaultKind> Faults { get; init; }
    /// <summary>Each gives a reading a second.</summary>
    public required int Devices { get; init; }
    /// <summary>No fault lasts longer.</summary>
    public TimeSpan LongestFault { get; init; } = TimeSpan.FromSeconds(90);
    public string? Manifest { get; init; }
    public string? State { get; init; }
    public string? Report { get; init; }
    public int HubPort { get; init; } = 8883;
    public int HttpsPort { get; init; } = 8443;
    public int ApiPort { get; init; } = RunOptions.DefaultApiPort;

    /// <summary>The readings of all devices; the source ends with them.</summary>
    public long Readings => (long)(Devices * Length.TotalSeconds);

    /// <summary>What makes the same suite in each process of the simulator.</summary>
    public IReadOnlyList<string> RunArguments(string manifest, string state) =>
        [
            "--manifest", manifest, "--state", state, "--devices", $"{Devices}", "--set", $"{Manifests.TwinOverrides.Source}.synthetic.readings={Readings}",
            "--hub-port", $"{HubPort}", "--https-port", $"{HttpsPort}", "--api-port", $"{ApiPort}",
            "--metrics-port", "0", "--models-port", "0", "--probe-port", "0",
        ];
}
