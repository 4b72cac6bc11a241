using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;
using NJsonSchema;

namespace EdgeSimulator.Tests.Manifests;

/// <summary>The manifests at the root of the repository.</summary>
public class DefaultManifestTests
{
    private static readonly string Root = Workspace.FindRoot(AppContext.BaseDirectory)!;

    public static TheoryData<string> Templates => ["deployment.template.json", "deployment.debug.template.json"];

    /// <summary>Every template that can be deployed alone.</summary>
    public static TheoryData<string> WholeTemplates =>
    [
        "deployment.template.json", "deployment.debug.template.json",
        "deployments/base.template.json", "deployments/fog/parent.template.json", "deployments/fog/child.template.json",
    ];

    [SkippableTheory]
    [MemberData(nameof(WholeTemplates))]
    public async Task Template_AsPublished_IsValid(string name)
    {
        var schema = await SchemaAsync("azure-iot-edge-deployment-template-4.0.json");
        Assert.Empty(schema.Validate(Unwrapped(Load(name)).ToString()));
    }

    [SkippableTheory]
    [MemberData(nameof(Templates))]
    public async Task Manifest_Expanded_IsValid(string name)
    {
        var schema = await SchemaAsync("azure-iot-edge-deployment-2.0.json");
        var workspace = Workspace.Find(name, null, Root);
        var expanded = DeploymentExpander.Expand(ManifestReader.ReadJson(workspace.Manifest, workspace.Variables()), workspace.Manifest, new ModuleImages(Root, workspace.Variables()));
        Assert.Empty(schema.Validate(expanded.ToString()));
        Assert.DoesNotContain("${", expanded.ToString());
    }

    [SkippableTheory]
    [InlineData("deployment.template.json", "amd64")]
    [InlineData("deployment.template.json", "arm64v8")]
    [InlineData("deployment.debug.template.json", "amd64")]
    [InlineData("deployments/base.template.json", "amd64")]
    [InlineData("deployments/fog/parent.template.json", "amd64")]
    [InlineData("deployments/fog/child.template.json", "arm64v8")]
    public async Task Manifest_Generated_IsValid(string name, string platform)
    {
        var schema = await SchemaAsync("azure-iot-edge-deployment-2.0.json");
        var config = ConfigFile.Create(Workspace.Find(name, null, Root), [], platform, output: null, Root);
        Assert.Equal(Path.Combine(Root, "config", Path.GetFileName(name).Replace("template", platform, StringComparison.Ordinal)), config.Path);
        Assert.Empty(schema.Validate(Unwrapped(config.Json).ToString()));
        Assert.DoesNotContain("${", config.Json.ToString());
    }

    /// <summary>The schemas do see mistakes; without this the tests above could pass by seeing nothing.</summary>
    [SkippableFact]
    public async Task Schema_ManifestWithMistakes_RefusesEach()
    {
        var schema = await SchemaAsync("azure-iot-edge-deployment-template-4.0.json");
        foreach (var (path, value) in new[]
        {
            ("modulesContent.$edgeAgent['properties.desired'].modules.FilterModule.restartPolicy", "\"sometimes\""),
            ("modulesContent.$edgeHub['properties.desired'].schemaVersion", "\"9\""),
            ("modulesContent.$edgeHub['properties.desired'].routes.sensorToFilter", "{\"route\":\"FROM /* INTO $upstream\",\"priority\":10}"),
        })
        {
            var json = Load("deployment.template.json");
            TestManifest.Change(json, path, value);
            Assert.NotEmpty(schema.Validate(json.ToString()));
        }
    }

    [Fact]
    public void DebugTemplate_IsTheTemplateWithDebugImages()
    {
        var template = File.ReadAllText(Path.Combine(Root, "deployment.template.json"));
        var debug = File.ReadAllText(Path.Combine(Root, "deployment.debug.template.json"));
        Assert.Equal(template, System.Text.RegularExpressions.Regex.Replace(debug, @"(\$\{MODULES\.\w+)\.debug\}", "$1}"));
        Assert.NotEqual(template, debug);
    }

