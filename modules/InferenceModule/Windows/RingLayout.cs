using EdgeModules.Models;

namespace EdgeModules.Inference.Windows;

/// <summary>What the rings hold: a row of values a reading, so many rows a device.</summary>
/// <param name="Names">Of the metrics that make a row, in the model's order.</param>
/// <param name="Size">Rows.</param>
/// <param name="Ewma">With <see cref="Normalisation.Ewma"/>: values are normalised as they come, so the rings hold both.</param>
internal sealed record RingLayout(IReadOnlyList<string> Names, int Size, Normalisation? Ewma)
{
    public int Features => Names.Count;

    /// <summary>Values of one window.</summary>
    public int Length => Names.Count * Size;

    /// <summary>Memory that one device takes.</summary>
    public long BytesOfADevice =>
        (long)Length * sizeof(float) * (Ewma is null ? 1 : 2) + (long)Size * sizeof(int) + (Ewma is null ? 0 : sizeof(double) * (2L + 2 * Features)) + 300;

    public static RingLayout Of(ModelManifest manifest) => new(
        [.. manifest.Features.Select(feature => feature.Name)],
        manifest.Window.Size,
        manifest.Normalisation.Kind == Normalisation.Ewma ? WithDefaults(manifest.Normalisation) : null);

    /// <summary>Whether rings of this layout go on under another one.</summary>
    public bool Equals(RingLayout? other) =>
        other is not null && Size == other.Size && Names.SequenceEqual(other.Names) && (Ewma, other.Ewma) switch
        {
            (null, null) => true,
            ({ } one, { } two) => one.HalfLifeReadings.Equals(two.HalfLifeReadings) && one.FreezeReadings == two.FreezeReadings
                && (one.Deviations ?? []).SequenceEqual(two.Deviations ?? []),
            _ => false,
        };

    /// <remarks>What a manifest leaves out is said here, so that a layout that was saved equals the model's.</remarks>
    private static Normalisation WithDefaults(Normalisation ewma) => ewma with
    {
        HalfLifeReadings = ewma.HalfLifeReadings ?? Normalisation.DefaultHalfLifeReadings,
        FreezeReadings = ewma.FreezeReadings ?? Normalisation.DefaultFreezeReadings,
    };

    public override int GetHashCode() => HashCode.Combine(Size, Names.Count);
}
