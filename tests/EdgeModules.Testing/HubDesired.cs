using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing;

/// <summary>Desired properties of <c>$edgeHub</c>.</summary>
public static class HubDesired
{
    /// <param name="routes">Route name → its text, or an object with <c>route</c>, <c>priority</c> and <c>timeToLiveSecs</c>.</param>
    /// <param name="timeToLiveSeconds">Negative: for ever.</param>
    public static JObject Create(JObject routes, int timeToLiveSeconds = 7200) => new()
    {
        ["schemaVersion"] = "1.1",
        ["routes"] = routes,
        ["storeAndForwardConfiguration"] = new JObject { ["timeToLiveSecs"] = timeToLiveSeconds },
    };

    public static JObject Create(IReadOnlyDictionary<string, string> routes) =>
        Create(new JObject(routes.Select(route => new JProperty(route.Key, route.Value))));
}