    [Theory]
    [MemberData(nameof(WholeTemplates))]
    public void Template_Modules_AreHardenedAndKeepTheirState(string name)
    {
        var modules = (JObject)ManifestReader.ContentOf(Load(name))!.SelectToken("$edgeAgent['properties.desired'].modules")!;
        Assert.NotEmpty(modules);
        foreach (var (module, deployment) in modules)
        {
            var host = (JObject)deployment!["settings"]!["createOptions"]!["HostConfig"]!;
            Assert.InRange(host.Value<int>("PidsLimit"), 1, 100);
            Assert.Equal("no-new-privileges", host["SecurityOpt"]![0]);
            // The two of a fog's parent that are not of this suite.
            if (module is "ImageCache" or "ApiProxy") continue;
            Assert.Equal("ALL", host["CapDrop"]![0]);
            Assert.True(host.Value<bool>("ReadonlyRootfs"));
            Assert.Null(host["Privileged"]);
            Assert.Contains("/tmp", ((JObject)host["Tmpfs"]!).Properties().Select(mount => mount.Name));
            Assert.InRange(host.Value<long>("Memory"), 1, 256L << 20);
            Assert.InRange(host.Value<long>("NanoCpus"), 1, 1_000_000_000);
            Assert.Equal("json-file", host["LogConfig"]!["Type"]);
            Assert.Equal($"{module.ToLowerInvariant()}-state:{deployment["env"]!["StateDirectory"]!["value"]}", host["Binds"]![0]);
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Template_IsWhatTheSimulatorRuns(string name)
    {
        var workspace = Workspace.Find(name, null, Root);
        var manifest = ManifestReader.Read(workspace.Manifest, workspace.Variables());
        Assert.Empty(manifest.Warnings);
        Assert.Empty(manifest.Hub.Configuration.Warnings);
        var images = new ModuleImages(Root, workspace.Variables());
        Assert.All(manifest.Modules, module => Assert.Equal(module.Name, images.Resolve(module).Name));
        Assert.Equal("SensorModule", manifest.Modules.MaxBy(module => module.StartupOrder)!.Name);
    }

    /// <summary>0 is kept for what is critical, and for the way to where that is found out.</summary>
    [Theory]
    [MemberData(nameof(Templates))]
    public void Template_Routes_HaveAPriorityAndATimeToLive(string name)
    {
        var workspace = Workspace.Find(name, null, Root);
        var hub = ManifestReader.Read(workspace.Manifest, workspace.Variables()).Hub.Configuration;
        Assert.Equal(TimeSpan.FromHours(2), hub.TimeToLive);
        Assert.Equal(
            [
                ("sensorToAlert", 0, 86_400), ("commandsToActuator", 0, 3_600), ("criticalAlertsToCloud", 0, 2_592_000),
                ("sensorToFilter", 1, 86_400), ("sensorToAggregator", 1, 86_400), ("sensorToInference", 1, 86_400), ("scoresToAlert", 1, 86_400),
                ("otherAlertsToUplink", 2, 604_800), ("outcomesToUplink", 2, 604_800), ("aggregatesToUplink", 2, 604_800), ("filteredToUplink", 2, 604_800),
                ("zonesToUplink", 3, 604_800), ("scoresToUplink", 3, 604_800), ("shadowReportsToUplink", 3, 604_800), ("lateToUplink", 3, 604_800),
                ("connectivityToUplink", 3, 604_800), ("invalidToUplink", 3, 604_800), ("alertInvalidToUplink", 3, 604_800),
                ("invalidCommandsToUplink", 3, 604_800), ("aggregatorInvalidToUplink", 3, 604_800), ("inferenceInvalidToUplink", 3, 604_800),
                ("normalBatchesToCloud", 4, 2_592_000), ("otherBatchesToCloud", 7, 2_592_000),
            ],
            hub.Definitions.Select(route => (route.Name, route.Priority, (int)route.TimeToLiveSeconds)));
    }

    /// <summary>What is critical goes straight to the cloud, ahead of all; what is not is packed, and nothing is both or neither.</summary>
    [Theory]
    [InlineData("AlertModule", "alerts", "critical", "iothub 0")]
    [InlineData("AlertModule", "alerts", "normal", "edge-1/UplinkModule/normal 2")]
    [InlineData("AlertModule", "alerts", "low", "edge-1/UplinkModule/normal 2")]
    [InlineData("FilterModule", "filtered", "normal", "edge-1/UplinkModule/normal 2")]
    [InlineData("AggregatorModule", "aggregates", "normal", "edge-1/UplinkModule/normal 2")]
    [InlineData("AggregatorModule", "zones", "normal", "edge-1/UplinkModule/low 3")]
    [InlineData("AggregatorModule", "late", "low", "edge-1/UplinkModule/low 3")]
    [InlineData("FilterModule", "invalid", "low", "edge-1/UplinkModule/low 3")]
    [InlineData("InferenceModule", "shadowReports", "normal", "edge-1/UplinkModule/low 3")]
    [InlineData("UplinkModule", "connectivity", "low", "edge-1/UplinkModule/low 3")]
    [InlineData("UplinkModule", "batches", "normal", "iothub 4")]
    [InlineData("UplinkModule", "batches", "low", "iothub 7")]
    public void Template_Message_GoesStraightToTheCloudOrIsPacked(string module, string output, string priority, string expected)
    {
        var workspace = Workspace.Find("deployment.template.json", null, Root);
        var hub = ManifestReader.Read(workspace.Manifest, workspace.Variables()).Hub;
        var routes = HubConfigurationReader.Read(new ManifestNode("$edgeHub", hub.Desired), "edge-1").Routes;
        var targets = routes.Match(new RoutedMessage(RouteTable.SourceOf(module, output), [new("priority", priority)], [], default));
        Assert.Equal([expected], targets.Select(target => $"{target.Endpoint.Id} {target.Priority}"));
    }

    [Fact]
    public void EnvironmentFile_HoldsNoSecret()
    {
        foreach (var (name, value) in EnvFile.Read(Path.Combine(Root, ".env")))
        {
            Assert.DoesNotMatch("(?i)password|secret|token|connection_?string|_key", name);
            Assert.DoesNotMatch("(?i)SharedAccessKey|AccountKey", value);
        }
    }

    /// <summary>What is edgeHub's and edgeAgent's own outlives their containers: the queue, and the deployment while the cloud is away.</summary>
    [Theory]
    [MemberData(nameof(WholeTemplates))]
    public void Template_SystemModules_KeepTheirStorageOnAVolume(string name)
    {
        var modules = (JObject)ManifestReader.ContentOf(Load(name))!.SelectToken("$edgeAgent['properties.desired'].systemModules")!;
        foreach (var module in new[] { "edgeAgent", "edgeHub" })
        {
            Assert.Equal(
                $"{module.ToLowerInvariant()}-storage:{modules[module]!["env"]!["StorageFolder"]!["value"]}",
                modules[module]!["settings"]!["createOptions"]!["HostConfig"]!["Binds"]![0]);
        }
    }

    /// <summary>The schemas are of a manifest alone, not of the deployment around it.</summary>
    private static JObject Unwrapped(JObject json)
    {
        if (json["content"] is not JObject content) return json;
        return json.ContainsKey("$schema-template") ? new JObject(json.Property("$schema-template")!, content.Properties()) : content;
    }

    private static JObject Load(string name) => (JObject)JsonText.Parse(File.ReadAllText(Path.Combine(Root, name)));

    private static Task<JsonSchema> SchemaAsync(string name)
    {
        for (var folder = new DirectoryInfo(Root).Parent; folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "schemas", name);
            if (File.Exists(file)) return JsonSchema.FromFileAsync(file);
        }

        throw new SkipException($"No shared/schemas/{name} beside the repository or above it.");
    }
}
