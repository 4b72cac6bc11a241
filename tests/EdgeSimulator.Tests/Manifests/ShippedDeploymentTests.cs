using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

/// <summary>The layers of <c>deployments/</c>, and the pair of gateways in <c>deployments/fog/</c>.</summary>
public class ShippedDeploymentTests
{
    private static readonly string Root = Workspace.FindRoot(AppContext.BaseDirectory)!;

    private static readonly string[] All = ["filter-only", "analytics", "inference", "uplink"];

    /// <summary>A device that all layers target gets what the template at the root deploys; only the routes have other names.</summary>
    [Fact]
    public void Layers_AllOverTheBase_AreTheDefaultDeployment()
    {
        var composed = Compose(All);
        var usual = (JObject)JsonText.Parse(Placeholders.Expand(File.ReadAllText(Path.Combine(Root, "deployment.template.json")), Variables));

        Assert.Equal(Sorted(Agent(usual)), Sorted(Agent(composed)));
        Assert.Equal(Routes(usual), Routes(composed));
        var (expected, actual) = (ManifestReader.ContentOf(usual)!, ManifestReader.ContentOf(composed)!);
        Assert.Equal(expected.Properties().Select(module => module.Name).Order(), actual.Properties().Select(module => module.Name).Order());
        foreach (var module in expected.Properties().Where(module => !module.Name.StartsWith('$')))
            Assert.Equal(Sorted(module.Value), Sorted(actual[module.Name]!));
    }

    [Theory]
    [InlineData("", "ActuatorModule AlertModule SensorModule", 7)]
    [InlineData("filter-only", "ActuatorModule AlertModule FilterModule SensorModule", 10)]
    [InlineData("analytics", "ActuatorModule AggregatorModule AlertModule SensorModule", 12)]
    [InlineData("filter-only analytics inference", "ActuatorModule AggregatorModule AlertModule FilterModule InferenceModule SensorModule", 20)]
    public void Layers_SomeOverTheBase_AreAWholeManifest(string layers, string modules, int routes)
    {
        var manifest = ManifestReader.Parse(Compose(layers.Split(' ', StringSplitOptions.RemoveEmptyEntries)), "composed");
        Assert.Equal(modules, string.Join(' ', manifest.Modules.Select(module => module.Name).Order()));
        Assert.Equal(routes, manifest.Hub.Configuration.Definitions.Count);
        Assert.Empty(manifest.Warnings);
    }

    /// <summary>What no layer packs goes to the cloud by itself; the layer above turns it to the UplinkModule.</summary>
    [Fact]
    public void UplinkLayer_RoutesToTheCloud_AreTurned()
    {
        var before = Targets(Compose("filter-only", "analytics", "inference")).Where(route => route.Value == "iothub").Select(route => route.Key);
        var after = Targets(Compose(All));
        Assert.All(before.Except(["criticalAlerts"]), route => Assert.StartsWith("device/UplinkModule/", after[route]));
        Assert.Equal(["criticalAlerts", "normalBatches", "otherBatches"], after.Where(route => route.Value == "iothub").Select(route => route.Key).Order());
    }

    [Fact]
    public void Layers_Priorities_DifferAndTargetTags()
    {
        var layers = All.Select(Layer).ToList();
        Assert.Equal(layers.Count, layers.Select(layer => layer.Priority).Distinct().Count());
        Assert.All(layers, layer => Assert.Matches(@"^tags\.edgeModules\.[a-z]+=true$", layer.TargetCondition));
    }

    [Fact]
    public void GenConfig_Layer_HasTagsAndStrings()
    {
        var config = ConfigFile.Create(Workspace.Find("deployments/uplink.template.json", null, Root), [], "arm64v8", null, Root);
        Assert.Equal("uplink.arm64v8.json", Path.GetFileName(config.Path));
        Assert.Equal(("localhost:5000/uplinkmodule:0.1.0-arm64v8", 16), (config.Images["UplinkModule"], config.Routes));
        var settings = (JObject)ManifestReader.ContentOf(config.Json)!["$edgeAgent"]!["properties.desired.modules.UplinkModule"]!["settings"]!;
        Assert.All(settings.Properties(), setting => Assert.InRange(((string)setting.Value!).Length, 1, 512));
        var options = settings.Properties().Where(setting => setting.Name.StartsWith("createOptions", StringComparison.Ordinal));
        Assert.Contains("\"ReadonlyRootfs\":true", string.Concat(options.Select(option => (string)option.Value!)));
    }

