using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public class PackingTests
{
    [Theory]
    [InlineData("60", 5, 30, 5)]
    [InlineData("3", 100, 600, 10)]
    [InlineData("1000", 1, 2, 5)]
    [InlineData("0", 1, 6, 5)]
    [InlineData(null, 5, 30, 5)]
    [InlineData("1", 300, 1800, 30)]
    [InlineData("0.5", 300, 1800, 30)]
    public void Hasten_SourceFasterThanLife_ShortensByThatMuch(string? speed, long normal, long low, long probe) =>
        Assert.Equal((normal, low, probe), Hastened(new RunOptions(), speed));

    [Fact]
    public void Hasten_WhatTheUserSets_Stays() => Assert.Equal(
        (5, 1800, 30), Hastened(new RunOptions { Set = ["UplinkModule.lowSeconds=1800", "UplinkModule.connectivity.probeIntervalSeconds=30"] }, "60"));

    [Fact]
    public void Hasten_NoModuleThatPacksOrNothingToHasten_DoesNothing()
    {
        Packing.Hasten(new RunOptions(), new Dictionary<string, JObject> { ["SensorModule"] = [] });
        var bare = new Dictionary<string, JObject> { ["SensorModule"] = [], ["UplinkModule"] = JObject.Parse("""{"normalSeconds":"x"}""") };
        Packing.Hasten(new RunOptions(), bare);
        Assert.Equal("x", bare["UplinkModule"].Value<string>("normalSeconds"));
    }

    [Fact]
    public void Describe_HastenedTwin_SaysWhatItIs()
    {
        var (before, twins) = (Twins("60"), Twins("60"));
        Assert.Null(Packing.Describe(new RunOptions(), before, twins));
        Packing.Hasten(new RunOptions(), twins);
        Assert.Equal(
            "The source plays faster than life, and UplinkModule keeps up with it: normalSeconds is 5, lowSeconds is 30, connectivity.probeIntervalSeconds is 5.",
            Packing.Describe(new RunOptions(), before, twins));
    }

    private static (long Normal, long Low, long Probe) Hastened(RunOptions options, string? speed)
    {
        var twins = Twins(speed);
        Packing.Hasten(options, twins);
        var uplink = twins["UplinkModule"];
        return (uplink.Value<long>("normalSeconds"), uplink.Value<long>("lowSeconds"), (long)uplink.SelectToken("connectivity.probeIntervalSeconds")!);
    }

    private static Dictionary<string, JObject> Twins(string? speed) => new()
    {
        ["SensorModule"] = new JObject { ["mode"] = "replay", ["replay"] = speed is null ? [] : new JObject { ["speed"] = JToken.Parse(speed) } },
        ["UplinkModule"] = JObject.Parse("""{"normalSeconds":300,"lowSeconds":1800,"connectivity":{"probeIntervalSeconds":30}}"""),
    };
}
