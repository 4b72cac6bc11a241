using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Linting.Rules;

/// <summary>What the suite is for: a critical alert goes before everything.</summary>
internal static class AlarmRules
{
    private const string AlertModule = "AlertModule";
    private const string Alerts = "alerts";

    private static readonly KeyValuePair<string, string>[] Properties = [new("messageType", "alert"), new("priority", "critical"), new("count", "1")];
    private static readonly KeyValuePair<string, string>[] System = [new("contentType", "application/json"), new("contentEncoding", "utf-8")];

    private static readonly byte[] Body = """{"severity":"critical","state":"raised"}"""u8.ToArray();

    public static void Check(Deployment deployment)
    {
        if (deployment.IsLayer || deployment.Hub is not { } hub) return;
        foreach (var module in deployment.OwnModules.Where(module => (module.Known?.Name ?? module.Name) == AlertModule))
        {
            var alert = new RoutedMessage(RouteTable.SourceOf(module.Name, Alerts), Properties, System, Body);
            var target = deployment.Manifest.Hub.Configuration.Routes.Match(alert).FirstOrDefault(target => target.Endpoint == RouteEndpoint.Upstream);
            if (target.Endpoint is null)
            {
                deployment.Findings.Add(LintRules.CriticalNotFirst, hub, "routes", $"No route takes critical alerts of {module.Name} to $upstream.");
                continue;
            }

            foreach (var other in DeployedRoute.Of(deployment).Where(route => route.IsToCloud && route.Route.Priority <= target.Priority))
            {
                if (IsOfAlerts(deployment, other, alert)) continue;
                deployment.Findings.Add(
                    LintRules.CriticalNotFirst, hub["routes"]![other.Name]!,
                    $"The route {other.Name} has the priority {other.Route.Priority} to $upstream, "
                    + $"and critical alerts of {module.Name} have {target.Priority}.");
            }
        }
    }

    private static bool IsOfAlerts(Deployment deployment, DeployedRoute route, RoutedMessage alert)
    {
        var definition = deployment.Manifest.Hub.Configuration.Definitions.Single(definition => definition.Name == route.Name);
        return RouteTable.Compile("", [definition]).Match(alert).Count > 0;
    }
}