    /// <summary>A message of a gateway below comes without its output, under the name of its module.</summary>
    [Theory]
    [InlineData("SensorModule", null, "reading", "normal", "device/AlertModule/readings 0, device/AggregatorModule/readings 1")]
    [InlineData("AlertModule", null, "alert", "critical", "iothub 0")]
    [InlineData("AlertModule", "alerts", "alert", "critical", "iothub 0")]
    [InlineData("AlertModule", null, "alert", "normal", "device/UplinkModule/normal 2")]
    [InlineData("AlertModule", "alerts", "alert", "normal", "device/UplinkModule/normal 2")]
    [InlineData("FilterModule", null, "reading", "normal", "device/UplinkModule/normal 2")]
    [InlineData("FilterModule", null, "invalid", "low", "device/UplinkModule/low 3")]
    [InlineData("ActuatorModule", null, "actuator-outcome", "normal", "device/UplinkModule/normal 2")]
    [InlineData("AlertModule", null, "invalid", "low", "device/UplinkModule/low 3")]
    [InlineData("AggregatorModule", "zones", "zone-summary", "normal", "device/UplinkModule/low 3")]
    [InlineData("UplinkModule", "batches", "batch", "low", "iothub 7")]
    public void FogParent_Messages_AreTurnedToWhereTheyBelong(string module, string? output, string messageType, string priority, string targets)
    {
        var source = RouteTable.SourceOf(module, output);
        var matched = RoutesOf("fog/parent").Match(new RoutedMessage(source, [new("messageType", messageType), new("priority", priority)], [], default));
        Assert.Equal(targets.Split(", ").Order(), matched.Select(target => $"{target.Endpoint.Id} {target.Priority}").Order());
    }

    /// <summary>Whatever the child sends up has a place at the parent.</summary>
    [Fact]
    public void FogChild_WhatGoesUp_IsTakenByTheParent()
    {
        var child = ManifestReader.Read(PathOf("fog/child"), Variables);
        var up = Targets(ManifestReader.ReadJson(PathOf("fog/child"), Variables)).Where(route => route.Value == "iothub").ToList();
        Assert.Equal(8, up.Count);
        var parent = RoutesOf("fog/parent");
        foreach (var (name, _) in up)
        {
            var source = child.Hub.Configuration.Definitions.Single(route => route.Name == name).Text.Split(' ')[1].Split('/');
            var (module, output) = (source[3], source[5]);
            var type = output switch { "readings" or "filtered" => "reading", "alerts" => "alert", "outcomes" => "actuator-outcome", _ => "invalid" };
            foreach (var priority in new[] { "critical", "normal", "low" })
            {
                var message = new RoutedMessage(RouteTable.SourceOf(module, null), [new("messageType", type), new("priority", priority)], [], default);
                Assert.NotEmpty(parent.Match(message));
            }
        }
    }

    private static string PathOf(string name) => Path.Combine(Root, "deployments", $"{name}.template.json");

    private static string? Variables(string name) => Workspace.Find(null, null, Root).Variables()(name);

    private static DeploymentLayer Layer(string name) => DeploymentLayer.Read(PathOf(name), Variables);

    private static JObject Compose(params string[] layers) => ManifestReader.ReadJson(PathOf("base"), [.. layers.Select(PathOf)], Variables);

    private static JObject Agent(JObject manifest) => (JObject)ManifestReader.ContentOf(manifest)!["$edgeAgent"]!["properties.desired"]!;

    private static IEnumerable<(string?, int, long)> Routes(JObject manifest) =>
        ((JObject)ManifestReader.ContentOf(manifest)!["$edgeHub"]!["properties.desired"]!["routes"]!).Properties()
            .Select(route => ((string?)route.Value["route"], (int)route.Value["priority"]!, (long)route.Value["timeToLiveSecs"]!)).Order();

    private static Dictionary<string, string> Targets(JObject manifest)
    {
        var desired = (JObject)ManifestReader.ContentOf(manifest)!["$edgeHub"]!["properties.desired"]!;
        return HubConfigurationReader.Read(new ManifestNode("$edgeHub", desired), "device").Definitions.ToDictionary(route => route.Name, TargetOf);
    }

    private static string TargetOf(RouteDefinition route)
    {
        var parts = route.Text.Split('/');
        return route.Text.EndsWith("$upstream", StringComparison.Ordinal) ? "iothub" : $"device/{parts[^3]}/{parts[^1].TrimEnd(')', '"')}";
    }

    private static RouteTable RoutesOf(string name) =>
        HubConfigurationReader.Read(new ManifestNode("$edgeHub", ManifestReader.Read(PathOf(name), Variables).Hub.Desired), "device").Routes;

    private static JToken Sorted(JToken token) => token switch
    {
        JObject json => new JObject(
            json.Properties().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => new JProperty(property.Name, Sorted(property.Value)))),
        JArray list => new JArray(list.Select(Sorted)),
        _ => token,
    };
}
