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
        Assert.Equal(TimeSpan.FromSeconds(30), manifest.Hub.MessageAckTimeout);
        Assert.Equal("FROM /messages/modules/SensorModule/outputs/readings INTO BrokeredEndpoint(\"/modules/FilterModule/inputs/readings\")", manifest.Hub.Routes["a"]);
        Assert.Equal("FROM /messages/* INTO $upstream", manifest.Hub.Routes["b"]);
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

    [Fact]
    public void Parse_AckTimeoutOfEdgeHub_IsHonoured()
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Agent}.systemModules.edgeHub")!["env"] = JObject.Parse("""{"MessageAckTimeoutSecs":{"value":"2"}}""");
        Assert.Equal(TimeSpan.FromSeconds(2), ManifestReader.Parse(json, "d.json").Hub.MessageAckTimeout);
    }

    [Theory]
    [InlineData("SELECT * FROM /* INTO $upstream")]
    [InlineData("from /messages/* into $UPSTREAM")]
    [InlineData("FROM /messages/* /* all of it */ INTO $upstream")]
    [InlineData("FROM /messages/* INTO brokeredendpoint('modules/FilterModule/inputs/x/')")]
    [InlineData("FROM /twinChangeNotifications INTO $upstream")]
    public void Parse_RouteOfEdgeHub_IsAccepted(string route)
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Hub}.routes")!["a"] = route;
        Assert.Equal(route, ManifestReader.Parse(json, "d.json").Hub.Routes["a"]);
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

    [Fact]
    public void Parse_RouteFromUnknownModule_Warns()
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Hub}.routes")!["c"] = "FROM /messages/modules/Gone/* INTO $upstream";
        Assert.Equal(["The route c reads from the module Gone, which is not deployed."], ManifestReader.Parse(json, "d.json").Warnings);
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
        { Hub + ".routes.a", "{\"route\":\"FROM /* INTO $upstream\",\"priority\":0}", Hub + ".routes.a.priority is 0; it must be left out: the simulated hub has one queue per endpoint, so the route a must be a plain text." },
        { Hub + ".routes.a", "\"FROM /* WHERE x = '1' INTO $upstream\"", Hub + ".routes.a is \"FROM /* WHERE x = '1' INTO $upstream\"; it must be without WHERE: the simulated hub knows no conditions, so the route a must name its output after FROM." },
        { Hub + ".routes.a", "\"FROM /* TO $upstream\"", Hub + ".routes.a is \"FROM /* TO $upstream\"; it must be FROM <source> INTO $upstream or INTO BrokeredEndpoint(\"/modules/<module>/inputs/<input>\")." },
        { Hub + ".routes.a", "\"FROM /* INTO BrokeredEndpoint('/modules/Gone/inputs/x')\"", Hub + ".routes.a is \"FROM /* INTO BrokeredEndpoint('/modules/Gone/inputs/x')\"; it must be into $upstream or a module that is deployed (FilterModule, SensorModule), not Gone." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_Mistake_IsToldWithPathValueAndWhatItMustBe(string path, string? value, string message)
    {
        var json = TestManifest.Create();
        TestManifest.Change(json, path, value);
        Assert.Equal("d.json: " + message, Assert.Throws<SimulatorException>(() => ManifestReader.Parse(json, "/some/d.json")).Message);
    }

    [Fact]
    public void Parse_TwinOfAnUnknownModule_IsRefused()
    {
        var json = TestManifest.Create();
        json["modulesContent"]!["FilterModul"] = JObject.Parse("""{"properties.desired":{}}""");
        Assert.Contains("it must be the twin of a module that is deployed (FilterModule, SensorModule)", Assert.Throws<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Parse_UnknownKeyOfAModule_IsRefused()
    {
        var json = TestManifest.Create();
        json.SelectToken($"{Agent}.modules.FilterModule")!["startUpOrder"] = 1;
        Assert.StartsWith($"d.json: {Agent}.modules.FilterModule.startUpOrder is not known here", Assert.Throws<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Parse_LayeredDeployment_IsRefused()
    {
        var json = TestManifest.Create();
        json["modulesContent"]!["$edgeAgent"]!["properties.desired.modules.X"] = new JObject();
        Assert.Contains("layered deployments", Assert.Throws<SimulatorException>(() => ManifestReader.Parse(json, "d.json")).Message);
    }

    [Fact]
    public void Read_NoJson_IsToldWithTheFile()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("d.json", "{\"a\":");
        Assert.StartsWith($"The manifest {file} is not JSON: ", Assert.Throws<SimulatorException>(() => ManifestReader.Read(file, _ => null)).Message);
    }
}
