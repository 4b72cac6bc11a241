namespace EdgeModules.Inference.Swap;

/// <summary>What the comparison of two models says at one moment. Live is the model whose scores go out; shadow the one that goes along.</summary>
public sealed record ComparisonSnapshot
{
    /// <summary>Windows that the shadow model has scored, or failed at.</summary>
    public long Windows { get; init; }

    /// <summary>Windows that found no room in the queue.</summary>
    public long Dropped { get; init; }

    /// <summary>Windows whose call failed.</summary>
    public long Errors { get; init; }

    /// <summary>Blocks: windows that share no reading, with the verdicts of both.</summary>
    public long Blocks { get; init; }

    public long Agreed { get; init; }

    /// <summary>Blocks over the limit for the live model only.</summary>
    public long OnlyLive { get; init; }

    /// <summary>Blocks over the limit for the shadow model only.</summary>
    public long OnlyShadow { get; init; }

    public long Both { get; init; }

    public int Devices { get; init; }

    /// <summary>Those that agree least, of those with enough blocks; the worst first.</summary>
    public IReadOnlyList<DeviceAgreement> WorstDevices { get; init; } = [];

    public double StabilityIndex { get; init; }

    public double RankCorrelation { get; init; }

    public IReadOnlyList<long> LiveScores { get; init; } = [];

    public IReadOnlyList<long> ShadowScores { get; init; } = [];

    /// <summary>Names, in the model's order.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>By feature.</summary>
    public IReadOnlyList<ProbeCount> Probes { get; init; } = [];

    public double LiveP50Ms { get; init; }

    public double ShadowP50Ms { get; init; }

    public double ShadowP99Ms { get; init; }

    /// <summary>Why the shadow model can go on no longer: a sentence, or null.</summary>
    public string? Fatal { get; init; }
}
