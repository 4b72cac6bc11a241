using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting;

/// <summary>
/// Where a token stands in a whole deployment, as text that can be compared: the same for a base and for a layer, whose keys
/// (<c>properties.desired.routes.r</c>) are taken apart.
/// </summary>
internal static class TokenPath
{
    private const char Separator = '\u001f';

    public static string Of(JToken token) => Join(Segments(token));

    public static string Of(JObject parent, string name) => Join([.. Segments(parent), name]);

    /// <returns>Null for the root.</returns>
    public static string? Above(string path) => path.Length == 0 ? null : path[..Math.Max(0, path.LastIndexOf(Separator))];

    private static string Join(IEnumerable<string> segments)
    {
        var path = string.Concat(segments.SelectMany(LayerKeys.Split).Select(segment => Separator + segment));
        // Deployments at scale are wrapped.
        return path.StartsWith(Separator + "content" + Separator, StringComparison.Ordinal) ? path["content".Length..][1..] : path;
    }

    private static List<string> Segments(JToken token)
    {
        var segments = new List<string>();
        for (var at = token; at is not null; at = at.Parent)
        {
            if (at is JProperty property) segments.Add(property.Name);
            else if (at.Parent is JArray array) segments.Add($"{array.IndexOf(at)}");
        }

        segments.Reverse();
        return segments;
    }
}
