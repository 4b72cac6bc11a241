using EdgeSimulator.Hub.Routing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>A route in which edgeHub finds nothing wrong.</summary>
/// <param name="Condition">Its words, one blank between them; null when every message of the source matches.</param>
/// <param name="Routes">The object that has it under its name.</param>
internal sealed record DeployedRoute(Route Route, string? Condition, JObject Routes)
{
    public string Name => Route.Name;

    public bool IsToCloud => Route.Endpoint == RouteEndpoint.Upstream;

    /// <summary>The text of the route.</summary>
    public JToken At => Routes[Name] is JObject route ? route["route"]! : Routes[Name]!;

    public static IReadOnlyList<DeployedRoute> Of(Deployment deployment)
    {
        if (deployment.Hub?["routes"] is not JObject routes) return [];
        return [.. deployment.Manifest.Hub.Configuration.Definitions.Select(definition =>
            new DeployedRoute(RouteParser.Parse(definition, "").Route, ConditionOf(definition.Text), routes))];
    }

    /// <summary>Whether every message of the source of <paramref name="other"/> is one of this route's source.</summary>
    public bool CoversSourceOf(DeployedRoute other) => SourcePath.IsUnder(other.Route.SourcePrefix, Route.SourcePrefix);

    private static string? ConditionOf(string text)
    {
        var tokens = RouteLexer.Cut(text);
        var start = Array.FindIndex(tokens, token => token.Kind is RouteTokenKind.Where);
        var end = Array.FindIndex(tokens, token => token.Kind is RouteTokenKind.Into);
        return start < 0 || end < start ? null : string.Join(' ', tokens[(start + 1)..end].Select(token => token.Text));
    }
}
