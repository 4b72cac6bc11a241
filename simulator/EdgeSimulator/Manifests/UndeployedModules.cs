using System.Text.RegularExpressions;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Manifests;

/// <summary>Routes from or into modules that the manifest does not deploy: legal in edgeHub, and hardly meant.</summary>
internal static partial class UndeployedModules
{
    /// <returns>A sentence for each such end of a route.</returns>
    public static IEnumerable<string> FindRoutes(HubConfiguration hub, IReadOnlyList<string> modules)
    {
        foreach (var route in hub.Definitions)
        {
            if (SourceModule().Match(route.Text) is { Success: true } from && !modules.Contains(from.Groups["module"].Value, StringComparer.OrdinalIgnoreCase))
                yield return $"The route {route.Name} reads from the module {from.Groups["module"].Value}, which is not deployed.";
            if (RouteTable.Compile("", [route]).Endpoints.Single().Module is { } into && !modules.Contains(into))
                yield return $"The route {route.Name} leads into the module {into}, which is not deployed: its messages stay in the store until they expire.";
        }
    }

    [GeneratedRegex(@"\bFROM\s+/messages/modules/(?<module>[^/*\s]+)", RegexOptions.IgnoreCase)]
    private static partial Regex SourceModule();
}
