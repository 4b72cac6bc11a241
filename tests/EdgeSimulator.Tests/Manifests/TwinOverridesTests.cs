using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public class TwinOverridesTests
{
    private static readonly DeploymentManifest Manifest = ManifestReader.Parse(TestManifest.Create(), "d.json");

    [Fact]
    public void Apply_NoOption_GivesTheTwinsOfTheManifest()
    {
        var twins = TwinOverrides.Apply(Manifest, new RunOptions(), "/");
        Assert.Equal("""{"maxSilenceSeconds":300}""", Compact(twins["FilterModule"]));
        Assert.Equal("{}", Compact(twins["SensorModule"]));
    }

    [Fact]
    public void Apply_OptionsOfTheSource_BecomeItsTwin()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("d.csv", "");
        var options = new RunOptions { Data = "d.csv", Speed = 0, Epoch = "1700000000000" };
        var twin = TwinOverrides.Apply(Manifest, options, directory.FullPath)["SensorModule"];
        Assert.True(JToken.DeepEquals(
            new JObject
            {
                ["mode"] = "replay",
                ["replay"] = new JObject { ["file"] = file, ["speed"] = 0, ["epoch"] = "1700000000000" },
                ["synthetic"] = new JObject { ["speed"] = 0, ["epoch"] = "1700000000000" },
            },
            twin));
    }

    [Fact]
    public void Apply_Devices_MakesTheSourceSynthetic()
    {
        var twin = TwinOverrides.Apply(Manifest, new RunOptions { Devices = 7, Speed = 2.5 }, "/")["SensorModule"];
        Assert.Equal("""{"mode":"synthetic","synthetic":{"devices":7,"speed":2.5},"replay":{"speed":2.5}}""", Compact(twin));
    }

    [Theory]
    [InlineData("""{"mode":"replay","replay":{"speed":60}}""", "", 0)]
    [InlineData("""{"mode":"replay","replay":{"speed":0}}""", "", 0)]
    [InlineData("""{"mode":"replay","replay":{"speed":1}}""", "", 60)]
    [InlineData("""{"mode":"synthetic","replay":{"speed":60},"synthetic":{"speed":1}}""", "", 60)]
    [InlineData("""{"mode":"replay","replay":{"speed":60}}""", "FilterModule.maxAgeSeconds=30", 30)]
    public void Apply_SourceFasterThanLife_SwitchesOffTheAgeOfReadings(string source, string set, int expected)
    {
        var json = TestManifest.Create();
        json["modulesContent"]!["FilterModule"]!["properties.desired"]!["maxAgeSeconds"] = 60;
        json["modulesContent"]!["SensorModule"] = new JObject { ["properties.desired"] = JObject.Parse(source) };
        var manifest = ManifestReader.Parse(json, "d.json");
        var options = new RunOptions { Set = set.Length == 0 ? [] : [set] };
        var twins = TwinOverrides.Apply(manifest, options, "/");
        Assert.Equal(expected, twins["FilterModule"].Value<int>("maxAgeSeconds"));
        Assert.Equal(expected == 0 ? ["FilterModule"] : [], TwinOverrides.Ageless(manifest, options, twins));
    }

    [Fact]
    public void Apply_Set_ComesLastAndMayRemove()
    {
        var twins = TwinOverrides.Apply(Manifest, new RunOptions { Devices = 7, Set = ["FilterModule.maxSilenceSeconds=null", "FilterModule.a.b=1", "SensorModule.synthetic.devices=8"] }, "/");
        Assert.Equal("""{"a":{"b":1}}""", Compact(twins["FilterModule"]));
        Assert.Equal(8, twins["SensorModule"]["synthetic"]!.Value<int>("devices"));
        Assert.Equal(300, Manifest.Twins["FilterModule"].Value<int>("maxSilenceSeconds"));
    }

    [Fact]
    public void Apply_SetOfTheHub_ChangesItsConfiguration()
    {
        var twins = TwinOverrides.Apply(Manifest, new RunOptions { Set = ["$edgeHub.storeAndForwardConfiguration.timeToLiveSecs=5"] }, "/");
        Assert.Equal(5, (int)twins["$edgeHub"].SelectToken("storeAndForwardConfiguration.timeToLiveSecs")!);
        Assert.Equal(7200, (int)Manifest.Hub.Desired.SelectToken("storeAndForwardConfiguration.timeToLiveSecs")!);
    }

    [Fact]
    public void Apply_UnknownModuleOrFile_IsNamed()
    {
        Assert.StartsWith("--set needs the module Gone, which d.json does not deploy", Fails(new RunOptions { Set = ["Gone.a=1"] }));
        Assert.Equal("The data file /no.csv (--data) is absent.", Fails(new RunOptions { Data = "no.csv" }));
    }

    [Theory]
    [InlineData(null, "real")]
    [InlineData(5, "made-up")]
    public void Apply_Devices_TakesWhatTheManifestHasForMadeUpReadings(int? devices, string model)
    {
        var manifest = Manifest with
        {
            Twins = new Dictionary<string, JObject>
            {
                ["FilterModule"] = JObject.Parse("""{"active":{"file":"real","n":1},"x-synthetic":{"active":{"file":"made-up"}}}"""),
            },
        };
        var twin = TwinOverrides.Apply(manifest, new RunOptions { Devices = devices }, "/")["FilterModule"];

        Assert.Equal((model, 1), ((string?)twin["active"]!["file"], (int)twin["active"]!["n"]!));
    }

    private static string Fails(RunOptions options) => Assert.ThrowsAny<SimulatorException>(() => TwinOverrides.Apply(Manifest, options, "/")).Message;

    private static string Compact(JObject json) => json.ToString(Newtonsoft.Json.Formatting.None);
}
