using EdgeModules.Hosting.Settings;

namespace EdgeModules.Sensing;

public sealed record ReplaySettings
{
    /// <summary>A CSV file with a header; relative to the working directory, or absolute.</summary>
    public string File { get; init; } = "data/sensor-network.csv";

    /// <summary>Time between two readings of one device, in seconds; 0.001 to 86400. Used when the file has no column <c>timestamp</c>.</summary>
    public double IntervalSeconds { get; init; } = 5;

    /// <summary>1 is real time; 0.001 to 1000000, or 0: as fast as the hub takes the readings.</summary>
    public double Speed { get; init; } = 60;

    /// <summary>Start again at the end, without end.</summary>
    public bool Loop { get; init; }

    /// <summary>Send the timestamps of the file unshifted.</summary>
    public bool KeepTimestamps { get; init; }

    /// <summary>The shift of the timestamps is computed from this time, not from that of the start, so that two runs give the same ones.</summary>
    public Epoch? Epoch { get; init; }

    /// <summary>Equal seeds give equal faults.</summary>
    public long Seed { get; init; } = 1;

    public FaultSettings Faults { get; init; } = new();

    internal void Validate(SettingErrors errors)
    {
        errors.Require(!string.IsNullOrWhiteSpace(File) && File.Length <= 1_024 && !File.Contains('\0'), File, "the path of a CSV file, at most 1024 characters");
        errors.Require(!IsOfTheSystem(File), File, "a file of data, not one of /proc, /sys or /dev");
        errors.Require(IntervalSeconds is >= 0.001 and <= 86_400, IntervalSeconds, "0.001 to 86400");
        errors.Require(SensorSettings.IsSpeed(Speed), Speed, "0.001 to 1000000, or 0 for as fast as the hub takes the readings");
        errors.Require(Epoch is null || !KeepTimestamps, KeepTimestamps, "false when there is an epoch");
        Faults.Validate(errors.Below("faults"));
    }

    /// <summary>What such a file holds, the environment of the process for instance, would be told in errors or sent as readings.</summary>
    private static bool IsOfTheSystem(string file) =>
        file.Length > 0 && !file.Contains('\0')
        && Array.Exists(["/proc/", "/sys/", "/dev/"], folder => Path.GetFullPath(file).StartsWith(folder, StringComparison.Ordinal));
}
