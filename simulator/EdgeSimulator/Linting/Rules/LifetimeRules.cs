using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Linting.Rules;

/// <summary>How long messages are kept.</summary>
internal static class LifetimeRules
{
    private const string TimeToLive = "timeToLiveSecs";
    private const int LeastIntoModule = 600;
    private const int LeastToCloud = 3600;

    public static void Check(Deployment deployment)
    {
        var general = deployment.Manifest.Hub.Configuration.TimeToLive;
        if (deployment.Hub?["storeAndForwardConfiguration"] is JObject storing && storing[TimeToLive] is JValue { Value: long and < 0 and var seconds })
            deployment.Findings.Add(LintRules.NeverExpire, storing, TimeToLive, $"{TimeToLive} is {seconds}: for ever.");
        foreach (var route in DeployedRoute.Of(deployment))
        {
            var least = route.IsToCloud ? LeastToCloud : LeastIntoModule;
            double? lives = route.Route.TimeToLiveSeconds > 0 ? route.Route.TimeToLiveSeconds : general?.TotalSeconds;
            // That of all messages at 0 is a finding of its own.
            if (lives is not > 0 || lives >= least) continue;
            var told = route.Routes[route.Name] is JObject json && json.ContainsKey(TimeToLive) ? json[TimeToLive]! : route.At;
            deployment.Findings.Add(
                LintRules.RouteShortTimeToLive, told, $"Messages of the route {route.Name} live for {lives} s; it must be {least} or more.");
        }
    }
}
