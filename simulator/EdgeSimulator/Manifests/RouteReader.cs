using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Manifests;

/// <summary>
/// The routes of <c>$edgeHub</c>, all or nothing as in edgeHub. What the hub would not honour (conditions, priorities, time to live) is refused here,
/// rather than left out in silence.
/// </summary>
internal static partial class RouteReader
{
    private static readonly string[] Unsupported = ["priority", "timeToLiveSecs"];

    /// <param name="modules">Every module of the deployment; a route into another one would only fill the disk.</param>
    public static IReadOnlyDictionary<string, string> Read(ManifestNode hub, IReadOnlyList<string> modules, List<string> warnings)
    {
        var routes = hub.Object("routes");
        var texts = new Dictionary<string, string>();
        foreach (var name in routes.Names)
        {
            var (node, key) = routes.Json[name] is JObject ? (routes.Object(name), "route") : (routes, name);
            foreach (var unsupported in Unsupported.Where(option => key == "route" && node.Has(option)))
                throw node.Wrong(unsupported, $"left out: the simulated hub has one queue per endpoint, so the route {name} must be a plain text");
            if (key == "route") node.AllowOnly("route");
            texts[name] = Check(name, node, key, modules, warnings);
        }

        return texts;
    }

    private static string Check(string name, ManifestNode node, string key, IReadOnlyList<string> modules, List<string> warnings)
    {
        var text = node.String(key);
        var match = Route().Match(Comment().Replace(text, " "));
        if (!match.Success) throw node.Wrong(key, "FROM <source> INTO $upstream or INTO BrokeredEndpoint(\"/modules/<module>/inputs/<input>\")");
        if (match.Groups["condition"].Success)
            throw node.Wrong(key, $"without WHERE: the simulated hub knows no conditions, so the route {name} must name its output after FROM");
        if (match.Groups["target"] is { Success: true, Value: var target } && !modules.Contains(target))
            throw node.Wrong(key, $"into $upstream or a module that is deployed ({string.Join(", ", modules)}), not {target}");
        if (Source().Match(match.Groups["source"].Value) is { Success: true } source
            && !modules.Contains(source.Groups["module"].Value, StringComparer.OrdinalIgnoreCase))
            warnings.Add($"The route {name} reads from the module {source.Groups["module"].Value}, which is not deployed.");
        return text;
    }

    // A comment stands between blanks: in the source /messages/* the same characters are a wildcard.
    [GeneratedRegex(@"(?<=^|\s)/\*\s.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(
        """
        ^\s* (SELECT\s+\*\s+)? FROM\s+ (?<source>/\S*)\s+ (WHERE\s+(?<condition>.+)\s+)?
        INTO\s+ (\$upstream | BrokeredEndpoint\s*\(\s* (?<quote>["']) /?[^/"']+/(?<target>[^/"']+)/[^/"']+/[^/"']+/? \k<quote> \s*\)) \s*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Route();

    [GeneratedRegex("^/messages/modules/(?<module>[^/*]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Source();
}
