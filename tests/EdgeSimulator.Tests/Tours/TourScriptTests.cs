using EdgeSimulator.CommandLine;
using EdgeSimulator.Tours;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Tours;

public class TourScriptTests
{
    [Fact]
    public void OptionsOf_ATour_HaveItsSensorsAndPolicyAndThenWhatTheUserSets()
    {
        var options = TourScript.OptionsOf(new RunOptions { Tour = true, Set = ["InferenceModule.policy.minShadowMinutes=0.2"] });
        Assert.Equal((TourScript.Devices, (double?)TourScript.Speed), (options.Devices, options.Speed));
        Assert.Contains("SensorModule.synthetic.cycleSeconds=600", options.Set);
        Assert.Contains("InferenceModule.policy.maxLatencyP99Ms=100.0", options.Set);
        Assert.Equal("InferenceModule.policy.minShadowMinutes=0.2", options.Set[^1]);
        // All of them are paths that a twin can have.
        foreach (var assignment in options.Set) TwinPath.ParseWithModule(assignment);
    }

    public static TheoryData<string, RunOptions> Others => new()
    {
        { "--data", new RunOptions { Data = "x.csv" } },
        { "--devices", new RunOptions { Devices = 1 } },
        { "--speed", new RunOptions { Speed = 1 } },
        { "--epoch", new RunOptions { Epoch = "0" } },
        { "--duration", new RunOptions { Duration = TimeSpan.FromSeconds(1) } },
        { "--only", new RunOptions { HubOnly = true } },
        { "--offline", new RunOptions { Offline = [new OfflinePeriod(TimeSpan.Zero, TimeSpan.FromSeconds(1))] } },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void OptionsOf_WhatTheTourHasOfItsOwn_IsRefusedByName(string option, RunOptions options) =>
        Assert.StartsWith($"{option} does not go with --tour", Assert.Throws<SimulatorException>(() => TourScript.OptionsOf(options)).Message);

    [Fact]
    public void Plant_AtAnotherTime_IsAPatchOfTheSensors() => Assert.Equal(
        new JObject { ["synthetic"] = new JObject { ["epoch"] = TourScript.Monday.ToUnixTimeMilliseconds(), ["cycleSeconds"] = 0 } },
        TourScript.Plant(TourScript.Monday, isWorking: false),
        JToken.EqualityComparer);

    [Fact]
    public void CheckState_OfAFormerRun_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        TourScript.CheckState(directory.FullPath);
        directory.Write("modules/InferenceModule/state.db", "");
        Assert.Contains("begins with a fresh one", Assert.Throws<SimulatorException>(() => TourScript.CheckState(directory.FullPath)).Message);
    }
}
