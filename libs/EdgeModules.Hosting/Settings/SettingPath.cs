using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>Where a setting stands: the keys from the root of the desired properties, each as the twin has it, with dots between them.</summary>
public readonly record struct SettingPath
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Completes "it must be …".</summary>
    public const string Must = "a path of 1 to 256 characters: keys with dots between them, ids percent-encoded, such as deadbands.temperature";

    private SettingPath(string text) => Text = text;

    /// <summary>In one spelling: equal paths have equal texts.</summary>
    public string Text { get; }

    public string[] Keys => Text.Split('.');

    /// <returns>Null when the text is no path.</returns>
    public static SettingPath? TryParse(string text)
    {
        var keys = text.Split('.');
        if (keys.Any(key => key.Length == 0)) return null;
        var path = string.Join('.', keys.Select(OneSpelling));
        return path.Length <= MaxLength ? new SettingPath(path) : null;
    }

    /// <summary>Whether <paramref name="other"/> is this path or one below it.</summary>
    public bool Covers(SettingPath other) => other.Text == Text || other.Text.StartsWith(Text + ".", StringComparison.Ordinal);

    /// <returns>What stands there; null for nothing.</returns>
    public JToken? In(JObject root)
    {
        JToken? at = root;
        foreach (var key in Keys) at = Below(at, key);
        return at;
    }

    /// <summary>
    /// Puts a value there. Objects on the way that are missing begin as they are in <paramref name="defaults"/>: a path means itself and no more.
    /// </summary>
    public void Put(JObject root, JToken value, JObject defaults)
    {
        var (at, preset) = (root, (JToken?)defaults);
        foreach (var key in Keys[..^1])
        {
            preset = Below(preset, key);
            if (Find(at, key) is { Value: JObject below })
            {
                at = below;
                continue;
            }

            var begun = preset is JObject present ? (JObject)present.DeepClone() : [];
            at[Find(at, key)?.Name ?? key] = begun;
            at = begun;
        }

        at[Find(at, Keys[^1])?.Name ?? Keys[^1]] = value.DeepClone();
    }

    /// <returns>The member of an object, however its key is percent-encoded; null when it is not there, or null.</returns>
    internal static JToken? Below(JToken? json, string key) =>
        json is JObject known && Find(known, key) is { Value.Type: not JTokenType.Null } property ? property.Value : null;

    internal static string OneSpelling(string key) => SettingsBinder.EncodeId(Uri.UnescapeDataString(key));

    private static JProperty? Find(JObject json, string key) =>
        json.Property(key) ?? json.Properties().FirstOrDefault(property => property.Name.Contains('%') && OneSpelling(property.Name) == key);

    public override string ToString() => Text;
}
