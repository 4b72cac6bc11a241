using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Linting.Knowledge;

namespace EdgeSimulator.Linting.Rules;

/// <summary>All routes together: what gets lost, what comes twice, what goes round.</summary>
internal static class FlowRules
{
    private const string Packer = "UplinkModule";
    private const string Invalid = "invalid";

    public static void Check(Deployment deployment)
    {
        var routes = DeployedRoute.Of(deployment);
        CheckShadowed(deployment, routes);
        // What is missing in a layer may be in its base.
        if (deployment.IsLayer) return;
        if (deployment.HasAllRoutes)
        {
            foreach (var module in deployment.OwnModules.Where(module => module.Description is not null && module.Json.Text("status") != "stopped"))
                CheckConnected(deployment, module, module.Description!, routes);
        }

        CheckTwice(deployment, routes);
        RouteCycles.Check(deployment, routes);
    }

    private static void CheckConnected(Deployment deployment, DeployedModule module, ModuleDescription description, IReadOnlyList<DeployedRoute> routes)
    {
        foreach (var output in description.Outputs)
        {
            var path = RouteTable.SourceOf(module.Name, output);
            if (routes.Any(route => SourcePath.IsUnder(path, route.Route.SourcePrefix)) || (output == Invalid && IsSilent(module))) continue;
            deployment.Findings.Add(LintRules.OutputUnrouted, module.Json, $"No route reads from the output {output} of {module.Name}.");
        }

        foreach (var input in description.Inputs)
        {
            if (routes.Any(route => route.Route.Endpoint.Module == module.Name && route.Route.Endpoint.Input == input)) continue;
            deployment.Findings.Add(LintRules.InputUnfed, module.Json, $"No route leads to the input {input} of {module.Name}.");
        }
    }

    /// <summary>Says itself that it sends nothing there.</summary>
    private static bool IsSilent(DeployedModule module) => (module.Twin?["emitInvalid"] as Newtonsoft.Json.Linq.JValue)?.Value is false;

    private static void CheckShadowed(Deployment deployment, IReadOnlyList<DeployedRoute> routes)
    {
        foreach (var (index, route) in routes.Index())
        {
            var over = routes.Index().FirstOrDefault(other => other.Index != index && IsOver(other.Item, route, isFirst: other.Index < index)).Item;
            if (over is null) continue;
            deployment.Findings.Add(
                LintRules.RouteDecidesNothing, route.At, $"The route {over.Name} takes every message of the route {route.Name} to the same endpoint.");
        }
    }

    private static bool IsOver(DeployedRoute other, DeployedRoute route, bool isFirst) =>
        other.Route.Endpoint.Id == route.Route.Endpoint.Id && other.CoversSourceOf(route) && (other.Condition is null || other.Condition == route.Condition)
        && (other.Route.Priority < route.Route.Priority || (other.Route.Priority == route.Route.Priority && (isFirst || !Equivalent(other, route))));

    private static bool Equivalent(DeployedRoute one, DeployedRoute other) =>
        one.CoversSourceOf(other) && other.CoversSourceOf(one) && one.Condition == other.Condition;

    private static void CheckTwice(Deployment deployment, IReadOnlyList<DeployedRoute> routes)
    {
        var packers = deployment.OwnModules.Where(module => (module.Known?.Name ?? module.Name) == Packer).Select(module => module.Name).ToList();
        foreach (var direct in routes.Where(route => route.IsToCloud))
        {
            var packed = routes.FirstOrDefault(route => packers.Contains(route.Route.Endpoint.Module ?? "") && AreOfTheSame(direct, route));
            if (packed is null) continue;
            deployment.Findings.Add(
                LintRules.DeliveredTwice, direct.At,
                $"The route {direct.Name} leads to the cloud what {packed.Name} leads into {packed.Route.Endpoint.Module}, which sends it too.");
        }
    }

    /// <summary>Two different conditions may well leave each other what they do not take.</summary>
    private static bool AreOfTheSame(DeployedRoute one, DeployedRoute other) =>
        (one.CoversSourceOf(other) || other.CoversSourceOf(one)) && (one.Condition is null || other.Condition is null || one.Condition == other.Condition);
}
