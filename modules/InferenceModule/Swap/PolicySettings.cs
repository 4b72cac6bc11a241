using System.Security.Cryptography;
using EdgeModules.Hosting.Settings;

namespace EdgeModules.Inference.Swap;

public enum SwapMode
{
    /// <summary>The candidate must do what the active model does: all rules.</summary>
    Equivalent,

    /// <summary>The candidate may judge otherwise: agreement and the shape of the scores do not count, and a person approves it by its sha.</summary>
    Improve,

    /// <summary>Admission and self-test only.</summary>
    Immediate,
}

/// <summary>What a candidate must show before and after it takes over: the desired property <c>policy</c>.</summary>
public sealed record PolicySettings
{
    public SwapMode Mode { get; init; } = SwapMode.Equivalent;

    /// <summary>ECDSA P-256, base64 of SubjectPublicKeyInfo. When set, a model must be signed with it.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Largest model; 1 to 67108864.</summary>
    public long MaxModelBytes { get; init; } = ModelSource.MostBytes;

    /// <summary>How long a download may take with all its retries, in hours; above 0, up to 720.</summary>
    public double DownloadHours { get; init; } = 24;

    /// <summary>Time at which a candidate is judged at the earliest; 0 to 43200.</summary>
    public double MinShadowMinutes { get; init; } = 60;

    /// <summary>Time at which a candidate without enough data, or without approval, is given up; up to 43200.</summary>
    public double MaxShadowMinutes { get; init; } = 1440;

    /// <summary>Blocks, windows that share no reading, at which a candidate is judged at the earliest; 1 to 1000000.</summary>
    public int MinBlocks { get; init; } = 150;

    /// <summary>Event time between two blocks of a device at least, in seconds; 0 to 86400. Neighbouring windows say almost the same.</summary>
    public double BlockSeconds { get; init; } = 60;

    /// <summary>Wilson's lower bound of the share of blocks with the same verdict; 0 to 1.</summary>
    public double MinAgreement { get; init; } = 0.90;

    /// <summary>The same share of any single device; 0 to 1.</summary>
    public double MinDeviceAgreement { get; init; } = 0.70;

    /// <summary>Blocks of a device from which on that share is looked at; 1 to 1000000.</summary>
    public int MinDeviceBlocks { get; init; } = 20;

    /// <summary>The candidate may be over the limit up to this many times as often as the active model, or as seldom; 1 or more.</summary>
    public double MaxAlertRatio { get; init; } = 2;

    /// <summary>A greater ratio is let pass when chance gives it at least this often (McNemar); 0 to 1.</summary>
    public double AlertSignificance { get; init; } = 0.01;

    /// <summary>Population stability index of the scores; above 0.</summary>
    public double MaxStabilityIndex { get; init; } = 0.25;

    /// <summary>Spearman's coefficient of the scores; -1 to 1.</summary>
    public double MinRankCorrelation { get; init; } = 0.7;

    /// <summary>Windows with an injected fault that both models must have been asked about; 1 to 100000.</summary>
    public int MinProbes { get; init; } = 50;

    /// <summary>The same for each feature; 1 to 10000.</summary>
    public int MinFeatureProbes { get; init; } = 20;

    /// <summary>Height of an injected fault in standard deviations; above 0, up to 100.</summary>
    public double ProbeDeviations { get; init; } = 6;

    /// <summary>How many injected faults fewer the candidate may find, in points; 0 to 100.</summary>
    public double MaxProbeLossPoints { get; init; } = 10;

    /// <summary>The same for those in any single feature: a model blind to one of many hides in the whole; 0 to 100.</summary>
    public double MaxFeatureProbeLossPoints { get; init; } = 25;

    /// <summary>The slowest call in a hundred, in milliseconds; above 0.</summary>
    public double MaxLatencyP99Ms { get; init; } = 10;

    /// <summary>The middle call may take this many times that of the active model; 1 or more.</summary>
    public double MaxLatencyRatio { get; init; } = 5;

    /// <summary>And this many milliseconds in any case; 0 or more.</summary>
    public double LatencyP50FloorMs { get; init; } = 1;

