namespace EdgeSimulator.Hub.Routing;

/// <summary>
/// Where a message comes from, as a path that ends in one slash. A route's source is a prefix of such paths and no pattern: only its
/// stars at the end are cut off; any other is a star.
/// </summary>
internal static class SourcePath
{
    public static string Normalize(string source) => source.Trim().TrimEnd('/') + "/";

    public static string PrefixOf(string routeSource) => Normalize(routeSource.Trim().TrimEnd('*').TrimEnd('/'));

    public static bool IsUnder(string path, string prefix) => path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
