using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public class HubConfigurationReaderTests
{
    private const string Text = "FROM /* INTO $upstream";

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.1", "1.1")]
    [InlineData("1.2", "1.2")]
    [InlineData("1.3", "1.3")]
    [InlineData("1.1.0", "1.1")]
    public void Read_RoutesAsTexts_TakesEverySchemaVersion(string written, string version)
    {
        var configuration = Read($$$"""{"schemaVersion":"{{{written}}}","routes":{"a":"{{{Text}}}"},"storeAndForwardConfiguration":{"timeToLiveSecs":7200}}""");
        Assert.Equal([new RouteDefinition("a", Text, Route.DefaultPriority, 0)], configuration.Definitions);
        Assert.Equal((version, TimeSpan.FromHours(2)), (configuration.SchemaVersion, configuration.TimeToLive));
        Assert.Equal(["iothub"], configuration.Routes.Endpoints.Select(endpoint => endpoint.Id));
        Assert.Empty(configuration.Warnings);
    }

    public static TheoryData<string, int, uint> RouteObjects => new()
    {
        { "", Route.DefaultPriority, 0 },
        { ",\"priority\":0", 0, 0 },
        { ",\"priority\":9,\"timeToLiveSecs\":86400", 9, 86400 },
        { ",\"priority\":2000000000", Route.DefaultPriority, 0 },
        { ",\"timeToLiveSecs\":4294967295", Route.DefaultPriority, uint.MaxValue },
        { ",\"timeToLiveSecs\":0", Route.DefaultPriority, 0 },
    };

    [Theory]
    [MemberData(nameof(RouteObjects))]
    public void Read_RouteObject_GivesPriorityAndTimeToLive(string options, int priority, uint timeToLive) => Assert.Equal(
        [new RouteDefinition("a", Text, priority, timeToLive), new RouteDefinition("b", Text)],
        ReadRoutes($$"""{"a":{"route":"{{Text}}"{{options}}},"b":"{{Text}}"}""").Definitions);

    [Theory]
    [InlineData("""{"timeToLiveSecs":0}""", 0L)]
    [InlineData("""{}""", 0L)]
    [InlineData("""{"timeToLiveSecs":2147483647}""", 2147483647L)]
    [InlineData("""{"timeToLiveSecs":-1}""", null)]
    [InlineData("""{"timeToLiveSecs":-2147483648}""", null)]
    public void Read_TimeToLive_IsInSecondsAndForEverWhenNegative(string configuration, long? seconds) =>
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), ReadStoring(configuration).TimeToLive);

    [Theory]
    [InlineData("")]
    [InlineData("\"routes\":null,")]
    [InlineData("\"routes\":{\"a\":\"  \",\"b\":null},")]
    public void Read_SchemaOneZeroWithoutRoutes_IsAHubWithoutRoutes(string routes) => Assert.Empty(
        Read($$$"""{"schemaVersion":"1.0",{{{routes}}}"storeAndForwardConfiguration":{"timeToLiveSecs":1}}""").Definitions);

    /// <summary>Part of the configuration, and the warning.</summary>
    public static TheoryData<string, string> Remarks => new()
    {
        { "\"storeAndForwardConfiguration\":{\"timeToLiveSecs\":1,\"storeLimits\":{\"maxSizeBytes\":5}}", "t: storeAndForwardConfiguration.storeLimits has no effect: the hub keeps its store on disk, and edgeHub limits only the one in memory." },
        { "\"storeAndForwardConfiguration\":{\"timeToLiveSecs\":0}", "t: storeAndForwardConfiguration.timeToLiveSecs is 0 or absent: every message of a route without a time to live of its own expires at once." },
        { "\"mqttBroker\":{}", "t: mqttBroker is ignored: edgeHub has no MQTT broker any more." },
        { "\"integrity\":{}", "t: integrity is not verified: the simulated hub knows no trust bundle." },
        { "\"route\":{}", "t: route is not known to edgeHub, which ignores it." },
        { "\"routes\":{\"a\":{\"route\":\"FROM /* INTO $upstream\",\"ttl\":1}}", "t: routes.a.ttl is not known to edgeHub, which ignores it." },
    };

    [Theory]
    [MemberData(nameof(Remarks))]
    public void Read_WhatHasNoEffect_IsAcceptedWithAWarning(string part, string warning)
    {
        var desired = JObject.Parse("""{"schemaVersion":"1.3","routes":{},"storeAndForwardConfiguration":{"timeToLiveSecs":1}}""");
        desired.Merge(JObject.Parse("{" + part + "}"));
        Assert.Equal([warning], HubConfigurationReader.Read(new ManifestNode("t", desired), "edge-1").Warnings);
    }

    /// <summary>Path to change, new value (null removes), and the message.</summary>
    public static TheoryData<string, string?, string> Mistakes => new()
    {
        { "schemaVersion", null, "schemaVersion is absent; it must be 1.0, 1.1, 1.2 or 1.3." },
        { "schemaVersion", "\"1.4\"", "schemaVersion is \"1.4\"; it must be 1.0, 1.1, 1.2 or 1.3." },
        { "schemaVersion", "\"2.1\"", "schemaVersion is \"2.1\"; it must be 1.0, 1.1, 1.2 or 1.3." },
        { "schemaVersion", "1.1", "schemaVersion is 1.1; it must be 1.0, 1.1, 1.2 or 1.3." },
        { "schemaVersion", "\"1.0\"", "routes.a is {\"route\":\"FROM /* INTO $upstream\",\"priority\":1}; it must be a text: a route with priority and time to live needs schemaVersion 1.1 or later." },
        { "routes", null, "routes is absent; it must be an object." },
        { "routes", "[]", "routes is []; it must be an object." },
        { "routes", "{\" \":\"FROM /* INTO $upstream\"}", "routes[' '] is \"FROM /* INTO $upstream\"; it must be under a name that is not empty." },
        { "routes.a", "5", "routes.a is 5; it must be a text that is not empty." },
        { "routes.a", "\"\"", "routes.a is \"\"; it must be a text that is not empty." },
        { "routes.a.route", null, "routes.a.route is absent; it must be a text that is not empty." },
        { "routes.a.priority", "-1", "routes.a.priority is -1; it must be an integer from 0 to 9." },
        { "routes.a.priority", "10", "routes.a.priority is 10; it must be an integer from 0 to 9." },
        { "routes.a.priority", "\"1\"", "routes.a.priority is \"1\"; it must be an integer from 0 to 9." },
        { "routes.a.timeToLiveSecs", "-1", "routes.a.timeToLiveSecs is -1; it must be an integer from 0 to 4294967295." },
        { "routes.a.route", "\"FROM /* INTO $cloud\"", "routes.a: Route 'a', column 14: found '$cloud'; expected $upstream, the only system endpoint." },
        { "storeAndForwardConfiguration", null, "storeAndForwardConfiguration is absent; it must be an object." },
        { "storeAndForwardConfiguration", "null", "storeAndForwardConfiguration is null; it must be an object." },
        { "storeAndForwardConfiguration.timeToLiveSecs", "2147483648", "storeAndForwardConfiguration.timeToLiveSecs is 2147483648; it must be an integer from -2147483648 to 2147483647." },
        { "storeAndForwardConfiguration.timeToLiveSecs", "1.5", "storeAndForwardConfiguration.timeToLiveSecs is 1.5; it must be an integer from -2147483648 to 2147483647." },
        { "storeAndForwardConfiguration.storeLimits", "{\"maxSizeBytes\":\"much\"}", "storeAndForwardConfiguration.storeLimits.maxSizeBytes is \"much\"; it must be an integer from -9223372036854775808 to 9223372036854775807." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_Mistake_IsToldWithPathValueAndWhatItMustBe(string path, string? value, string message)
    {
        var desired = JObject.Parse("""
            {"schemaVersion":"1.2","routes":{"a":{"route":"FROM /* INTO $upstream","priority":1}},"storeAndForwardConfiguration":{"timeToLiveSecs":1}}
            """);
        Manifests.TestManifest.Change(desired, path, value);
        var error = Assert.ThrowsAny<SimulatorException>(() => HubConfigurationReader.Read(new ManifestNode("The twin", desired), "edge-1"));
        Assert.Equal("The twin: " + message, error.Message);
    }

    private static HubConfiguration ReadRoutes(string routes) =>
        Read($$$"""{"schemaVersion":"1.1","routes":{{{routes}}},"storeAndForwardConfiguration":{"timeToLiveSecs":1}}""");

    private static HubConfiguration ReadStoring(string configuration) =>
        Read("""{"schemaVersion":"1.1","routes":{},"storeAndForwardConfiguration":""" + configuration + "}");

    private static HubConfiguration Read(string desired) => HubConfigurationReader.Read(new ManifestNode("t", JObject.Parse(desired)), "edge-1");
}