    /// <summary>Windows that the candidate may miss because it is behind, in percent; 0 to 100.</summary>
    public double MaxDropPercent { get; init; } = 5;

    /// <summary>Calls that may fail, in percent; 0 to 100. Three in a row may not in any case.</summary>
    public double MaxErrorPercent { get; init; } = 0.1;

    /// <summary>How long the model before goes along after the swap; 0 to 43200.</summary>
    public double ProbationMinutes { get; init; } = 60;

    /// <summary>In probation: over the limit this many times as often as the model before leads back to it; 1 or more.</summary>
    public double ProbationAlertRatio { get; init; } = 3;

    /// <summary>In probation: minutes in a row over the latency that lead back; 1 to 60.</summary>
    public int ProbationSlowMinutes { get; init; } = 3;

    public void Validate(SettingErrors errors)
    {
        errors.Require(PublicKey is null || IsKey(PublicKey), PublicKey, "an ECDSA key on the curve P-256, base64 of its SubjectPublicKeyInfo");
        errors.Require(MaxModelBytes is >= 1 and <= ModelSource.MostBytes, MaxModelBytes, "1 to 67108864");
        errors.Require(DownloadHours is > 0 and <= 720, DownloadHours, "above 0, up to 720");
        errors.Require(MinShadowMinutes is >= 0 and <= 43_200, MinShadowMinutes, "0 to 43200");
        errors.Require(MaxShadowMinutes >= MinShadowMinutes && MaxShadowMinutes <= 43_200, MaxShadowMinutes, $"minShadowMinutes ({MinShadowMinutes}) to 43200");
        errors.Require(MinBlocks is >= 1 and <= 1_000_000, MinBlocks, "1 to 1000000");
        errors.Require(BlockSeconds is >= 0 and <= 86_400, BlockSeconds, "0 to 86400");
        errors.Require(MinAgreement is >= 0 and <= 1, MinAgreement, "0 to 1");
        errors.Require(MinDeviceAgreement is >= 0 and <= 1, MinDeviceAgreement, "0 to 1");
        errors.Require(MinDeviceBlocks is >= 1 and <= 1_000_000, MinDeviceBlocks, "1 to 1000000");
        errors.Require(MaxAlertRatio >= 1, MaxAlertRatio, "1 or more");
        errors.Require(AlertSignificance is >= 0 and <= 1, AlertSignificance, "0 to 1");
        errors.Require(MaxStabilityIndex > 0, MaxStabilityIndex, "above 0");
        errors.Require(MinRankCorrelation is >= -1 and <= 1, MinRankCorrelation, "-1 to 1");
        errors.Require(MinProbes is >= 1 and <= 100_000, MinProbes, "1 to 100000");
        errors.Require(MinFeatureProbes is >= 1 and <= 10_000, MinFeatureProbes, "1 to 10000");
        errors.Require(ProbeDeviations is > 0 and <= 100, ProbeDeviations, "above 0, up to 100");
        errors.Require(MaxProbeLossPoints is >= 0 and <= 100, MaxProbeLossPoints, "0 to 100");
        errors.Require(MaxFeatureProbeLossPoints is >= 0 and <= 100, MaxFeatureProbeLossPoints, "0 to 100");
        errors.Require(MaxLatencyP99Ms > 0, MaxLatencyP99Ms, "above 0");
        errors.Require(MaxLatencyRatio >= 1, MaxLatencyRatio, "1 or more");
        errors.Require(LatencyP50FloorMs >= 0, LatencyP50FloorMs, "0 or more");
        errors.Require(MaxDropPercent is >= 0 and <= 100, MaxDropPercent, "0 to 100");
        errors.Require(MaxErrorPercent is >= 0 and <= 100, MaxErrorPercent, "0 to 100");
        errors.Require(ProbationMinutes is >= 0 and <= 43_200, ProbationMinutes, "0 to 43200");
        errors.Require(ProbationAlertRatio >= 1, ProbationAlertRatio, "1 or more");
        errors.Require(ProbationSlowMinutes is >= 1 and <= 60, ProbationSlowMinutes, "1 to 60");
    }

    private static bool IsKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
