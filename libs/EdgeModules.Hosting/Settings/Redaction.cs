using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Settings;

/// <summary>
/// Takes secrets out of what is shown to people: of an address the query and the user, since either may open the place, as a blob's SAS does; of name=value
/// pairs the keys, signatures and passwords.
/// </summary>
public static partial class Redaction
{
    private const string Gone = "…";

    public static string Of(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal) && !text.Contains('=')) return text;
        var shown = User().Replace(text, $"${{before}}{Gone}@");
        shown = Query().Replace(shown, $"${{before}}?{Gone}");
        return Pair().Replace(shown, $"${{name}}={Gone}");
    }

    /// <returns>Another tree.</returns>
    public static JToken Of(JToken json)
    {
        var shown = json.DeepClone();
        if (shown is JValue { Value: string single }) return Of(single);
        var texts = shown is JContainer container ? container.Descendants().OfType<JValue>().Where(value => value.Value is string).ToList() : [];
        foreach (var text in texts) text.Value = Of((string)text.Value!);
        return shown;
    }

    [GeneratedRegex(@"(?<before>\w://)[^/@\s""]+@")]
    private static partial Regex User();

    [GeneratedRegex(@"(?<before>\w://[^\s""?]*)\?[^\s""]+")]
    private static partial Regex Query();

    [GeneratedRegex(@"\b(?<name>\w*(?:key|sig|signature|password|pwd|secret|token))=[^;&\s""]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pair();
}
