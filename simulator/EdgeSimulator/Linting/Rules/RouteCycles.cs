using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Linting.Rules;

/// <summary>Routes on which a message, or what a module makes of it, comes back to where it was.</summary>
internal static class RouteCycles
{
    /// <param name="From">Module that sends.</param>
    /// <param name="To">Module that receives.</param>
    private readonly record struct Edge(DeployedRoute Route, string From, string To);

    public static void Check(Deployment deployment, IReadOnlyList<DeployedRoute> routes)
    {
        var edges = routes.SelectMany(route => EdgesOf(deployment, route)).ToList();
        var ways = edges.ToLookup(edge => edge.From, edge => edge.To);
        var told = new HashSet<string>();
        foreach (var edge in edges)
        {
            if (told.Contains(edge.From) || !Reachable(edge.To, ways).Contains(edge.From)) continue;
            var circle = edges.Where(other => Reachable(edge.From, ways).Contains(other.To) && Reachable(other.To, ways).Contains(other.From)).ToList();
            circle = [.. circle.Where(other => Reachable(other.From, ways).Contains(edge.From))];
            told.UnionWith(circle.Select(other => other.From));
            Tell(deployment, edge, circle);
        }
    }

    private static void Tell(Deployment deployment, Edge edge, List<Edge> circle)
    {
        // A condition can end it, and what a module from elsewhere makes of a message is not known.
        var modules = circle.Select(other => other.From).Distinct().ToList();
        var areKnown = modules.All(name => deployment.OwnModules.Single(module => module.Name == name).Description is not null);
        var severity = circle.Exists(other => other.Route.Condition is not null) ? Severity.Note : areKnown ? Severity.Error : Severity.Warning;
        var names = string.Join(", ", circle.Select(other => other.Route.Name).Distinct());
        deployment.Findings.Add(
            LintRules.RouteCycle, edge.Route.At,
            $"What {edge.From} sends can come back to it, by {(modules.Count == 1 ? "the route" : "the routes")} {names}.",
            severity: severity);
    }

    /// <summary>Outputs that no message leads to close no circle.</summary>
    private static IEnumerable<Edge> EdgesOf(Deployment deployment, DeployedRoute route)
    {
        if (route.Route.Endpoint.Module is not { } to) yield break;
        foreach (var module in deployment.OwnModules)
        {
            string?[] outputs = module.Description is { } known ? [.. known.Outputs.Except(known.UnpromptedOutputs)] : [OutputNamed(route, module.Name)];
            var isFrom = outputs.Any(output => SourcePath.IsUnder(RouteTable.SourceOf(module.Name, output), route.Route.SourcePrefix));
            if (isFrom && module.Description is not { Inputs.Count: 0 }) yield return new Edge(route, module.Name, to);
        }
    }

    /// <summary>A module from elsewhere has the outputs that routes name.</summary>
    private static string? OutputNamed(DeployedRoute route, string module) =>
        SourcePath.EndOf(route.Route.SourcePrefix) is (Module: { } from, var output) && from.Equals(module, StringComparison.OrdinalIgnoreCase)
            ? output
            : null;

    /// <returns>That module, and all to which its messages can lead.</returns>
    private static HashSet<string> Reachable(string module, ILookup<string, string> ways)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([module]);
        while (open.TryPop(out var next))
        {
            if (!reached.Add(next)) continue;
            foreach (var further in ways[next]) open.Push(further);
        }

        return reached;
    }
}
