using EdgeModules.Hosting.Connection;
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
        Assert.Null(rig.Module.NextTick(rig.Context));
    }

    [Fact]
    public void OnTick_ModelThatCouldNotBeHad_IsTriedForAgain()
    {
        using var rig = new InferenceRig(new InferenceSettings());
        rig.Loader.Refusal = "It is broken.";
        rig.Apply(Three);
        Assert.Equal(("degraded", "It is broken."), ((string)rig.Model["status"]!, (string)rig.Model["reason"]!));
        rig.Now = rig.Module.NextTick(rig.Context)!.Value;
        rig.Loader.Refusal = null;
        rig.Module.OnTick(rig.Context);
        Assert.Equal("warming", rig.Model["status"]);
        Assert.Null(rig.Module.NextTick(rig.Context));
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
    public void OnSettings_AnotherModelOfTheSameShape_KeepsTheRings()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8));
        rig.Apply(InferenceRig.SettingsOf(TinyModel.Manifest() with { Version = "2", Normalisation = new Normalisation { Kind = Normalisation.Static, Means = [8, 8], Deviations = [1, 1] } }) with { ScoreIntervalSeconds = 1 });
        Assert.Equal(0.0, Assert.Single(rig.Send(("a", 2, 8, 8)))["score"]);
        Assert.True(rig.Loader.Loaded[0].IsDisposed);
        Assert.Equal(0, rig.Count("ringLost"));
    }

    [Fact]
    public void OnSettings_ModelOfAnotherShape_StartsTheRingsAnewAndCountsWhatWasInThem()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("b", 0, 8, 8), ("a", 1, 8, 8));
        rig.Apply(InferenceRig.SettingsOf(TinyModel.Manifest(size: 2)));
        Assert.Equal(3, rig.Count("ringLost"));
        rig.Send(("a", 2, 8, 8), ("a", 3, 8, 8));
        Assert.Equal(1, rig.Count("scored"));
        rig.Restart();
        rig.Send(("a", 4, 8, 8));
        Assert.Equal((2, 3), (rig.Count("scored"), rig.Count("ringLost")));
    }

    [Fact]
    public void OnSettings_ModelThatDoesNotFitTheSettings_IsRefusedAndTheOneBeforeStays()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(InferenceRig.SettingsOf(TinyModel.Manifest(size: 2)) with { WindowSize = 3 });
        Assert.Equal("The model's window has 2 readings; the setting windowSize says 3.", rig.Model["reason"]);
        rig.Send(("a", 0, 8, 8), ("a", 1, 8, 8), ("a", 2, 8, 8));
        Assert.Equal(1, rig.Count("scored"));
        rig.Apply(Three with { Features = new FeatureNames(["humidity", "temperature"]) });
        Assert.StartsWith("The model's features are temperature, humidity", (string)rig.Model["reason"]!, StringComparison.Ordinal);
        rig.Apply(Three);
        Assert.Equal("scoring", rig.Model["status"]);
    }

    [Fact]
    public void OnSettings_ModelTakenAway_IsDegraded()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(new InferenceSettings());
        rig.Send(("a", 0, 8, 8));
        Assert.Equal(1, rig.Count("dropped", "noModel"));
        Assert.True(rig.Loader.Loaded[0].IsDisposed);
    }

    [Fact]
    public void Shadow_ThatWantsWindows_GetsEachWithItsAnswer()
    {
        var manifest = TinyModel.Manifest(size: 2, new Normalisation { Kind = Normalisation.Static, Means = [1, 1], Deviations = [2, 2] });
        var shadow = new RecordingShadow();
        using var rig = new InferenceRig(InferenceRig.SettingsOf(manifest), shadow);
        rig.Send(("a", 0, 1, 3), ("a", 1, 5, 7));
        Assert.Empty(shadow.Seen);
        shadow.Wants = true;
        rig.Send(("a", 2, 9, 1));
        Assert.Equal([$"a {InferenceRig.T0 + 2000} raw 5 7 9 1 normalised 2 3 4 0 score {FakeModel.ScoreOf([2, 3, 4, 0])} shares 2"], shadow.Seen);
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
        Assert.Equal(("tiny", Three.Active.Sha256, 3, 2, 1), ((string)active["name"]!, (string)active["sha256"]!, (int)active["windowSize"]!, (int)active["devices"]!, (int)active["warmDevices"]!));
        using var without = new InferenceRig(new InferenceSettings());
        Assert.Equal("degraded", Call(without, "getModels", null).Payload!["active"]!["status"]);
        Assert.Equal(409, Call(without, "scoreWindow", """{"deviceId":"a"}""").Status);
        Assert.Null(rig.Module.OnMethod(new MethodRequest("other", null), rig.Context));
    }

    private static MethodResponse Call(InferenceRig rig, string name, string? payload) =>
        rig.Module.OnMethod(new MethodRequest(name, payload is null ? null : JToken.Parse(payload)), rig.Context)!;

    private sealed class RecordingShadow : IShadowTap
    {
        public bool Wants { get; set; }

        public List<string> Seen { get; } = [];

        public void Offer(in ScoredWindow window) => Seen.Add(
            $"{window.DeviceId} {window.Timestamp} raw {string.Join(' ', window.Raw.ToArray())} normalised {string.Join(' ', window.Normalised.ToArray())} score {window.Score} shares {window.Contributions.Length}");
    }
}
