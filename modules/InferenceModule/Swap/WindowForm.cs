using EdgeModules.Models;

namespace EdgeModules.Inference.Swap;

/// <summary>
/// Makes of a window as the active model had it the same window as another model must have it. A baseline of each device's own cannot be made of one window,
/// so models with such a normalisation are compared only when both have the same.
/// </summary>
public sealed class WindowForm
{
    private readonly ModelManifest _other;
    private readonly bool _isSame;

    /// <exception cref="ModelLoadException">The windows of the two cannot be compared.</exception>
    public WindowForm(ModelManifest seen, ModelManifest other)
    {
        if (WhyNot(seen, other) is { } reason) throw new ModelLoadException(reason);
        _other = other;
        _isSame = IsSame(seen.Normalisation, other.Normalisation);
    }

    public int Features => _other.Features.Count;

    /// <summary>Whether <see cref="Apply"/> looks at the readings as measured.</summary>
    public bool NeedsRaw => !_isSame;

    public int Length => _other.WindowLength;

    /// <returns>A sentence, or null when the two can be compared.</returns>
    public static string? WhyNot(ModelManifest seen, ModelManifest other)
    {
        var names = other.Features.Select(feature => feature.Name).ToList();
        var seenNames = seen.Features.Select(feature => feature.Name).ToList();
        if (!names.SequenceEqual(seenNames, StringComparer.Ordinal))
            return $"features are {string.Join(", ", names)}; they must be those of the active model in its order ({string.Join(", ", seenNames)}).";
        if (other.Window.Size != seen.Window.Size) return $"window.size is {other.Window.Size}; it must be that of the active model ({seen.Window.Size}).";
        if (other.Normalisation.Kind != Normalisation.Ewma || IsSame(seen.Normalisation, other.Normalisation)) return null;
        return "normalisation is ewma; to be compared it must equal that of the active model in kind, halfLifeReadings, freezeReadings and deviations, "
            + "since the baselines of the devices belong to the active model. Use the mode immediate to change it.";
    }

    public void Apply(ReadOnlySpan<float> raw, ReadOnlySpan<float> normalised, Span<float> target)
    {
        if (_isSame) normalised.CopyTo(target);
        else _other.Normalisation.Apply(raw, target, Features);
    }

    private static bool IsSame(Normalisation one, Normalisation other) =>
        one.Kind == other.Kind && one.HalfLifeReadings == other.HalfLifeReadings && one.FreezeReadings == other.FreezeReadings
        && AreSame(one.Means, other.Means) && AreSame(one.Deviations, other.Deviations);

    private static bool AreSame(IReadOnlyList<double>? one, IReadOnlyList<double>? other) =>
        one is null || other is null ? one is null && other is null : one.SequenceEqual(other);
}
