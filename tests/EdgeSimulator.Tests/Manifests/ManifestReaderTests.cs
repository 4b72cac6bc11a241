using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public class ManifestReaderTests
{
    private const string Agent = "modulesContent.$edgeAgent['properties.desired']";
    private const string Hub = "modulesContent.$edgeHub['properties.desired']";

    [Fact]
    public void Parse_Template_GivesModulesRoutesAndTwins()
    {
        var manifest = ManifestReader.Parse(TestManifest.Create(), "d.json");

        var filter = manifest.Modules[0];
        Assert.Equal(
            new ModuleDeployment("FilterModule", "${MODULES.FilterModule}", ModuleStatus.Running, RestartPolicy.Always, 1, filter.Environment), filter);
        Assert.Equal(new Dictionary<string, string> { ["FROM_OPTIONS"] = "a=b", ["BOTH"] = "env", ["NUMBER"] = "5", ["YES"] = "true" }, filter.Environment);
        Assert.Equal(uint.MaxValue, manifest.Modules[1].StartupOrder);
        Assert.Equal(ModuleStatus.Stopped, manifest.Modules[1].Status);
        Assert.Equal(HubEnvironment.Default, manifest.Hub.Environment);
        Assert.Equal(
            [
                new RouteDefinition("a", "FROM /messages/modules/SensorModule/outputs/readings INTO BrokeredEndpoint(\"/modules/FilterModule/inputs/readings\")"),
                new RouteDefinition("b", "FROM /messages/* INTO $upstream"),
            ],
            manifest.Hub.Configuration.Definitions);
        Assert.Equal(300, manifest.Twins["FilterModule"].Value<int>("maxSilenceSeconds"));
        Assert.Empty(manifest.Warnings);
    }

    [Fact]
    public void Parse_OlderName_IsRead()
    {
        var json = TestManifest.Create();
        json["moduleContent"] = json["modulesContent"];
        json.Remove("modulesContent");
        Assert.Equal(2, ManifestReader.Parse(json, "d.json").Modules.Count);
    }

    [Theory]
    [InlineData("{}", 30, 1800, false)]
    [InlineData("""{"MessageAckTimeoutSecs":{"value":"2"},"MessageCleanupIntervalSecs":{"value":60},"CheckEntireQueueOnCleanup":{"value":true}}""", 2, 60, true)]
    [InlineData("""{"MessageCleanupIntervalSecs":{"value":"5"},"CheckEntireQueueOnCleanup":{"value":"False"},"Other":{"value":"x"}}""", 30, 30, false)]
    public void Parse_EnvironmentOfEdgeHub_IsHonoured(string environment, int ackSeconds, int cleanupSeconds, bool entire)
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Agent}.systemModules.edgeHub")!["env"] = JObject.Parse(environment);
        Assert.Equal(
            new HubEnvironment(TimeSpan.FromSeconds(ackSeconds), TimeSpan.FromSeconds(cleanupSeconds), entire),
            ManifestReader.Parse(json, "d.json").Hub.Environment);
    }

    [Theory]
    [InlineData("MessageAckTimeoutSecs", "0", "a whole number of seconds from 1 to 86400")]
    [InlineData("MessageCleanupIntervalSecs", "\"soon\"", "a whole number of seconds from 1 to 86400")]
    [InlineData("CheckEntireQueueOnCleanup", "1", "true or false")]
    public void Parse_WrongEnvironmentOfEdgeHub_IsRefused(string variable, string value, string mustBe)
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Agent}.systemModules.edgeHub")!["env"] = JObject.Parse($$$"""{"{{{variable}}}":{"value":{{{value}}}}}""");
        Assert.Equal(
            $"d.json: {Agent}.systemModules.edgeHub.env.{variable}.value is {value}; it must be {mustBe}.",
            Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Parse_CreateOptionsInChunks_AreJoined()
    {
        var json = TestManifest.Create();
        var settings = (JObject)json.SelectToken($"{Agent}.modules.FilterModule.settings")!;
        settings["createOptions"] = """{"Env":["A""";
        settings["createOptions01"] = """=1"]}""";
        Assert.Equal("1", ManifestReader.Parse(json, "d.json").Modules[0].Environment["A"]);
    }

    [Theory]
    [InlineData("FROM /messages/modules/Gone/* INTO $upstream", "The route c reads from the module Gone, which is not deployed.")]
    [InlineData("select * from /messages/modules/gone into $upstream", "The route c reads from the module gone, which is not deployed.")]
    [InlineData(
        "FROM /* INTO BrokeredEndpoint('/modules/Gone/inputs/x')",
        "The route c leads into the module Gone, which is not deployed: its messages stay in the store until they expire.")]
    public void Parse_RouteOfAnUnknownModule_Warns(string route, string warning)
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Hub}.routes")!["c"] = route;
        Assert.Equal([warning], ManifestReader.Parse(json, "d.json").Warnings);
    }

    [Theory]
    [InlineData("FROM /messages/modules/filtermodule/outputs/x INTO $upstream")]
    [InlineData("FROM /twinChangeNotifications INTO brokeredendpoint('modules/FilterModule/inputs/x/')")]
    public void Parse_RouteOfKnownModules_DoesNotWarn(string route)
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Hub}.routes")!["c"] = route;
        Assert.Empty(ManifestReader.Parse(json, "d.json").Warnings);
    }

    /// <summary>Path to change, new value (null removes), and the message.</summary>
    public static TheoryData<string, string?, string> Mistakes => new()
    {
        { "modulesContent", null, "modulesContent is absent; it must be an object." },
        { "modulesContent.$edgeHub", null, "modulesContent.$edgeHub is absent; it must be an object." },
        { Agent + ".schemaVersion", "\"2.0\"", Agent + ".schemaVersion is \"2.0\"; it must be 1.0 or 1.1." },
        { Hub + ".schemaVersion", null, Hub + ".schemaVersion is absent; it must be 1.0, 1.1, 1.2 or 1.3." },
        { Hub + ".routes", "[]", Hub + ".routes is []; it must be an object." },
        { Agent + ".modules.FilterModule.restartPolicy", "\"sometimes\"", Agent + ".modules.FilterModule.restartPolicy is \"sometimes\"; it must be never, on-failure, on-unhealthy or always." },
        { Agent + ".modules.FilterModule.status", null, Agent + ".modules.FilterModule.status is absent; it must be running or stopped." },
        { Agent + ".modules.FilterModule.startupOrder", "-1", Agent + ".modules.FilterModule.startupOrder is -1; it must be an integer from 0 to 4294967295." },
        { Agent + ".modules.FilterModule.settings.image", "\"\"", Agent + ".modules.FilterModule.settings.image is \"\"; it must be a text that is not empty." },
        {
            Agent + ".modules.FilterModule.settings.image", "\"${WHERE}/x\"",
            Agent + ".modules.FilterModule.settings.image is \"${WHERE}/x\"; it must be free of undefined names: WHERE is neither in the environment file nor in the environment."
        },
        { Agent + ".modules.FilterModule.settings.createOptions", "5", Agent + ".modules.FilterModule.settings.createOptions is 5; it must be an object, or the JSON of one as a string." },
        { Agent + ".modules.FilterModule.env.NUMBER", "{\"value\":[1]}", Agent + ".modules.FilterModule.env.NUMBER.value is [1]; it must be a string, number or boolean." },
        { Hub + ".routes.a", "{\"route\":\"FROM /* INTO $upstream\",\"priority\":10}", Hub + ".routes.a.priority is 10; it must be an integer from 0 to 9." },
        { Hub + ".routes.a", "\"FROM /* TO $upstream\"", Hub + ".routes.a: Route 'a', column 9: found 'TO'; expected WHERE or INTO." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_Mistake_IsToldWithPathValueAndWhatItMustBe(string path, string? value, string message)
    {
        var json = TestManifest.Create();
        TestManifest.Change(json, path, value);
        Assert.Equal("d.json: " + message, Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Parse(json, "/some/d.json")).Message);
    }

    [Fact]
    public void Parse_TwinOfAnUnknownModule_IsRefused()
    {
        var json = TestManifest.Create();
        json["modulesContent"]!["FilterModul"] = JObject.Parse("""{"properties.desired":{}}""");
        Assert.Contains("it must be the twin of a module that is deployed (FilterModule, SensorModule)", Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Parse_UnknownKeyOfAModule_IsRefused()
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Agent}.modules.FilterModule")!["startUpOrder"] = 1;
        Assert.StartsWith($"d.json: {Agent}.modules.FilterModule.startUpOrder is not known here", Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Parse_LayeredDeployment_IsRefused()
    {
        var json = TestManifest.Create();
        json["modulesContent"]!["$edgeAgent"]!["properties.desired.modules.X"] = new JObject();
        Assert.Contains("a layer, which goes over a whole manifest (--layer)", Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Read_NoJson_IsToldWithTheFile()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("d.json", "{\"a\":");
        Assert.StartsWith($"The manifest {file} is not JSON: ", Assert.ThrowsAny<SimulatorException>(() => ManifestReader.Read(file, _ => null)).Message);
    }
}
