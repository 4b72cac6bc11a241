namespace EdgeModules.Inference;

/// <summary>
/// What a candidate sees of the work of the active model: every due window with its answer, on the module's loop. A call must not block, and copies what it
/// keeps.
/// </summary>
public interface IShadowTap
{
    /// <summary>Asked before each batch: false spares the copies.</summary>
    bool Wants { get; }

    void Offer(in ScoredWindow window);
}

/// <summary>A window and the active model's answer; valid during the call.</summary>
/// <param name="deviceId">Whose window it is.</param>
/// <param name="timestamp">Of the newest reading, Unix milliseconds.</param>
/// <param name="score">Finite, 0 to 1.</param>
/// <param name="raw">Row by row with the oldest first, as measured.</param>
/// <param name="normalised">The same as the active model saw it.</param>
/// <param name="contributions">One share a feature; empty when the active model gives none.</param>
public readonly ref struct ScoredWindow(
    string deviceId, long timestamp, float score, ReadOnlySpan<float> raw, ReadOnlySpan<float> normalised, ReadOnlySpan<float> contributions)
{
    public string DeviceId { get; } = deviceId;

    public long Timestamp { get; } = timestamp;

    public float Score { get; } = score;

    public ReadOnlySpan<float> Raw { get; } = raw;

    public ReadOnlySpan<float> Normalised { get; } = normalised;

    public ReadOnlySpan<float> Contributions { get; } = contributions;
}
