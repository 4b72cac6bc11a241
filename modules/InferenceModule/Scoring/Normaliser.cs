using EdgeModules.Models;

namespace EdgeModules.Inference;

/// <summary><see cref="Normalisation.Apply"/> for whole windows, the same bit by bit.</summary>
public sealed class Normaliser
{
    private readonly double[]? _means;
    private readonly double[]? _deviations;

    /// <param name="normalisation"><c>none</c> or <c>static</c>.</param>
    public Normaliser(Normalisation normalisation)
    {
        if (normalisation.Kind == Normalisation.Ewma)
            throw new ArgumentException("Normalisation ewma depends on the readings before; it must be done as they come.", nameof(normalisation));
        if (normalisation.Kind == Normalisation.Static) (_means, _deviations) = ([.. normalisation.Means!], [.. normalisation.Deviations!]);
    }

    /// <param name="window">Row by row; normalised in place.</param>
    public void Apply(Span<float> window)
    {
        if (_means is null) return;
        for (var row = window; row.Length >= _means.Length; row = row[_means.Length..])
        {
            for (var feature = 0; feature < _means.Length; feature++) row[feature] = (float)((row[feature] - _means[feature]) / _deviations![feature]);
        }
    }
}
