using EdgeModules.Hosting.Settings;

namespace EdgeModules.Sensing;

public enum SourceMode
{
    Replay,
    Synthetic,
}

public sealed record SensorSettings : ISettings<SensorSettings>
{
    public const int MaxBatchSize = 2_000;

    public SourceMode Mode { get; init; } = SourceMode.Replay;

    /// <summary>Readings in a message at most; 1 to 2000. A message also ends at <see cref="ReadingBuffer.MaxBodyBytes"/>.</summary>
    public int BatchSize { get; init; } = 1_000;

    /// <summary>How long the first due reading of a message waits for others, in milliseconds; 0 to 10000.</summary>
    public int LingerMilliseconds { get; init; } = 100;

    /// <summary>Where in the StateDirectory the faults are told that the data has; null for nowhere.</summary>
    public string? TruthFile { get; init; }

    /// <summary>Device id → metric → what is done to its values once, before they are sent. With any, messages carry <c>calibrated=true</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> Calibration { get; init; } = Sensing.Calibration.None;

    public ReplaySettings Replay { get; init; } = new();

    public SyntheticSettings Synthetic { get; init; } = new();

    /// <summary>How much faster than real time the readings of the chosen source go out; 0 is as fast as the hub takes them.</summary>
    internal double Speed => Mode == SourceMode.Replay ? Replay.Speed : Synthetic.Speed;

    public void Validate(SettingErrors errors)
    {
        errors.Require(Enum.IsDefined(Mode), Mode, "\"replay\" or \"synthetic\"");
        errors.Require(BatchSize is >= 1 and <= MaxBatchSize, BatchSize, "1 to 2000");
        errors.Require(LingerMilliseconds is >= 0 and <= 10_000, LingerMilliseconds, "0 to 10000");
        errors.Require(
            TruthFile is null || Faults.TruthFile.IsName(TruthFile), TruthFile,
            "a name of 1 to 100 letters, digits, \"-\" and \"_\", and \".jsonl\" behind it, such as \"truth.jsonl\"");
        Sensing.Calibration.Validate(Calibration, errors.Below("calibration"));
        Replay.Validate(errors.Below("replay"));
        Synthetic.Validate(errors.Below("synthetic"));
    }

    /// <summary>Whether a source opened with these settings also serves <paramref name="other"/>: everything is equal but the pace.</summary>
    internal bool HasSameSourceAs(SensorSettings other) => Mode == other.Mode && Sensing.Calibration.AreSame(Calibration, other.Calibration) && Mode switch
    {
        SourceMode.Replay => Replay with { Speed = 0 } == other.Replay with { Speed = 0 },
        _ => Synthetic with { Speed = 0 } == other.Synthetic with { Speed = 0 },
    };

    internal static bool IsSpeed(double speed) => speed is 0 or (>= 0.001 and <= 1_000_000);
}
