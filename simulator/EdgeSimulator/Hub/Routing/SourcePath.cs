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

    /// <returns>The module, and its output, whose messages a route is confined to by its source; each null when it is not.</returns>
    public static (string? Module, string? Output) EndOf(string prefix)
    {
        var parts = prefix.Split('/');
        if (parts is not ["", var messages, var modules, var module, ..] || !Is(messages, "messages") || !Is(modules, "modules")) return default;
        return (module, parts is [_, _, _, _, var outputs, var output] && Is(outputs, "outputs") ? output : null);
    }

    /// <returns>Whether any message can come from below that source.</returns>
    public static bool CanHaveMessages(string prefix)
    {
        if (prefix.Length == 0 || IsUnder(RouteTable.TwinChangeSource, prefix)) return true;
        var parts = prefix.Split('/');
        return Is(parts[1], "messages")
            && (parts.Length < 3 || Is(parts[2], "modules")) && (parts.Length < 5 || Is(parts[4], "outputs")) && parts.Length <= 6;
    }

    private static bool Is(string part, string word) => part.Equals(word, StringComparison.OrdinalIgnoreCase);
}
