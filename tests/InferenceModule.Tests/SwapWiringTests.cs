using EdgeModules.Hosting.Connection;
using EdgeModules.Inference.Swap;
using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

/// <summary>The swap as the module has it: settings, readings and methods in; scores, reports and the twin out.</summary>
public sealed class SwapWiringTests
{
    private static readonly ModelManifest Second = TinyModel.Manifest() with { Version = "2" };
    private static readonly ModelSource SecondSource = InferenceRig.Source(Second);
    private static readonly InferenceSettings Three = InferenceRig.SettingsOf(TinyModel.Manifest()) with
    {
        Policy = new PolicySettings
        {
            MinShadowMinutes = 1, MaxShadowMinutes = 30, MinBlocks = 20, BlockSeconds = 0, MinProbes = 10, MinFeatureProbes = 4, ProbationMinutes = 2,
            MaxLatencyP99Ms = 1e9, LatencyP50FloorMs = 1e9,
        },
    };

    private double _second;

    [Fact]
    public async Task OnReadings_WithACandidateInShadow_GivesItTheSameWindowsAndPromotesIt()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { Candidate = SecondSource });
        await rig.UntilAsync(SwapPhase.Probation, () => Play(rig));
        Assert.Equal("2", rig.Model["version"]);
        await rig.UntilAsync(SwapPhase.Promoted, () => Play(rig));

        Assert.Equal(["promoting", "promoted"], rig.ShadowReports.Select(report => (string)report["decision"]!));
        Assert.Equal((Three.Active.Sha256, SecondSource.Sha256), ((string)rig.Swap["previous"]!, (string)rig.Swap["active"]!));
        Assert.Equal(0, rig.Count("dropped", "noModel") + rig.Count("ringLost"));
        Assert.Equal(rig.Count("received"), rig.Count("scored") + rig.Count("warming"));
    }

    [Fact]
    public async Task OnReadings_CandidateWithAnotherNormalisation_GetsItsOwnFormOfTheWindow()
    {
        var manifest = Second with { Normalisation = new Normalisation { Kind = Normalisation.Static, Means = [1, 2], Deviations = [2, 4] } };
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { Candidate = InferenceRig.Source(manifest) });
        await rig.UntilAsync(SwapPhase.Shadow);
        rig.Send(("a", 0, 3, 6), ("a", 1, 5, 10), ("a", 2, 1, 2));
        await Testing.Waiting.ForAsync(() => rig.Loader.Loaded.Any(model => model.Seen.Contains("1 1 2 2 0 0")), "the candidate has seen the window");
    }

    [Fact]
    public async Task OnMethod_RollbackInProbation_PutsTheModelBeforeBackAndSendsTheReport()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { Candidate = SecondSource });
        await rig.UntilAsync(SwapPhase.Probation, () => Play(rig));

        Assert.Equal(409, rig.Call("rollback", Sha256(Three.Active))!.Status);
        var answer = rig.Module.OnMethod(new MethodRequest("rollback", Sha256(SecondSource)), rig.Context);

        var message = Assert.Single(Assert.IsType<EdgeModules.Hosting.EffectiveResponse>(answer).Effect.Outputs);
        Assert.Equal(("shadowReports", "shadowReport", "normal", 1), (message.Output, message.MessageType, message.Priority, message.Count));
        Assert.StartsWith($"shadowReport/{SecondSource.Sha256}/rolledBack/", message.MessageId, StringComparison.Ordinal);
        Assert.Equal(("rolledBack", "1"), ((string)rig.Swap["phase"]!, (string)rig.Model["version"]!));
        Play(rig);
        Assert.Equal(rig.Count("received"), rig.Count("scored") + rig.Count("warming"));
    }

    [Fact]
    public async Task OnReadings_ScoreThatIsNoNumberInProbation_LeadsBack()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { Candidate = SecondSource });
        await rig.UntilAsync(SwapPhase.Probation, () => Play(rig));
        // What an operator asks says nothing of the model.
        Assert.Equal(500, rig.Call("scoreWindow", JToken.Parse($$"""{"window":[[{{FakeModel.Nan}},0],[0,0],[0,0]]}"""))!.Status);
        rig.Tick();
        Assert.Equal("probation", rig.Swap["phase"]);

        rig.Send(("x", 0, FakeModel.Nan, 0), ("x", 1, 0, 0), ("x", 2, 0, 0));
        rig.Tick();

        Assert.Equal(("rolledBack", "1"), ((string)rig.Swap["phase"]!, (string)rig.Model["version"]!));
        Assert.Equal(1, rig.Count("dropped", "badScore"));
    }

    [Fact]
    public async Task OnMethod_ApproveInModeImprove_IsWaitedFor()
    {
        var settings = Three with { Candidate = SecondSource, Policy = Three.Policy with { Mode = SwapMode.Improve } };
        using var rig = new InferenceRig(Three);
        rig.Apply(settings);
        await Testing.Waiting.ForAsync(() => rig.Swap["awaitsApproval"] is not null, "it awaits approval", () => PlayAndTick(rig));
        Assert.Equal(409, rig.Call("approve", Sha256(Three.Active))!.Status);
        Assert.Equal(200, rig.Call("approve", Sha256(SecondSource))!.Status);
        await rig.UntilAsync(SwapPhase.Probation, () => Play(rig));
    }

    [Fact]
    public void OnSettings_CommandThatCannotBeDone_IsToldAsRefused()
    {
        using var rig = new InferenceRig(Three);
        rig.Apply(Three with { Command = new SwapCommand { Id = "9", Action = SwapAction.Rollback, Sha256 = Three.Active.Sha256! } });
        Assert.Equal(("9", "refused", "There is no model before the active one."),
            ((string)rig.Swap["command"]!["id"]!, (string)rig.Swap["command"]!["status"]!, (string)rig.Swap["command"]!["reason"]!));
    }

    [Fact]
    public void OnSettings_WithoutActive_TakesTheCandidateThoughThereIsNothingToCompareItWith()
    {
        using var rig = new InferenceRig(new InferenceSettings { Candidate = SecondSource });
        Assert.Equal(("warming", "2"), ((string)rig.Model["status"]!, (string)rig.Model["version"]!));
        rig.Tick();
        Assert.Equal("There is no model to compare it with.", Assert.Single(rig.ShadowReports)["reason"]);
    }

    [Fact]
    public void OnSettings_ActiveThatIsRefused_GivesWayToTheCandidate()
    {
        var damaged = Three.Active with { Sha256 = new string('0', 64) };
        using var rig = new InferenceRig(Three with { Active = damaged, Candidate = SecondSource });
        Assert.Equal("2", rig.Model["version"]);
        Assert.Equal("rejected", rig.Swap["verdicts"]![damaged.Sha256]!["decision"]);
    }

    [Fact]
    public void Report_OfARuntimeThatIsMissing_KeepsWhatTheJournalSays()
    {
        using var rig = new InferenceRig(Three);
        rig.Loader.IsRuntimeMissing = true;
        rig.Restart();
        Assert.Equal(("degraded", "There is no runtime."), ((string)rig.Model["status"]!, (string)rig.Model["reason"]!));
        rig.Loader.IsRuntimeMissing = false;
        rig.Restart();
        Assert.Equal(("1", Three.Active.Sha256), ((string)rig.Model["version"]!, (string)rig.Swap["active"]!));
    }

    [Fact]
    public async Task Report_InShadow_ChangesOnceAMinute()
    {
        using var rig = new InferenceRig(Three with { Policy = Three.Policy with { MinShadowMinutes = 500, MaxShadowMinutes = 1000 } });
        rig.Apply(rig.Settings with { Candidate = SecondSource });
        await rig.UntilAsync(SwapPhase.Shadow);
        var (last, changes) = (rig.Swap.ToString(), new List<DateTimeOffset> { rig.Now });
        await Testing.Waiting.ForAsync(() => changes.Count == 4, "the report changes", () =>
        {
            PlayAndTick(rig, seconds: 1);
            if (last == rig.Swap.ToString()) return;
            changes.Add(rig.Now);
            last = rig.Swap.ToString();
        });

        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMinutes(1)));
    }

    private static JObject Sha256(ModelSource source) => new() { ["sha256"] = source.Sha256 };

    private void PlayAndTick(InferenceRig rig, int seconds = 5)
    {
        rig.Tick();
        Play(rig, seconds);
    }

    /// <summary>Readings of three devices, and time.</summary>
    private void Play(InferenceRig rig, int seconds = 5)
    {
        for (var i = 0; i < 5; i++, _second++)
        {
            var value = 0.1 + _second % 7 * 0.05;
            rig.Send(("a", _second, value, -value), ("b", _second, value, 0.2), ("c", _second, 0.3, -value));
        }

        rig.Time.Advance(TimeSpan.FromSeconds(seconds));
    }
}
