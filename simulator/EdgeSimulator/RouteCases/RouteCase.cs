using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.RouteCases;

/// <summary>One line of a case file: routes, a message, and what is to come of them.</summary>
internal sealed record RouteCase(IReadOnlyList<RouteDefinition> Routes, RoutedMessage Message, RouteVerdict Expected)
{
    private const string DeviceId = "dev1";

    /// <param name="place">File and line, for messages.</param>
    /// <exception cref="SimulatorException">The line is no case.</exception>
    public static RouteCase Parse(string line, string place)
    {
        var root = new ManifestNode(place, ParseObject(line, place));
        var given = root.Object("case");
        var routes = given.Object("routes");
        return new RouteCase([.. routes.Names.Select(name => ReadRoute(routes, name))], ReadMessage(given), ReadExpected(root.Object("expect"), place));
    }

    /// <returns>What comes of it; why, when it is refused; the table, when it is not.</returns>
    public (RouteVerdict Verdict, string? Reason, RouteTable? Table) Evaluate()
    {
        try
        {
            var table = RouteTable.Compile(DeviceId, Routes);
            return (RouteVerdict.Accept(table.Match(Message).Select(RouteDelivery.Of)), null, table);
        }
        catch (RouteException error)
        {
            return (RouteVerdict.Refuse(error.Stage is RouteStage.Parse ? "parse" : "compile"), error.Message, null);
        }
        catch (SimulatorException error)
        {
            return (RouteVerdict.Refuse("evaluate"), error.Message, null);
        }
    }

    private static JObject ParseObject(string line, string place)
    {
        try
        {
            return JsonText.Parse(line) as JObject ?? throw new SimulatorException($"{place}: the line must be a JSON object with case and expect.");
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"{place}: the line is no JSON. {error.Message}", error);
        }
    }

    private static RouteDefinition ReadRoute(ManifestNode routes, string name)
    {
        if (routes.Json[name] is not JObject) return new RouteDefinition(name, Text(routes, name));
        var route = routes.Object(name);
        var priority = route.Has("priority") ? route.Integer("priority", 0, int.MaxValue) : Route.DefaultPriority;
        var timeToLive = route.Has("timeToLiveSecs") ? route.Integer("timeToLiveSecs", 0, uint.MaxValue) : 0;
        return new RouteDefinition(name, Text(route, "route"), (int)priority, (uint)timeToLive);
    }

    private static RoutedMessage ReadMessage(ManifestNode given)
    {
        var module = given.Has("module") ? Text(given, "module") : null;
        var output = given.Has("output") ? Text(given, "output") : null;
        var source = given.Has("twinChange") && Truth(given, "twinChange") ? RouteTable.TwinChangeSource
            : module is null ? RouteTable.DeviceSource
            : RouteTable.SourceOf(module, output);
        return new RoutedMessage(source, Texts(given, "props"), [.. SetByHub(module, output), .. Texts(given, "sys")], BodyOf(given));
    }

    private static IEnumerable<KeyValuePair<string, string>> SetByHub(string? module, string? output)
    {
        yield return new(SystemPropertyMap.ConnectionDeviceId, DeviceId);
        yield return new("edgeMessageId", "00000000-0000-0000-0000-000000000000");
        if (module is not null) yield return new(SystemPropertyMap.ConnectionModuleId, module);
        if (output is not null) yield return new(SystemPropertyMap.OutputName, output);
    }

    private static byte[] BodyOf(ManifestNode given) => given.Json["body"] switch
    {
        null => [],
        { Type: JTokenType.String } text => Encoding.UTF8.GetBytes((string)text!),
        var json => JsonText.ToUtf8(json),
    };

    private static RouteVerdict ReadExpected(ManifestNode expect, string place)
    {
        if (!Truth(expect, "accepted")) return RouteVerdict.Refuse(expect.Has("stage") ? Text(expect, "stage") : null);
        if (expect.Json["deliveries"] is not JArray deliveries) throw expect.Wrong("deliveries", "an array");
        return RouteVerdict.Accept(deliveries.Select(token =>
        {
            if (token is not JObject json) throw expect.Wrong("deliveries", "an array of objects");
            var delivery = new ManifestNode(place, json);
            return new RouteDelivery(Text(delivery, "id"), delivery.Integer("priority", 0, uint.MaxValue), delivery.Integer("ttl", 0, uint.MaxValue));
        }));
    }

    private static KeyValuePair<string, string>[] Texts(ManifestNode given, string name)
    {
        if (!given.Has(name)) return [];
        var texts = given.Object(name);
        return [.. texts.Names.Select(key => new KeyValuePair<string, string>(key, Text(texts, key)))];
    }

    /// <summary>Unlike a text of a manifest it may be empty, and has no placeholders.</summary>
    private static string Text(ManifestNode node, string name) =>
        node.Json[name] is JValue { Type: JTokenType.String, Value: string text } ? text : throw node.Wrong(name, "a text");

    private static bool Truth(ManifestNode node, string name) =>
        node.Json[name] is JValue { Type: JTokenType.Boolean, Value: bool truth } ? truth : throw node.Wrong(name, "true or false");
}
