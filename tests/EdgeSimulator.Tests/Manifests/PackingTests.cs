using EdgeSimulator.CommandLine;
using EdgeSimulator.Manifests;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Manifests;

public class PackingTests
{
    [Theory]
    [InlineData("60", 5, 30)]
    [InlineData("1000", 1, 2)]
    [InlineData("1.5", 200, 1200)]
    [InlineData("0", 1, 6)]
    [InlineData(null, 5, 30)]
    public void Hastened_SourceFasterThanLife_WaitsByThatMuchShorter(string? speed, long normal, long low) => Assert.Equal(
        new Dictionary<string, long> { ["normalSeconds"] = normal, ["lowSeconds"] = low }, Packing.Hastened(new RunOptions(), Twins(speed)));

    [Theory]
    [InlineData("1")]
    [InlineData("0.5")]
    public void Hastened_SourceAsInLife_LeavesTheTwin(string speed) => Assert.Empty(Packing.Hastened(new RunOptions(), Twins(speed)));

    [Fact]
    public void Hastened_WhatTheUserSets_Stays()
    {
        var options = new RunOptions { Set = ["UplinkModule.lowSeconds=100"] };
        Assert.Equal(["normalSeconds"], Packing.Hastened(options, Twins("60")).Keys);
        Assert.Null(Packing.Describe(options, Twins("60"), Twins("60")));
    }

    [Fact]
    public void Hastened_NoModuleThatPacks_IsNothing() =>
        Assert.Empty(Packing.Hastened(new RunOptions(), new Dictionary<string, JObject> { ["SensorModule"] = [] }));

    [Fact]
    public void Describe_HastenedTwin_SaysWhatItIs()
    {
        var twins = Twins("60");
        foreach (var (name, seconds) in Packing.Hastened(new RunOptions(), twins)) twins["UplinkModule"][name] = seconds;
        Assert.Equal(
            "The source plays faster than life, so UplinkModule packs the sooner (normalSeconds is 5, lowSeconds is 30).",
            Packing.Describe(new RunOptions(), Twins("60"), twins));
        Assert.Null(Packing.Describe(new RunOptions(), twins, twins));
    }

    private static Dictionary<string, JObject> Twins(string? speed) => new()
    {
        ["SensorModule"] = new JObject { ["mode"] = "replay", ["replay"] = speed is null ? [] : new JObject { ["speed"] = JToken.Parse(speed) } },
        ["UplinkModule"] = new JObject { ["normalSeconds"] = 300, ["lowSeconds"] = 1800 },
    };
}
