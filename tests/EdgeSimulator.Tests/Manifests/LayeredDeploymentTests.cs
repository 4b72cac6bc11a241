using EdgeModules.Messages;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public class LayeredDeploymentTests
{
    private const string Bottom = """
        { "id": "bottom", "priority": 10, "content": { "modulesContent": {
          "$edgeAgent": { "properties.desired": { "modules": { "A": { "status": "running" } } } },
          "$edgeHub": { "properties.desired": { "routes": { "r": "low" } } },
          "A": { "properties.desired": { "limit": 1, "rules": { "one": { "above": 5 } } } } } } }
        """;

    [Fact]
    public void Compose_Paths_AreSetWhereTheyPoint()
    {
        var composed = Compose(Layer(20, """
            { "$edgeAgent": { "properties.desired.modules.B": { "status": "stopped" } },
              "$edgeHub": { "properties.desired.routes.r": "high", "properties.desired.routes.s": "new" },
              "A": { "properties.desired.rules.two": { "above": 7 }, "properties.desired.rules.one.above": 6 },
              "B": { "properties.desired": { "x": true } } }
            """));

        Assert.Equal(
            Json("""
                { "$edgeAgent": { "properties.desired": { "modules": { "A": { "status": "running" }, "B": { "status": "stopped" } } } },
                  "$edgeHub": { "properties.desired": { "routes": { "r": "high", "s": "new" } } },
                  "A": { "properties.desired": { "limit": 1, "rules": { "one": { "above": 6 }, "two": { "above": 7 } } } },
                  "B": { "properties.desired": { "x": true } } }
                """),
            Content(composed));
    }

    [Fact]
    public void Compose_WholeTwin_TakesThePlaceOfAllBelow()
    {
        var composed = Compose(Layer(20, """{ "A": { "properties.desired": { "other": 1 } } }"""));
        Assert.Equal(Json("""{ "properties.desired": { "other": 1 } }"""), Content(composed)["A"]!);
    }

    [Theory]
    [InlineData(20, 30, 2)]
    [InlineData(30, 20, 1)]
    public void Compose_SamePathTwice_TheHigherPriorityWins(int first, int second, int limit)
    {
        var composed = Compose(Layer(first, Limit(1)), Layer(second, Limit(2)));
        Assert.Equal(limit, Content(composed)["A"]!["properties.desired"]!.Value<int>("limit"));

        static string Limit(int value) => $$"""{ "A": { "properties.desired.limit": {{value}} } }""";
    }

    [Fact]
    public void Compose_Bottom_IsLeftAsItIs()
    {
        var bottom = Json(Bottom);
        LayeredDeployment.Compose(bottom, "b.json", [Layer(20, """{ "A": { "properties.desired.rules.one.above": 9 } }""")]);
        Assert.Equal(Json(Bottom), bottom);
    }

    [Fact]
    public void Compose_WhatIoTHubWouldNotApply_IsRefused()
    {
        Assert.Equal(
            "x.json: priority is 10; it must be higher than that of b.json (10), or IoT Hub does not apply the layer.",
            Refusal(Layer(10, """{ "A": { "properties.desired.limit": 2 } }""")));
        Assert.Equal(
            "x.json: content.modulesContent.A['properties.desired.limit'] is also set by x.json, which has the same priority 20; the two must differ, "
            + "or IoT Hub takes the layer that was created last.",
            Refusal(Layer(20, """{ "A": { "properties.desired.limit": 2 } }"""), Layer(20, """{ "A": { "properties.desired.limit": 3 } }""")));
        Assert.Equal(
            "x.json: content.modulesContent.A['properties.desired.limit.high'] is below limit, which holds no properties; it must be below an object.",
            Refusal(Layer(20, """{ "A": { "properties.desired.limit.high": 2 } }""")));
    }

    [Theory]
    [InlineData("""{ "A": { "desired.limit": 1 } }""", "content.modulesContent.A['desired.limit'] is 1; it must be named properties.desired.PATH: a layer sets desired properties.")]
    [InlineData("""{ "$edgeHub": { "properties.desired": {} } }""", "content.modulesContent.$edgeHub['properties.desired'] is {}; it must be absent: the whole of $edgeHub")]
    [InlineData("""{ "A": { "properties.desired.limit": null } }""", "['properties.desired.limit'] is null; it must be a value: a layer takes nothing away from the deployments below it.")]
    [InlineData("""{ "A": { "properties.desired.a..b": 1 } }""", "['properties.desired.a..b'] is 1; it must be named properties.desired.PATH, without empty parts.")]
    [InlineData("""{ "A": { "properties.desired": 3 } }""", "['properties.desired'] is 3; it must be an object.")]
    public void Parse_ChangeThatIsNone_IsNamed(string content, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<SimulatorException>(() => Layer(20, content)).Message);

    [Theory]
    [InlineData("""{ "id": "x", "priority": 20 }""", "x.json: modulesContent is absent; it must be an object.")]
    [InlineData("""{ "priority": 20, "content": { "modulesContent": {} } }""", "x.json: id is absent; it must be a text that is not empty.")]
    [InlineData("""{ "id": "x", "priority": -1, "content": { "modulesContent": {} } }""", "x.json: priority is -1; it must be an integer from 0 to 2147483647.")]
    [InlineData("""{ "id": "x", "priority": 1, "target": "", "content": { "modulesContent": {} } }""", "x.json: target is not known here;")]
    public void Parse_FileThatIsNoLayer_IsNamed(string json, string message) =>
        Assert.StartsWith(message, Assert.ThrowsAny<SimulatorException>(() => DeploymentLayer.Parse(Json(json), "/somewhere/x.json")).Message);

    [Theory]
    [InlineData("""{ "content": { "modulesContent": { "A": { "properties.desired": {} } } } }""", true)]
    [InlineData("""{ "modulesContent": { "$edgeHub": { "properties.desired.routes.r": "" } } }""", true)]
    [InlineData("""{ "content": { "modulesContent": { "$edgeAgent": { "properties.desired": {} } } } }""", false)]
    [InlineData("""{ "modulesContent": { "$edgeHub": { "properties.desired": {} } } }""", false)]
    [InlineData("{}", false)]
    public void IsLayer_File_IsToldFromAWholeManifest(string json, bool isLayer) => Assert.Equal(isLayer, DeploymentLayer.IsLayer(Json(json)));

    private static string Refusal(params DeploymentLayer[] layers) => Assert.ThrowsAny<SimulatorException>(() => Compose(layers)).Message;

    private static JObject Compose(params DeploymentLayer[] layers) => LayeredDeployment.Compose(Json(Bottom), "b.json", layers);

    private static DeploymentLayer Layer(int priority, string content) => DeploymentLayer.Parse(
        new JObject { ["id"] = "x", ["priority"] = priority, ["content"] = new JObject { ["modulesContent"] = Json(content) } }, "x.json");

    private static JObject Content(JObject manifest) => ManifestReader.ContentOf(manifest)!;

    private static JObject Json(string text) => (JObject)JsonText.Parse(text);
}
