using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Models;

/// <summary>What a model says of itself: JSON in the model's <c>metadata_props</c> under <see cref="MetadataKey"/>.</summary>
public sealed record ModelManifest
{
    public const string MetadataKey = "edge.manifest";

    /// <summary>The only value of <see cref="Format"/> that there is so far; another one for every change that an older reader would misread.</summary>
    public const int CurrentFormat = 1;

    internal const string DefaultMinimumRuntime = "1.17";

    public int Format { get; init; } = CurrentFormat;

    /// <summary>1 to 64 of A-Z a-z 0-9 . _ -</summary>
    public required string Name { get; init; }

    /// <summary>1 to 64 of A-Z a-z 0-9 . _ -</summary>
    public required string Version { get; init; }

    /// <summary>One of <see cref="ModelFamilies"/>.</summary>
    public string Family { get; init; } = ModelFamilies.Foreign;

    /// <summary>1 to 64, in the order of the model's input; names differ.</summary>
    public required IReadOnlyList<ModelFeature> Features { get; init; }

    public required ModelWindow Window { get; init; }

    public required Normalisation Normalisation { get; init; }

    /// <summary>Above 0, below 1: a score above it is strange. 0.8 by convention.</summary>
    public required double Limit { get; init; }

    public DataSetInfo? DataSet { get; init; }

    /// <summary>What the trainer measured; free form.</summary>
    public JObject? Training { get; init; }

    /// <summary>At most 64.</summary>
    public IReadOnlyList<GoldenVector> Golden { get; init; } = [];

    /// <summary>The least version of ONNX Runtime, as <c>1.17</c>.</summary>
    public string MinimumRuntime { get; init; } = DefaultMinimumRuntime;

    /// <summary>Values of one window.</summary>
    [JsonIgnore]
    public int WindowLength => Window.Size * Features.Count;

    /// <exception cref="ModelFormatException">With everything that is wrong: each with the path, the value found, and what it must be.</exception>
    public static ModelManifest Read(string json)
    {
        JToken token;
        try
        {
            token = JsonText.Parse(json);
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"The manifest cannot be read; it must be one JSON object. {error.Message}", error);
        }

        return Read(token);
    }

    /// <exception cref="ModelFormatException">As that of the other one.</exception>
    public static ModelManifest Read(JToken json)
    {
        var errors = new List<string>();
        var manifest = ManifestReader.Read(json, errors);
        return errors.Count == 0 ? manifest : throw new ModelFormatException(errors);
    }

    /// <summary>In one order and without blanks, so that equal manifests are equal bytes. Nothing is checked.</summary>
    public string ToJson() => ManifestWriter.ToJson(this).ToString(Formatting.None);
}
