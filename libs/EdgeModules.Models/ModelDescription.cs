namespace EdgeModules.Models;

/// <summary>What a model file is, read from its bytes without running it.</summary>
/// <param name="Opsets">Versions of the operator sets by domain; the standard one has the domain <c>ai.onnx</c>.</param>
/// <param name="Operators">How many nodes of each operator the main graph has.</param>
/// <param name="Inputs">Without those that only have a default: initializers.</param>
/// <param name="Metadata">The model's <c>metadata_props</c>.</param>
/// <param name="HasExternalData">Whether a tensor lies in another file; such a model is not whole.</param>
/// <param name="Sha256">Of the very bytes, lower-case hex.</param>
public sealed record ModelDescription(
    long IrVersion,
    string Producer,
    IReadOnlyDictionary<string, long> Opsets,
    IReadOnlyDictionary<string, int> Operators,
    IReadOnlyList<ModelValue> Inputs,
    IReadOnlyList<ModelValue> Outputs,
    IReadOnlyDictionary<string, string> Metadata,
    bool HasExternalData,
    int Bytes,
    string Sha256)
{
    /// <summary>The manifest within the model; null when it has none.</summary>
    /// <exception cref="ModelFormatException">It has one that is wrong.</exception>
    public ModelManifest? ReadManifest() => Metadata.TryGetValue(ModelManifest.MetadataKey, out var json) ? ModelManifest.Read(json) : null;
}

/// <param name="ElementType">As <c>float32</c>; <c>unknown</c> for what is not a tensor.</param>
/// <param name="Shape">Null when the model does not say.</param>
public sealed record ModelValue(string Name, string ElementType, IReadOnlyList<ModelDimension>? Shape)
{
    public override string ToString() => $"{Name}: {ElementType} {(Shape is null ? "of any shape" : $"[{string.Join(", ", Shape)}]")}";
}

/// <param name="Size">Null: any.</param>
/// <param name="Name">Of a dimension of any size; may be absent.</param>
public readonly record struct ModelDimension(long? Size, string? Name)
{
    public override string ToString() => Size is { } size ? $"{size}" : Name ?? "?";
}
