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
        var version = desired.Try(ReadVersion, 3);
        var remarks = new List<HubRemark>();
        RemarkUnknown(desired, remarks, SchemaVersion, Routes, StoreAndForward, MqttBroker, Integrity);
        if (desired.Has(MqttBroker)) remarks.Add(new(HubRemarkKind.NoEffect, desired.Json, MqttBroker, "is ignored: edgeHub has no MQTT broker any more."));
        if (desired.Has(Integrity))
            remarks.Add(new(HubRemarkKind.NoEffect, desired.Json, Integrity, "is not verified: the simulated hub knows no trust bundle."));
        var definitions = desired.Try(node => ReadRoutes(node, withObjects: version > 0, remarks), []);
        var timeToLive = desired.Try(node => ReadTimeToLive(node.Object(StoreAndForward), remarks), null);
        if (definitions.Count > 0) definitions = WithoutMistakes(desired.Object(Routes), definitions, deviceId);
        desired.Note(remarks);
        var warnings = remarks.ConvertAll(remark => $"{desired.PlaceOf(remark)} {remark.Problem}");
        return new HubConfiguration($"1.{version}", definitions, RouteTable.Compile(deviceId, definitions), timeToLive, warnings);
    }

    /// <returns>The minor version.</returns>
    private static int ReadVersion(ManifestNode desired) =>
        desired.Json[SchemaVersion] is JValue { Value: string text } && Version.TryParse(text, out var version) && version is { Major: 1, Minor: >= 0 and <= 3 }
            ? version.Minor
            : throw desired.Wrong(SchemaVersion, "1.0, 1.1, 1.2 or 1.3");

    private static List<RouteDefinition> ReadRoutes(ManifestNode desired, bool withObjects, List<HubRemark> remarks)
    {
        // Only schema 1.0 lets a hub have no routes by saying nothing.
        if (!withObjects && (desired.Json[Routes] ?? JValue.CreateNull()).Type == JTokenType.Null) return [];
        var routes = desired.Object(Routes);
        var definitions = new List<RouteDefinition>();
        foreach (var name in routes.Names)
        {
            if (routes.Try(node => ReadRoute(name, node, withObjects, remarks), null) is { } definition) definitions.Add(definition);
        }

        return definitions;
    }

    /// <returns>Null for a blank one, which schema 1.0 allows.</returns>
    private static RouteDefinition? ReadRoute(string name, ManifestNode routes, bool withObjects, List<HubRemark> remarks)
    {
        if (string.IsNullOrWhiteSpace(name)) throw routes.Wrong(name, "under a name that is not empty");
        if (routes.Json[name] is not JObject) return withObjects || !IsBlank(routes.Json[name]) ? new RouteDefinition(name, routes.String(name)) : null;
        return withObjects
            ? ReadRoute(name, routes.Object(name), remarks)
            : throw routes.Wrong(name, "a text: a route with priority and time to live needs schemaVersion 1.1 or later");
    }

    private static RouteDefinition ReadRoute(string name, ManifestNode route, List<HubRemark> remarks)
    {
        RemarkUnknown(route, remarks, RouteText, Priority, TimeToLive);
        var isUsual = !route.Has(Priority) || route.Json[Priority] is JValue { Value: (long)Route.DefaultPriority };
        var priority = isUsual ? Route.DefaultPriority : route.Try(node => (int)node.Integer(Priority, 0, 9), Route.DefaultPriority);
        var timeToLive = route.Has(TimeToLive) ? route.Try(node => (uint)node.Integer(TimeToLive, 0, uint.MaxValue), 0u) : 0;
        return new RouteDefinition(name, route.String(RouteText), priority, timeToLive);
    }

    private static TimeSpan? ReadTimeToLive(ManifestNode configuration, List<HubRemark> remarks)
    {
        RemarkUnknown(configuration, remarks, TimeToLive, StoreLimits);
        if (configuration.Has(StoreLimits) && configuration.Json[StoreLimits]!.Type != JTokenType.Null)
        {
            configuration.Try(node => node.Object(StoreLimits).Integer("maxSizeBytes", long.MinValue, long.MaxValue), 0);
            remarks.Add(new(
                HubRemarkKind.NoEffect, configuration.Json, StoreLimits,
                "has no effect: the hub keeps its store on disk, and edgeHub limits only the one in memory."));
        }

        var seconds = configuration.Has(TimeToLive) ? configuration.Integer(TimeToLive, int.MinValue, int.MaxValue) : 0;
        if (seconds == 0)
        {
            remarks.Add(new(
                HubRemarkKind.ExpiresAtOnce, configuration.Json, TimeToLive,
                "is 0 or absent: every message of a route without a time to live of its own expires at once."));
        }

        return seconds < 0 ? null : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Each mistake is told with its path; as with edgeHub, what cannot be read goes before what cannot be compiled.</summary>
    /// <returns>The routes in which there is none.</returns>
    private static List<RouteDefinition> WithoutMistakes(ManifestNode routes, List<RouteDefinition> definitions, string deviceId)
    {
        var (good, mismatches) = (new List<RouteDefinition>(), new List<HubConfigurationException>());
        foreach (var definition in definitions)
        {
            try
            {
                RouteTable.Compile(deviceId, [definition]);
                good.Add(definition);
            }
            catch (RouteException error)
            {
                var refused = new HubConfigurationException(routes.PlaceOf(definition.Name), routes.Json, definition.Name, error);
                if (refused.TypeMismatch) mismatches.Add(refused);
                else routes.Try<object?>(_ => throw refused, null);
            }
        }

        foreach (var mismatch in mismatches) routes.Try<object?>(_ => throw mismatch, null);
        return good;
    }

    private static void RemarkUnknown(ManifestNode node, List<HubRemark> remarks, params string[] known) => remarks.AddRange(
        node.Names.Where(name => !known.Contains(name))
            .Select(name => new HubRemark(HubRemarkKind.Unknown, node.Json, name, "is not known to edgeHub, which ignores it.")));

    private static bool IsBlank(JToken? text) =>
        text is null or { Type: JTokenType.Null } || (text is JValue { Value: string value } && string.IsNullOrWhiteSpace(value));
}
