namespace EdgeModules.Models;

/// <summary>
/// What a model must take and give: input <c>window</c>, float32 [N, size, features], normalised; output <c>score</c>, float32 [N], 0 to 1; optional output
/// <c>contributions</c>, float32 [N, features], each feature's share of the error.
/// </summary>
public static class ModelInterface
{
    public const string Window = "window";
    public const string Score = "score";
    public const string Contributions = "contributions";
    private const string Float = "float32";

    /// <summary>Where a model differs from that and from its manifest: sentences; none when all fits. What a model declares, its runs need not keep.</summary>
    public static IReadOnlyList<string> Mismatches(ModelDescription model, ModelManifest manifest)
    {
        var errors = new List<string>();
        if (model.HasExternalData) errors.Add("The model has external data; it must be whole in one file.");
        var inputs = $"one input {Window}: {Float} [N, {manifest.Window.Size}, {manifest.Features.Count}] with N of any size";
        if (model.Inputs is not [{ Name: Window } window] || !Fits(window, manifest.Window.Size, manifest.Features.Count))
            errors.Add($"The model's inputs are {List(model.Inputs)}; it must have {inputs}.");
        if (model.Outputs.FirstOrDefault(output => output.Name == Score) is not { } score || !Fits(score))
            errors.Add($"The model's outputs are {List(model.Outputs)}; one must be {Score}: {Float} [N] with N of any size.");
        if (model.Outputs.FirstOrDefault(output => output.Name == Contributions) is { } shares && !Fits(shares, manifest.Features.Count))
            errors.Add($"The model's output is {shares}; it must be {Contributions}: {Float} [N, {manifest.Features.Count}] with N of any size, or absent.");
        return errors;
    }

    private static bool Fits(ModelValue value, params int[] sizes) =>
        value.ElementType == Float
        && value.Shape is [{ Size: null }, ..]
        && value.Shape.Skip(1).Select(dimension => dimension.Size).SequenceEqual(sizes.Select(size => (long?)size));

    private static string List(IReadOnlyList<ModelValue> values) => values.Count == 0 ? "none" : string.Join("; ", values);
}
