using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Configuration;

/// <summary>Reads the desired properties of <c>$edgeHub</c>, schema 1.0 to 1.3, all or nothing: as edgeHub does, whether from a manifest or a twin.</summary>
internal static class HubConfigurationReader
{
    private const string SchemaVersion = "schemaVersion";
    private const string Routes = "routes";
    private const string StoreAndForward = "storeAndForwardConfiguration";
    private const string StoreLimits = "storeLimits";
    private const string TimeToLive = "timeToLiveSecs";
    private const string Priority = "priority";
    private const string RouteText = "route";
    private const string MqttBroker = "mqttBroker";
    private const string Integrity = "integrity";

    /// <exception cref="SimulatorException">What edgeHub would refuse; one line names file, path, value, and what it must be.</exception>
    /// <exception cref="HubConfigurationException">It is the text of a route.</exception>
    public static HubConfiguration Read(ManifestNode desired, string deviceId)
    {
        var version = ReadVersion(desired);
        var warnings = new List<string>();
        WarnOfUnknown(desired, warnings, SchemaVersion, Routes, StoreAndForward, MqttBroker, Integrity);
        if (desired.Has(MqttBroker)) warnings.Add($"{desired.PlaceOf(MqttBroker)} is ignored: edgeHub has no MQTT broker any more.");
        if (desired.Has(Integrity)) warnings.Add($"{desired.PlaceOf(Integrity)} is not verified: the simulated hub knows no trust bundle.");
        var definitions = ReadRoutes(desired, withObjects: version > 0, warnings);
        var timeToLive = ReadTimeToLive(desired.Object(StoreAndForward), warnings);
        if (definitions.Count > 0) Check(desired.Object(Routes), definitions, deviceId);
        var table = RouteTable.Compile(deviceId, definitions);
        return new HubConfiguration($"1.{version}", definitions, table, timeToLive, warnings);
    }

    /// <returns>The minor version.</returns>
    private static int ReadVersion(ManifestNode desired) =>
        desired.Json[SchemaVersion] is JValue { Value: string text } && Version.TryParse(text, out var version) && version is { Major: 1, Minor: >= 0 and <= 3 }
            ? version.Minor
            : throw desired.Wrong(SchemaVersion, "1.0, 1.1, 1.2 or 1.3");

    private static List<RouteDefinition> ReadRoutes(ManifestNode desired, bool withObjects, List<string> warnings)
    {
        // Only schema 1.0 lets a hub have no routes by saying nothing.
        if (!withObjects && (desired.Json[Routes] ?? JValue.CreateNull()).Type == JTokenType.Null) return [];
        var routes = desired.Object(Routes);
        var definitions = new List<RouteDefinition>();
        foreach (var name in routes.Names)
        {
            if (string.IsNullOrWhiteSpace(name)) throw routes.Wrong(name, "under a name that is not empty");
            if (routes.Json[name] is JObject)
            {
                if (!withObjects) throw routes.Wrong(name, "a text: a route with priority and time to live needs schemaVersion 1.1 or later");
                definitions.Add(ReadRoute(name, routes.Object(name), warnings));
            }
            else if (withObjects || !IsBlank(routes.Json[name]))
            {
                definitions.Add(new RouteDefinition(name, routes.String(name)));
            }
        }

        return definitions;
    }

    private static RouteDefinition ReadRoute(string name, ManifestNode route, List<string> warnings)
    {
        WarnOfUnknown(route, warnings, RouteText, Priority, TimeToLive);
        var priority = !route.Has(Priority) || route.Json[Priority] is JValue { Value: (long)Route.DefaultPriority }
            ? Route.DefaultPriority
            : (int)route.Integer(Priority, 0, 9);
        var timeToLive = route.Has(TimeToLive) ? (uint)route.Integer(TimeToLive, 0, uint.MaxValue) : 0;
        return new RouteDefinition(name, route.String(RouteText), priority, timeToLive);
    }

    private static TimeSpan? ReadTimeToLive(ManifestNode configuration, List<string> warnings)
    {
        WarnOfUnknown(configuration, warnings, TimeToLive, StoreLimits);
        if (configuration.Has(StoreLimits) && configuration.Json[StoreLimits]!.Type != JTokenType.Null)
        {
            configuration.Object(StoreLimits).Integer("maxSizeBytes", long.MinValue, long.MaxValue);
            warnings.Add($"{configuration.PlaceOf(StoreLimits)} has no effect: the hub keeps its store on disk, and edgeHub limits only the one in memory.");
        }

        var seconds = configuration.Has(TimeToLive) ? configuration.Integer(TimeToLive, int.MinValue, int.MaxValue) : 0;
        if (seconds == 0)
            warnings.Add($"{configuration.PlaceOf(TimeToLive)} is 0 or absent: every message of a route without a time to live of its own expires at once.");
        return seconds < 0 ? null : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Each mistake is told with its path; as with edgeHub, what cannot be read goes before what cannot be compiled.</summary>
    private static void Check(ManifestNode routes, List<RouteDefinition> definitions, string deviceId)
    {
        HubConfigurationException? mismatch = null;
        foreach (var definition in definitions)
        {
            try
            {
                RouteTable.Compile(deviceId, [definition]);
            }
            catch (RouteException error)
            {
                var refused = new HubConfigurationException($"{routes.PlaceOf(definition.Name)}: {error.Message}", error.Stage == RouteStage.Compile, error);
                if (!refused.TypeMismatch) throw refused;
                mismatch ??= refused;
            }
        }

        if (mismatch is not null) throw mismatch;
    }

    private static void WarnOfUnknown(ManifestNode node, List<string> warnings, params string[] known) =>
        warnings.AddRange(node.Names.Where(name => !known.Contains(name)).Select(name => $"{node.PlaceOf(name)} is not known to edgeHub, which ignores it."));

    private static bool IsBlank(JToken? text) =>
        text is null or { Type: JTokenType.Null } || (text is JValue { Value: string value } && string.IsNullOrWhiteSpace(value));
}
