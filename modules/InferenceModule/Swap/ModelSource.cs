using System.Buffers.Text;
using EdgeModules.Hosting.Settings;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Swap;

/// <summary>Which model, and where it is to be had: the desired properties <c>active</c> and <c>candidate</c>. One of url, file and data.</summary>
public sealed record ModelSource
{
    /// <summary>Of the model file: 64 lower-case hexadecimal digits. It is what the model is known by.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Length of the file; 0 when unknown.</summary>
    public long Bytes { get; init; }

    public ModelUrl? Url { get; init; }

    /// <summary>Path within the folder of mounted models.</summary>
    public string? File { get; init; }

    /// <summary>The model itself, base64.</summary>
    public string? Data { get; init; }

    /// <summary>ECDSA P-256 over the SHA-256 of the file, base64 of the 64 bytes r and s.</summary>
    public string? Signature { get; init; }

    /// <summary>For a model that has no manifest within.</summary>
    public GivenManifest? Manifest { get; init; }

    /// <summary>A model's name in this module: 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    public void Validate(SettingErrors errors)
    {
        errors.Require(IsSha256(Sha256), Sha256, "the file's SHA-256, 64 lower-case hexadecimal digits");
        errors.Require(Bytes >= 0, Bytes, "0 or more");
        var places = (Url is null ? 0 : 1) + (File is null ? 0 : 1) + (Data is null ? 0 : 1);
        if (places != 1) errors.Add("url", Url?.ToJson(), "the only one given of url, file and data");
        errors.Require(File is null or { Length: > 0 and <= 1024 }, File, "1 to 1024 characters");
        errors.Require(Data is null || Base64.IsValid(Data), Data, "base64");
        errors.Require(Signature is null || (Base64.IsValid(Signature, out var length) && length == 64), Signature, "base64 of 64 bytes");
    }
}

/// <summary>An address of a model. What is told of it leaves out the query, since that of a blob holds the right to read it.</summary>
public sealed record ModelUrl(Uri Uri) : ISettingValue<ModelUrl>
{
    public static ModelUrl? FromJson(JToken value, string key, SettingErrors errors)
    {
        if (value.Type == JTokenType.String && Uri.TryCreate(value.Value<string>(), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps) return new ModelUrl(uri);
        errors.Add(key, value, "an absolute https address");
        return null;
    }

    public JToken ToJson() => ToString();

    public override string ToString() => Uri.GetLeftPart(UriPartial.Path);
}

/// <summary>A model's manifest, as the twin has it.</summary>
public sealed record GivenManifest(ModelManifest Manifest) : ISettingValue<GivenManifest>
{
    public static GivenManifest? FromJson(JToken value, string key, SettingErrors errors)
    {
        try
        {
            return new GivenManifest(ModelManifest.Read(value));
        }
        catch (ModelFormatException error)
        {
            errors.Add(key, value, $"a model's manifest. {error.Message}");
            return null;
        }
    }

    public JToken ToJson() => JToken.Parse(Manifest.ToJson());
}

public enum SwapAction
{
    /// <summary>Lets a candidate in mode <c>improve</c> take over.</summary>
    Approve,

    /// <summary>Puts the model before in its place again.</summary>
    Rollback,

    /// <summary>Tries a candidate again that was rejected, inconclusive or rolled back.</summary>
    Retry,
}

/// <summary>The desired property <c>command</c>: carried out once for each id.</summary>
public sealed record SwapCommand
{
    /// <summary>Another one for each command; 1 to 64 characters.</summary>
    public string Id { get; init; } = "";

    public SwapAction Action { get; init; }

    /// <summary>Of the candidate to approve or retry, or of the model to leave.</summary>
    public string Sha256 { get; init; } = "";

    public void Validate(SettingErrors errors)
    {
        errors.Require(Id.Length is >= 1 and <= 64, Id, "1 to 64 characters");
        errors.Require(ModelSource.IsSha256(Sha256), Sha256, "a model's SHA-256, 64 lower-case hexadecimal digits");
    }
}
