using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

public sealed class InferenceModuleTests
{
    private static readonly InferenceSettings Three = InferenceRig.SettingsOf(TinyModel.Manifest());

    [Fact]
    public void OnReadings_WithoutAModel_CountsThemAndSaysWhy()
    {
        using var rig = new InferenceRig(new InferenceSettings());
        rig.Send(("a", 0, 8, 8), ("b", 0, 8, 8));
        Assert.Equal((2, 2), (rig.Count("received"), rig.Count("dropped", "noModel")));
        Assert.Equal("degraded", rig.Model["status"]);
        Assert.Equal("The settings name no model (active).", rig.Model["reason"]);
    }

    [Fact]
    public void OnSettings_ModelThatCannotBeUsed_IsRejectedUntilACommandTriesItAgain()
    {
        using var rig = new InferenceRig(new InferenceSettings());
        rig.Loader.Refusal = "It is broken.";
        rig.Apply(Three);
        Assert.Equal("degraded", rig.Model["status"]);
        Assert.Equal($"Model {Three.Active.Sha256}: rejected. The model cannot be used: It is broken.", rig.Model["reason"]);
        rig.Loader.Refusal = null;
        rig.Apply(Three with { Stride = 2 });
        Assert.Equal("degraded", rig.Model["status"]);
        rig.Apply(Three with { Command = new SwapCommand { Id = "1", Action = SwapAction.Retry, Sha256 = Three.Active.Sha256! } });
        Assert.Equal("warming", rig.Model["status"]);
    }

    [Fact]
    public void Report_WhileRingsFill_SaysHowFarTheyAre()
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 4)));
        Assert.Equal(("warming", "0/4"), ((string)rig.Model["status"]!, (string)rig.Model["warming"]!));
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8));
        Assert.Equal("2/4", rig.Model["warming"]);
        rig.Send(("a", 2, 8, 8), ("a", 3, 8, 8));
        Assert.Equal("scoring", rig.Model["status"]);
        Assert.Null(rig.Model["warming"]);
    }

    [Fact]
    public async Task OnTick_CandidateOfTheSameShapeTakesOver_KeepsTheRings()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8));
        var normalisation = new Normalisation { Kind = Normalisation.Static, Means = [8, 8], Deviations = [1, 1] };
        await rig.PromoteAsync(TinyModel.Manifest() with { Version = "2", Normalisation = normalisation }, Three with { ScoreIntervalSeconds = 1 });
        Assert.Equal(0.0, Assert.Single(rig.Send(("a", 2, 8, 8)))["score"]);
        Assert.True(rig.Loader.Loaded.First().IsDisposed);
        Assert.Equal(0, rig.Count("ringLost"));
    }

    [Fact]
    public async Task OnTick_CandidateOfAnotherShapeTakesOver_StartsTheRingsAnewAndCountsWhatWasInThem()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("b", 0, 8, 8), ("a", 1, 8, 8));
        await rig.PromoteAsync(TinyModel.Manifest(size: 2) with { Version = "2" });
        Assert.Equal(3, rig.Count("ringLost"));
        rig.Send(("a", 2, 8, 8), ("a", 3, 8, 8));
        Assert.Equal(1, rig.Count("scored"));
        rig.Restart();
        rig.Send(("a", 4, 8, 8));
        Assert.Equal((2, 3), (rig.Count("scored"), rig.Count("ringLost")));
    }

    [Fact]
    public void OnSettings_ThatTheActiveModelDoesNotFit_SaysSoAndScoresOn()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { WindowSize = 2 });
        Assert.Equal(
            ("degraded", "The model's window has 3 readings; the setting windowSize says 2."), ((string)rig.Model["status"]!, (string)rig.Model["reason"]!));
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8), ("a", 2, 8, 8));
        Assert.Equal(1, rig.Count("scored"));
        rig.Apply(Three with { Features = new FeatureNames(["humidity", "temperature"]) });
        Assert.StartsWith("The model's features are temperature, humidity", (string)rig.Model["reason"]!, StringComparison.Ordinal);
        rig.Apply(Three);
        Assert.Equal("scoring", rig.Model["status"]);
    }

    [Fact]
    public void OnSettings_ActiveChangedOrTakenAway_LeavesTheModelAndSaysIt()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(new InferenceSettings());
        Assert.Equal(Three.Active.Sha256, rig.Model["sha256"]);
        rig.Apply(Three with { Active = InferenceRig.Source(TinyModel.Manifest() with { Version = "2" }) });
        Assert.Equal(Three.Active.Sha256, rig.Model["sha256"]);
        Assert.Contains("only the model to begin with", (string)rig.Swap["note"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Reset_CountsWhatWasInTheRings()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8));
        rig.Module.Reset();
        rig.Send(("a", 2, 8, 8));
        Assert.Equal((2, 0, 3), (rig.Count("ringLost"), rig.Count("scored"), rig.Count("warming")));
        rig.Restart();
        rig.Send(("a", 3, 8, 8), ("a", 4, 8, 8));
        Assert.Equal(1, rig.Count("scored"));
    }

    [Fact]
    public void ScoreWindow_Device_GivesItsScoreOrHowFarItIs()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 3, 3), ("a", 1, 3, 3));
        Assert.Equal("2/3", Call(rig, "scoreWindow", """{"deviceId":"a"}""").Payload!["warming"]);
        rig.Send(("a", 2, 3, 6));
        var answer = (JObject)Call(rig, "scoreWindow", """{"deviceId":"a"}""").Payload!;
        Assert.Equal((0.93333334f, true, "humidity"), ((float)answer["score"]!, (bool)answer["overLimit"]!, (string)answer["topFeature"]!));
        Assert.Equal(404, Call(rig, "scoreWindow", """{"deviceId":"b"}""").Status);
    }

    [Theory]
    [InlineData("""{"window":[[3,3],[3,3],[3,6]]}""", 200)]
    [InlineData("""{"window":[[3,3],[3,3]]}""", 400)]
    [InlineData("""{"window":[[3,3],[3,3],[3,"6"]]}""", 400)]
    [InlineData("""{"window":[3,3,3]}""", 400)]
    [InlineData("""{"window":5}""", 400)]
    [InlineData("[]", 400)]
    [InlineData(null, 400)]
    public void ScoreWindow_Values_AreChecked(string? payload, int status)
    {
        using var rig = new InferenceRig(Three);
        var answer = Call(rig, "scoreWindow", payload);
        Assert.Equal(status, answer.Status);
        if (status == 200) Assert.Equal(0.93333334f, (float)answer.Payload!["score"]!);
    }

    [Fact]
    public void GetModels_SaysWhichAndHowFar()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 3, 3), ("a", 1, 3, 3), ("a", 2, 3, 3), ("b", 2, 3, 3));
        var active = Call(rig, "getModels", null).Payload!["active"]!;
        Assert.Equal(("tiny", Three.Active.Sha256), ((string)active["name"]!, (string)active["sha256"]!));
        Assert.Equal((3, 2, 1), ((int)active["windowSize"]!, (int)active["devices"]!, (int)active["warmDevices"]!));
        using var without = new InferenceRig(new InferenceSettings());
        Assert.Equal("degraded", Call(without, "getModels", null).Payload!["active"]!["status"]);
        Assert.Equal(409, Call(without, "scoreWindow", """{"deviceId":"a"}""").Status);
        Assert.Null(rig.Module.OnMethod(new MethodRequest("other", null), rig.Context));
    }

    private static MethodResponse Call(InferenceRig rig, string name, string? payload) =>
        rig.Module.OnMethod(new MethodRequest(name, payload is null ? null : JToken.Parse(payload)), rig.Context)!;
}
