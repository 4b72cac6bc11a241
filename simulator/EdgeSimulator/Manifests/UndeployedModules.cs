using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Manifests;

/// <summary>Routes from or into modules that the manifest does not deploy: legal in edgeHub, and hardly meant.</summary>
internal static class UndeployedModules
{
    /// <returns>A sentence for each such end of a route.</returns>
    public static IEnumerable<string> FindRoutes(HubConfiguration hub, IReadOnlyList<string> modules)
    {
        foreach (var definition in hub.Definitions)
        {
            var route = RouteParser.Parse(definition, "").Route;
            if (SourceOf(route, modules) is { } from) yield return $"The route {route.Name} reads from the module {from}, which is not deployed.";
            if (SinkOf(route, modules) is { } into)
                yield return $"The route {route.Name} leads into the module {into}, which is not deployed: its messages stay in the store until they expire.";
        }
    }

    /// <returns>The module that the route reads from, in any case, when it is not among these; else null.</returns>
    public static string? SourceOf(Route route, IReadOnlyCollection<string> modules) =>
        SourcePath.EndOf(route.SourcePrefix).Module is { } from && !modules.Contains(from, StringComparer.OrdinalIgnoreCase) ? from : null;

    /// <returns>The module that the route leads into, letter by letter, when it is not among these; else null.</returns>
    public static string? SinkOf(Route route, IReadOnlyCollection<string> modules) =>
        route.Endpoint.Module is { } into && !modules.Contains(into) ? into : null;
}
