namespace EdgeModules.Models;

/// <summary>How readings become a model's input. Done by whoever runs the model, not by the model.</summary>
public sealed record Normalisation
{
    public const string None = "none";

    /// <summary>The same means and deviations for every device.</summary>
    public const string Static = "static";

    /// <summary>A baseline of each device's own: <see cref="EwmaBaseline"/>.</summary>
    public const string Ewma = "ewma";

    public const double DefaultHalfLifeReadings = 3_600;
    public const int DefaultFreezeReadings = 3_600;

    public static IReadOnlyList<string> Kinds { get; } = [None, Static, Ewma];

    public required string Kind { get; init; }

    /// <summary>With <c>static</c>: one for each feature.</summary>
    public IReadOnlyList<double>? Means { get; init; }

    /// <summary>
    /// One for each feature, above 0. With <c>static</c>: what a difference from the mean is divided by. With <c>ewma</c>, optional: a baseline's deviation
    /// never counts as less than this, so that a quiet device's noise is not blown up.
    /// </summary>
    public IReadOnlyList<double>? Deviations { get; init; }

    /// <summary>With <c>ewma</c>: readings after which a reading's weight in the baseline is half; 1 to 1e9.</summary>
    public double? HalfLifeReadings { get; init; }

    /// <summary>
    /// With <c>ewma</c>: for how many readings in a row the baseline stays as it is because the device is over the limit; after that it learns
    /// again, since a level that lasts is the new normal. 0 to 1e9.
    /// </summary>
    public int? FreezeReadings { get; init; }

    /// <summary>One reading (or several after each other) by <c>none</c> or <c>static</c>; in double precision, rounded once.</summary>
    /// <param name="raw">A multiple of <paramref name="features"/> values.</param>
    public void Apply(ReadOnlySpan<float> raw, Span<float> normalised, int features)
    {
        switch (Kind)
        {
            case None:
                raw.CopyTo(normalised);
                break;
            case Static when Means is { } means && Deviations is { } deviations:
                for (var index = 0; index < raw.Length; index++)
                {
                    var feature = index % features;
                    normalised[index] = (float)((raw[index] - means[feature]) / deviations[feature]);
                }

                break;
            default:
                throw new InvalidOperationException($"Normalisation {Kind} depends on the readings before, so it has no single step.");
        }
    }
}
