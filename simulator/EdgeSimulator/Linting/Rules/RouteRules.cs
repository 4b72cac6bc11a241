using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>Each route by itself: whether its ends exist. <see cref="ManifestRules"/> tells of those that edgeHub refuses.</summary>
internal static class RouteRules
{
    public static void Check(Deployment deployment)
    {
        var names = deployment.OwnModules.Select(module => module.Name).ToList();
        foreach (var route in DeployedRoute.Of(deployment))
        {
            // A priority that is wrong has been told of.
            if (route.Route.Priority == Route.DefaultPriority && (route.Routes[route.Name] as JObject)?["priority"] is null)
                deployment.Findings.Add(LintRules.RouteWithoutPriority, route.Routes, route.Name, $"The route {route.Name} has no priority.");
            if (!SourcePath.CanHaveMessages(route.Route.SourcePrefix))
            {
                deployment.Findings.Add(
                    LintRules.RouteFromNowhere, route.At,
                    $"The route {route.Name} reads from {route.Route.SourcePrefix}; "
                    + "it must be /*, /messages/*, /messages/modules/NAME/outputs/NAME or /twinChangeNotifications.");
            }

            if (!deployment.HasAllModules) continue;
            CheckSource(deployment, route, names);
            CheckSink(deployment, route, names);
        }
    }

    private static void CheckSource(Deployment deployment, DeployedRoute route, List<string> names)
    {
        if (SourcePath.EndOf(route.Route.SourcePrefix) is not (Module: { } from, var output)) return;
        if (UndeployedModules.SourceOf(route.Route, names) is not null)
        {
            if (deployment.IsLayer) return;
            var hint = from.Contains('*', StringComparison.Ordinal) ? " A star means something at the end of the source only." : "";
            deployment.Findings.Add(
                LintRules.RouteFromUnknownModule, route.At,
                $"The route {route.Name} reads from the module {from}; deployed are {string.Join(", ", names)}.{hint}",
                severity: IsParent(deployment) ? Severity.Note : null);
            return;
        }

        var module = deployment.OwnModules.First(module => module.Name.Equals(from, StringComparison.OrdinalIgnoreCase));
        if (output is null || module.Description is not { } known || known.Outputs.Contains(output, StringComparer.OrdinalIgnoreCase)) return;
        deployment.Findings.Add(
            LintRules.RouteFromUnknownOutput, route.At,
            $"The route {route.Name} reads from the output {output} of {from}, which has {Listed(known.Outputs)}.");
    }

    private static void CheckSink(Deployment deployment, DeployedRoute route, List<string> names)
    {
        if (route.Route.Endpoint.Module is not { } into) return;
        if (UndeployedModules.SinkOf(route.Route, names) is not null)
        {
            if (deployment.IsLayer) return;
            deployment.Findings.Add(
                LintRules.RouteToUnknownModule, route.At, $"The route {route.Name} leads into the module {into}; deployed are {string.Join(", ", names)}.");
            return;
        }

        var input = route.Route.Endpoint.Input!;
        if (deployment.OwnModules.First(module => module.Name == into).Description is not { } known || known.Inputs.Contains(input)) return;
        deployment.Findings.Add(
            LintRules.RouteToUnknownInput, route.At, $"The route {route.Name} leads to the input {input} of {into}, which has {Listed(known.Inputs)}.");
    }

    /// <summary>Gateways below it have modules too, and reach it by that proxy.</summary>
    private static bool IsParent(Deployment deployment) =>
        deployment.OwnModules.Any(module => module.Image?.Contains("azureiotedge-api-proxy", StringComparison.OrdinalIgnoreCase) == true);

    private static string Listed(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
