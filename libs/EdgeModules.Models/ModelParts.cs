namespace EdgeModules.Models;

public static class ModelFamilies
{
    public const string Pca = "pca";
    public const string LinearAutoencoder = "linearAutoencoder";
    public const string MlpAutoencoder = "mlpAutoencoder";

    /// <summary>Made elsewhere.</summary>
    public const string Foreign = "foreign";

    public static IReadOnlyList<string> All { get; } = [Pca, LinearAutoencoder, MlpAutoencoder, Foreign];
}

/// <param name="Name">A metric of the readings.</param>
/// <param name="Min">Least plausible value, inclusive; a value below it counts as missing. Null: none.</param>
/// <param name="Max">Greatest plausible value, inclusive; a value above it counts as missing. Null: none.</param>
public sealed record ModelFeature(string Name, string? Unit = null, double? Min = null, double? Max = null)
{
    /// <returns>False for what is not finite.</returns>
    public bool IsPlausible(double value) => double.IsFinite(value) && !(value < Min) && !(value > Max);
}

/// <param name="Size">Readings in a window; 1 to 1024.</param>
/// <param name="SamplePeriodMs">Time between two readings of a device; 0: any.</param>
public sealed record ModelWindow(int Size, long SamplePeriodMs = 0);

/// <param name="Id">Name of the data that the model was trained on.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Rows">Rows trained on.</param>
/// <param name="From">First and last of those rows, as the data have it: a timestamp or a row number.</param>
public sealed record DataSetInfo(string Id, string Sha256, long Rows, string? From = null, string? To = null);

/// <param name="Input">
/// One window, row by row. With normalisation <c>none</c> and <c>static</c> as the readings are; with <c>ewma</c> already normalised, since that depends on
/// the readings before.
/// </param>
/// <param name="Score">What the model must answer.</param>
/// <param name="Tolerance">The greatest difference that is still the same answer.</param>
public sealed record GoldenVector(IReadOnlyList<float> Input, double Score, double Tolerance = GoldenVector.DefaultTolerance)
{
    public const double DefaultTolerance = 1e-4;
}
