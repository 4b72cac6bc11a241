using EdgeModules.Hosting.Settings;
using EdgeModules.Inference.Swap;
using EdgeModules.Models;

namespace EdgeModules.Inference;

/// <summary>What becomes of a reading that lacks a value of a feature, or whose value is not plausible.</summary>
public enum MissingPolicy
{
    /// <summary>The value of the reading before stands in, for a few readings in a row; after that the ring starts anew.</summary>
    Hold,

    /// <summary>The reading is left out of the ring.</summary>
    Skip,

    /// <summary>It is left out, and the ring starts anew.</summary>
    Reset,
}

/// <summary>What becomes of a ring after a gap.</summary>
public enum GapPolicy
{
    /// <summary>It starts anew: a window never has a gap in it.</summary>
    Reset,

    /// <summary>It goes on as if there had been none.</summary>
    Continue,
}

/// <summary>The desired properties of the InferenceModule.</summary>
public sealed record InferenceSettings : ISettings<InferenceSettings>
{
    private const int MostMilliseconds = 604_800_000;

    /// <summary>The model to begin with: it scores as long as no candidate has taken its place.</summary>
    public ModelSource Active { get; init; } = new();

    /// <summary>The model that is to take the active one's place once it has proved itself.</summary>
    public ModelSource Candidate { get; init; } = new();

    /// <summary>What a candidate must show.</summary>
    public PolicySettings Policy { get; init; } = new();

    /// <summary>What an operator wants done about a model, once.</summary>
    public SwapCommand Command { get; init; } = new();

    /// <summary>Readings in a window, 1 to 1024: a model with another size is refused. Null for what the model has.</summary>
    public int? WindowSize { get; init; }

    /// <summary>The metrics that a model may look at, in its order: a model with others is refused. Null for what the model has.</summary>
    public FeatureNames? Features { get; init; }

    /// <summary>Every so manieth reading of a device gives a window, once its ring is full; 1 to 1000.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// Event time between two readings of a device above which there is a gap, in ms; 0 to 604800000, 0 for no limit. Null for five of the model's sample
    /// periods.
    /// </summary>
    public int? MaxGapMs { get; init; }

    public GapPolicy Gaps { get; init; } = GapPolicy.Reset;

    public MissingPolicy Missing { get; init; } = MissingPolicy.Hold;

    /// <summary>With <see cref="MissingPolicy.Hold"/>: readings in a row of which a value may be held, 1 to 1000.</summary>
    public int HoldReadings { get; init; } = 3;

    /// <summary>Devices that have a ring, 1 to 1000000; beyond it the one unseen for longest is forgotten.</summary>
    public int MaxDevices { get; init; } = 50_000;

    /// <summary>Memory for all rings together in MB, 1 to 4096: with wide windows it bounds the devices before <see cref="MaxDevices"/> does.</summary>
    public int MaxRingMegabytes { get; init; } = 64;

    /// <summary>Event time after which a device's score is sent though it did not cross the limit, in seconds; 0 to 86400, 0 for never.</summary>
    public int ScoreIntervalSeconds { get; init; } = 60;

    /// <summary>Whether readings that cannot be used go to the output <c>invalid</c>; they are counted in any case.</summary>
    public bool EmitInvalid { get; init; }

    public void Validate(SettingErrors errors)
    {
        Active.Validate(errors.Below("active"));
        Candidate.Validate(errors.Below("candidate"));
        Policy.Validate(errors.Below("policy"));
        Command.Validate(errors.Below("command"));
        errors.Require(WindowSize is null or (>= 1 and <= 1024), WindowSize, "1 to 1024, or absent");
        errors.Require(Stride is >= 1 and <= 1000, Stride, "1 to 1000");
        errors.Require(MaxGapMs is null or (>= 0 and <= MostMilliseconds), MaxGapMs, "0 to 604800000, or absent");
        errors.Require(HoldReadings is >= 1 and <= 1000, HoldReadings, "1 to 1000");
        errors.Require(MaxDevices is >= 1 and <= 1_000_000, MaxDevices, "1 to 1000000");
        errors.Require(MaxRingMegabytes is >= 1 and <= 4096, MaxRingMegabytes, "1 to 4096");
        errors.Require(ScoreIntervalSeconds is >= 0 and <= 86_400, ScoreIntervalSeconds, "0 to 86400");
    }

    /// <summary>The longest time between two rows of a ring, in milliseconds; null for no limit.</summary>
    internal long? LongestGap(long samplePeriodMs)
    {
        var longest = MaxGapMs ?? 5 * samplePeriodMs;
        return longest == 0 ? null : longest;
    }

    /// <returns>Where a model is not what <see cref="WindowSize"/> and <see cref="Features"/> want: sentences.</returns>
    internal IReadOnlyList<string> Misfits(ModelManifest manifest)
    {
        var misfits = new List<string>();
        if (WindowSize is { } size && size != manifest.Window.Size)
            misfits.Add($"The model's window has {manifest.Window.Size} readings; the setting windowSize says {size}.");
        var names = manifest.Features.Select(feature => feature.Name);
        if (Features is { } features && !features.Names.SequenceEqual(names))
            misfits.Add($"The model's features are {string.Join(", ", names)}; the setting features says {string.Join(", ", features.Names)}.");
        return misfits;
    }
}
