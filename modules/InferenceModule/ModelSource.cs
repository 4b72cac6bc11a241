using System.Text.RegularExpressions;
using EdgeModules.Hosting.Settings;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>Where the bytes of a model are.</summary>
public enum ModelSourceKind
{
    /// <summary>In a file below the folder of the environment variable <c>ModelsDirectory</c>.</summary>
    File,

    /// <summary>At an address.</summary>
    Https,

    /// <summary>In the settings themselves, in Base64: small models in tests.</summary>
    Data,
}

/// <summary>A model as the settings name it. Its identity is the hash: the same bytes from another place are the same model.</summary>
public sealed partial record ModelSource
{
    /// <summary>The most that a model file can have.</summary>
    public const int MostBytes = 64 << 20;

    private const int MostText = 4096;

    /// <summary>Null for no model.</summary>
    public ModelSourceKind? Source { get; init; }

    /// <summary>With <c>file</c>: a relative path.</summary>
    public string? File { get; init; }

    /// <summary>With <c>https</c>: an address, such as a blob's with its SAS.</summary>
    public ModelAddress? Url { get; init; }

    /// <summary>With <c>data</c>: the file in Base64.</summary>
    public string? Data { get; init; }

    /// <summary>Of the file: 64 digits of 0-9 a-f.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of the file, 1 to 67108864; null when it is not known.</summary>
    public int? SizeBytes { get; init; }

    /// <summary>ECDSA P-256 over the SHA-256 of the file: Base64 of the 64 bytes r and s. Needed when <c>policy.publicKey</c> is set.</summary>
    public string? Signature { get; init; }

    /// <summary>The manifest of a model that has none within itself; it goes before one that the model has.</summary>
    public GivenManifest? Manifest { get; init; }

    /// <summary>Whether the settings name a model.</summary>
    internal bool IsGiven => Source is not null;

    public void Validate(SettingErrors errors)
    {
        var (isFile, isHttps, isData) = (Source == ModelSourceKind.File, Source == ModelSourceKind.Https, Source == ModelSourceKind.Data);
        errors.Require(File is null || (isFile && IsWithin(File)), File, "absent unless source is \"file\", and then a relative path without ..");
        errors.Require(Url is null || isHttps, "…", "absent unless source is \"https\"", "url");
        errors.Require(Data is null || (isData && IsBase64(Data)), "…", "absent unless source is \"data\", and then Base64 of at most 4096 characters", "data");
        if (Source == ModelSourceKind.File) errors.Require(File is not null, File, "given with source \"file\"");
        if (Source == ModelSourceKind.Https) errors.Require(Url is not null, Url, "given with source \"https\"");
        if (Source == ModelSourceKind.Data) errors.Require(Data is not null, Data, "given with source \"data\"");
        errors.Require(Sha256 is null ? Source is null : HexOf256Bits().IsMatch(Sha256), Sha256, "the SHA-256 of the model file: 64 digits of 0-9 a-f");
        errors.Require(Signature is null || IsSignature(Signature), Signature, "Base64 of 64 bytes");
        errors.Require(SizeBytes is null or (>= 1 and <= MostBytes), SizeBytes, "1 to 67108864, or absent");
    }

    private static bool IsWithin(string path) =>
        path.Length is >= 1 and <= 1024 && !Path.IsPathRooted(path) && !path.Contains('\\') && !path.Contains('\0') && !path.Split('/').Contains("..");

    private static bool IsBase64(string data) => data.Length is >= 4 and <= MostText && Convert.TryFromBase64String(data, new byte[data.Length], out _);

    private static bool IsSignature(string text)
    {
        var bytes = new byte[65];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == 64;
    }

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex HexOf256Bits();
}

/// <summary>A manifest in the settings, as one in a model's metadata would be.</summary>
public sealed class GivenManifest : ISettingValue<GivenManifest>, IEquatable<GivenManifest>
{
    private readonly JObject _json;

    private GivenManifest(JObject json, ModelManifest manifest) => (_json, Manifest) = (json, manifest);

    public ModelManifest Manifest { get; }

    public static GivenManifest? FromJson(JToken value, string key, SettingErrors errors)
    {
        if (value is JObject json)
        {
            try
            {
                return new GivenManifest(json, ModelManifest.Read(json));
            }
            catch (ModelFormatException error)
            {
                errors.Add(key, value, $"the manifest of a model: {string.Join(" ", error.Errors)}");
                return null;
            }
        }

        errors.Add(key, value, "an object: the manifest of a model");
        return null;
    }

    public JToken ToJson() => _json.DeepClone();

    public bool Equals(GivenManifest? other) => other is not null && JToken.DeepEquals(_json, other._json);

    public override bool Equals(object? obj) => Equals(obj as GivenManifest);

    public override int GetHashCode() => _json.Count;
}

/// <summary>Names of metrics in an order: <c>["temperature", "humidity"]</c>. A patch replaces the list as a whole.</summary>
public sealed class FeatureNames(IReadOnlyList<string> names) : ISettingValue<FeatureNames>, IEquatable<FeatureNames>
{
    private const int Most = 64;

    public IReadOnlyList<string> Names { get; } = names;

    public static FeatureNames? FromJson(JToken value, string key, SettingErrors errors)
    {
        if (value is JArray { Count: >= 1 and <= Most } array && array.All(name => name is JValue { Value: string { Length: >= 1 and <= 128 } }))
        {
            var names = array.Select(name => name.Value<string>()!).ToArray();
            if (names.Distinct().Count() == names.Length) return new FeatureNames(names);
        }

        errors.Add(key, value, "an array of 1 to 64 names of metrics, each a string of 1 to 128 characters, none twice");
        return null;
    }

    public JToken ToJson() => new JArray(Names);

    public bool Equals(FeatureNames? other) => other is not null && Names.SequenceEqual(other.Names);

    public override bool Equals(object? obj) => Equals(obj as FeatureNames);

    public override int GetHashCode() => Names.Count;
}
