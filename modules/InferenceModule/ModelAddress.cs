using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference;

/// <summary>An https address. Its query may be a signature that opens the place, as a blob's SAS is, so it is in no report, answer or error.</summary>
public sealed record ModelAddress(Uri Uri) : ISettingValue<ModelAddress>
{
    private const int MostCharacters = 4096;

    public static ModelAddress? FromJson(JToken value, string key, SettingErrors errors)
    {
        if (value is JValue { Value: string { Length: <= MostCharacters } text } && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps)
            return new ModelAddress(uri);
        errors.Add(key, "…", "an https address of at most 4096 characters");
        return null;
    }

    public JToken ToJson() => ToString();

    /// <summary>Without user and query.</summary>
    public override string ToString() =>
        Uri.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort | UriComponents.Path, UriFormat.UriEscaped)
            .Replace(":443/", "/", StringComparison.Ordinal)
        + (Uri.Query.Length > 1 ? "?…" : "");
}
