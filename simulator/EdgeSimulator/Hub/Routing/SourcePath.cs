namespace EdgeSimulator.Hub.Routing;

/// <summary>
/// Where a message comes from, as a path. A route's source is a prefix of such paths, segment by segment, and no pattern: only its stars at
/// the end are cut off; any other is a star.
/// </summary>
internal static class SourcePath
{
    /// <returns>Without a slash at the end, so <c>/*</c> gives the empty prefix of everything.</returns>
    public static string PrefixOf(string routeSource) => Trim(routeSource.AsSpan().Trim().TrimEnd('*').TrimEnd('/')).ToString();

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> path) => path.Trim().TrimEnd('/');

    /// <param name="path">Trimmed, as the prefix is.</param>
    public static bool IsUnder(ReadOnlySpan<char> path, ReadOnlySpan<char> prefix) =>
        path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (path.Length == prefix.Length || path[prefix.Length] == '/');
}
