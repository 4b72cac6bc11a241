using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Configuration;

/// <summary>A route that edgeHub would not take.</summary>
/// <param name="routes">Where the route stands under <paramref name="name"/>.</param>
public sealed class HubConfigurationException(string place, JObject routes, string name, RouteException refusal)
    : ManifestException($"{place}: {refusal.Message}", ManifestMistake.Route, routes, name, refusal.Message, refusal)
{
    public RouteException Refusal => refusal;

    /// <summary>The route can be read, but its condition does not fit together: edgeHub finds that only after it has reported success.</summary>
    public bool TypeMismatch => refusal.Stage == RouteStage.Compile;
}
