using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests.Swap.Kills;

/// <summary>How a swap goes from the first model to the end: what the windows are like, and what an operator does.</summary>
/// <param name="Candidate">The file of the second model.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Decisions">What has been reported by then.</param>
internal sealed record SwapStory(string Name, byte[] Candidate, PolicySettings Policy, SwapPhase End, string[] Decisions)
{
    public static readonly byte[] First = TinyModel.Bytes(TinyModel.Manifest());

    private static readonly PolicySettings Quick = new()
    {
        MinShadowMinutes = 1, MaxShadowMinutes = 30, MinBlocks = 20, BlockSeconds = 0, MinProbes = 10, MinFeatureProbes = 4, ProbationMinutes = 5,
        // The clock is moved by hand, also while a call is in a model.
        MaxLatencyP99Ms = 1e9, LatencyP50FloorMs = 1e9,
    };

    public static SwapStory Promoted { get; } = new(
        "promoted", TinyModel.Bytes(TinyModel.Manifest() with { Version = "2" }), Quick, SwapPhase.Promoted, ["promoting", "promoted"]);

    /// <summary>As <see cref="Promoted"/>, but an operator must approve it, and lets it wait.</summary>
    public static SwapStory Approved { get; } = Promoted with { Name = "approved", Policy = Quick with { Mode = SwapMode.Improve } };

    /// <summary>It alarms at every window.</summary>
    public static SwapStory Rejected { get; } = new(
        "rejected", TinyModel.Bytes(TinyModel.Manifest() with { Version = "2", Limit = 0.05 }), Quick, SwapPhase.Rejected, ["rejected"]);

    /// <summary>Its limit is lower, which shows only with windows that come in probation.</summary>
    public static SwapStory RolledBack { get; } = new(
        "rolled back", TinyModel.Bytes(TinyModel.Manifest() with { Version = "2", Limit = 0.7 }), Quick, SwapPhase.RolledBack, ["promoting", "rolledBack"]);

    /// <summary>An operator takes it back.</summary>
    public static SwapStory TakenBack { get; } = Promoted with { Name = "taken back", End = SwapPhase.RolledBack, Decisions = ["promoting", "rolledBack"] };

    public static string FirstSha256 => TinyModel.Sha256(First);

    public string CandidateSha256 => TinyModel.Sha256(Candidate);

    public string LastSha256 => End == SwapPhase.Promoted ? CandidateSha256 : FirstSha256;

    /// <summary>Values of a window from 0 to this: up to 0.5 the score is about 0.5, at 1.6 about 0.76.</summary>
    public double ScaleIn(SwapPhase phase) => this == RolledBack && phase == SwapPhase.Probation ? 1.6 : 0.5;

    /// <summary>What the operator calls now; null for nothing.</summary>
    public MethodRequest? CallIn(ModelSwap swap, DateTimeOffset now)
    {
        if (Name == Approved.Name && swap.Report(now).Value<bool?>("awaitsApproval") == true) return Call("approve");
        return Name == TakenBack.Name && swap.Phase == SwapPhase.Probation ? Call("rollback") : null;
    }

    public override string ToString() => Name;

    private MethodRequest Call(string method) => new(method, new JObject { ["sha256"] = CandidateSha256 });
}
