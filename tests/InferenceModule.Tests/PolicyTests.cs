using EdgeModules.Models;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Inference.Tests;

/// <summary>What becomes of readings that are not as a window wants them.</summary>
public sealed class PolicyTests
{
    private static readonly InferenceSettings Three = InferenceRig.SettingsOf(TinyModel.Manifest());

    [Fact]
    public void OnReadings_FullRing_ScoresEachReadingFromThenOn()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 3, 3), ("a", 1, 3, 3));
        Assert.Empty(rig.Sent);
        var score = Assert.Single(rig.Send(("a", 2, 3, 6)));
        Assert.Equal(
            """{"deviceId":"a","score":0.93333334,"limit":0.8,"overLimitRun":1,"timestamp":T2,"windowStart":T0,"model":{"name":"tiny","version":"1","sha256":"SHA"},"topFeature":"humidity","contributions":{"temperature":0.4286,"humidity":0.5714}}"""
                .Replace("T2", $"{InferenceRig.T0 + 2000}", StringComparison.Ordinal).Replace("T0", $"{InferenceRig.T0}", StringComparison.Ordinal)
                .Replace("SHA", Three.Active.Sha256, StringComparison.Ordinal),
            score.ToString(Newtonsoft.Json.Formatting.None));
        rig.Send(("a", 3, 3, 3), ("a", 4, 0, 0));
        Assert.Equal([2L, 3L], rig.Sent.Select(item => (long)item["overLimitRun"]!));
        Assert.Equal([1000L, 2000L], rig.Sent.Select(item => (long)item["windowStart"]! - InferenceRig.T0));
        Assert.Equal((5, 2, 3), (rig.Count("received"), rig.Count("warming"), rig.Count("scored")));
    }

    [Fact]
    public void OnReadings_LimitCrossedEitherWay_IsTold()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 0, 0), ("a", 1, 0, 0), ("a", 2, 0, 0), ("a", 3, 0, 0));
        Assert.Empty(rig.Sent);
        rig.Send(("a", 4, 9, 9), ("a", 5, 0, 0), ("a", 6, 0, 0));
        Assert.Equal([1L, 2L, 3L], rig.Sent.Select(item => (long)item["overLimitRun"]!));
        rig.Send(("a", 7, 0, 0), ("a", 8, 0, 0));
        Assert.Equal((0L, 0.0), Assert.Single(rig.Sent.Select(item => ((long)item["overLimitRun"]!, (double)item["score"]!))));
        Assert.Equal((3, 7), (rig.Count("overLimit"), rig.Count("scored")));
    }

    [Fact]
    public void OnReadings_ScoreInterval_TellsByEventTime()
    {
        using var rig = new InferenceRig(Three with { ScoreIntervalSeconds = 10 });
        for (var second = 0; second < 30; second++)
        {
            rig.Send(("a", second, 0, 0));
            Assert.Equal(second is 2 or 12 or 22 ? 1 : 0, rig.Sent.Count);
        }
    }

    [Fact]
    public void OnReadings_ScoreIntervalAfterRestart_GoesOn()
    {
        using var rig = new InferenceRig(Three with { ScoreIntervalSeconds = 10 });
        rig.Send(("a", 0, 0, 0), ("a", 1, 0, 0), ("a", 2, 0, 0));
        rig.Restart();
        Assert.Empty(rig.Send(("a", 3, 0, 0)));
        rig.Restart(fromSnapshot: true);
        Assert.Empty(rig.Send(("a", 4, 0, 0)));
        rig.Send(("a", 5, 0, 0), ("a", 9, 0, 0), ("a", 12, 0, 0));
        Assert.Equal(InferenceRig.T0 + 12_000, Assert.Single(rig.Sent)["timestamp"]);
    }

    [Fact]
    public void OnReadings_Stride_ScoresEverySoManieth()
    {
        using var rig = new InferenceRig(Three with { Stride = 3 });
        for (var second = 0; second < 9; second++) rig.Send(("a", second, 9, 9));
        Assert.Equal((2, 3, 4), (rig.Count("warming"), rig.Count("scored"), rig.Count("suppressed", "stride")));
    }

    [Fact]
    public void OnReadings_DuplicateAndLate_DoNotEnter()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 9, 9), ("a", 2, 9, 9), ("a", 2, 1, 1), ("a", 1, 1, 1));
        Assert.Equal((2, 1, 1, 0), (rig.Count("warming"), rig.Count("duplicate"), rig.Count("late"), rig.Count("scored")));
        rig.Restart();
        rig.Send(("a", 2, 1, 1));
        Assert.Equal(2, rig.Count("duplicate"));
    }

    [Fact]
    public void OnReadings_GapLongerThanAllowed_StartsTheRingAnew()
    {
        using var rig = new InferenceRig(Three);
        // Five of the model's sample periods of a second.
        rig.Send(("a", 0, 0, 0), ("a", 5, 0, 0), ("a", 10, 0, 0), ("a", 15.001, 0, 0), ("a", 16, 0, 0), ("a", 17, 0, 0));
        Assert.Equal((2, 4, 1, 1), (rig.Count("scored"), rig.Count("warming"), rig.Count("gaps"), rig.Count("ringsEmptied", "gap")));
    }

    [Fact]
    public void OnReadings_GapWithContinue_IsCountedAndGoesOn()
    {
        using var rig = new InferenceRig(Three with { Gaps = GapPolicy.Continue, MaxGapMs = 1000 });
        rig.Send(("a", 0, 0, 0), ("a", 1, 0, 0), ("a", 3, 0, 0));
        Assert.Equal((1, 1, 0), (rig.Count("scored"), rig.Count("gaps"), rig.Count("ringsEmptied", "gap")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1000.5)]
    [InlineData(-1e300)]
    public void OnReadings_MissingOrImplausibleValue_IsHeldForAFewReadings(double? bad)
    {
        using var rig = new InferenceRig(Three with { HoldReadings = 2 });
        rig.Send(("a", 0, 8, 1), ("a", 1, bad, 2), ("a", 2, bad, 2));
        // (8 + 8 + 8 + 1 + 2 + 2) / 6
        Assert.Equal(29 / 6.0 / (29 / 6.0 + 0.25), (double)Assert.Single(rig.Sent)["score"]!, 1e-6);
        rig.Send(("a", 3, bad, 2));
        Assert.Equal((1, 2, 2), (rig.Count("scored"), rig.Count("warming"), rig.Count("heldValues")));
        Assert.Equal((1, 1), (rig.Count("dropped", "missingFeature"), rig.Count("ringsEmptied", "missingFeature")));
        rig.Send(("a", 4, bad, 2));
        // Nothing is left that could be held.
        Assert.Equal((2, 1), (rig.Count("dropped", "missingFeature"), rig.Count("ringsEmptied", "missingFeature")));
    }

    [Fact]
    public void OnReadings_HoldInARow_CountsAnewAfterAWholeReading()
    {
        using var rig = new InferenceRig(Three with { HoldReadings = 1 });
        rig.Send(("a", 0, 8, 1), ("a", 1, null, 2), ("a", 2, 8, 2), ("a", 3, 8, null));
        Assert.Equal((2, 2, 0), (rig.Count("scored"), rig.Count("heldValues"), rig.Count("dropped", "missingFeature")));
        rig.Restart(fromSnapshot: true);
        rig.Send(("a", 4, 8, null));
        Assert.Equal((2, 1), (rig.Count("heldValues"), rig.Count("dropped", "missingFeature")));
    }

    [Fact]
    public void OnReadings_SkipOrReset_LeavesTheReadingOut()
    {
        using var skip = new InferenceRig(Three with { Missing = MissingPolicy.Skip });
        skip.Send(("a", 0, 8, 8), ("a", 1, 8, 8), ("a", 2, null, 8), ("a", 3, 8, 8));
        Assert.Equal((1, 2, 1), (skip.Count("scored"), skip.Count("warming"), skip.Count("dropped", "missingFeature")));

        using var reset = new InferenceRig(Three with { Missing = MissingPolicy.Reset });
        reset.Send(("a", 0, 8, 8), ("a", 1, 8, 8), ("a", 2, null, 8), ("a", 3, 8, 8));
        Assert.Equal(
            (0, 3, 1, 1),
            (reset.Count("scored"), reset.Count("warming"), reset.Count("dropped", "missingFeature"), reset.Count("ringsEmptied", "missingFeature")));
    }

    [Fact]
    public void OnReadings_ReadingWithoutAnyFeature_IsNeverHeld()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 0, 8, 8), ("a", 1, null, null));
        Assert.Equal((1, 1, 0), (rig.Count("warming"), rig.Count("dropped", "missingFeature"), rig.Count("heldValues")));
    }

    [Fact]
    public void OnReadings_ClockSetBack_StartsTheRingAnew()
    {
        using var rig = new InferenceRig(Three);
        rig.Send(("a", 1000, 8, 8), ("a", 1001, 8, 8), ("a", 0, 8, 8), ("a", 1, 8, 8), ("a", 2, 8, 8), ("a", 3, 8, 8), ("a", 4, 8, 8));
        Assert.Equal((2, 1, 4, 1), (rig.Count("late"), rig.Count("scored"), rig.Count("warming"), rig.Count("ringsEmptied", "clockReset")));
    }

    [Fact]
    public void OnReadings_MoreDevicesThanAllowed_ForgetsTheOneUnseenForLongest()
    {
        using var rig = new InferenceRig(Three with { MaxDevices = 2 });
        rig.Send(("a", 0, 8, 8), ("b", 0, 8, 8), ("a", 1, 8, 8), ("c", 0, 8, 8), ("a", 2, 8, 8), ("b", 1, 8, 8));
        Assert.Equal((1, 5, 2), (rig.Count("scored"), rig.Count("warming"), rig.Count("evictedDevices")));
        rig.Restart();
        rig.Send(("a", 3, 8, 8), ("b", 2, 8, 8), ("b", 3, 8, 8));
        Assert.Equal((3, 2), (rig.Count("scored"), rig.Count("evictedDevices")));
        rig.Apply(rig.Settings with { MaxDevices = 1 });
        rig.Send(("b", 4, 8, 8));
        Assert.Equal((4, 3), (rig.Count("scored"), rig.Count("evictedDevices")));
    }

    [Fact]
    public void OnReadings_DeviceForgottenWhileItsWindowWaits_IsScoredFirst()
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 1)) with { MaxDevices = 1 });
        rig.Send(("a", 0, 8, 8), ("b", 0, 8, 8), ("c", 0, 8, 8));
        Assert.Equal(["a", "b", "c"], rig.Sent.Select(item => (string)item["deviceId"]!));
        rig.Restart();
        rig.Send(("c", 1, 8, 8));
        Assert.Equal(2, rig.Sent[0]["overLimitRun"]);
    }

    [Fact]
    public void OnReadings_MemoryForRings_BoundsTheDevices()
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 1024)) with { MaxRingMegabytes = 1 });
        for (var i = 0; i < 200; i++) rig.Send(($"d{i}", 0, 8, 8));
        // A ring has 1024 × 2 values of 4 bytes and as many times: 12.6 KB.
        Assert.Equal(200 - 79, rig.Count("evictedDevices"));
    }

    [Fact]
    public void OnReadings_StaticNormalisation_IsAppliedToTheWindow()
    {
        var manifest = TinyModel.Manifest(normalisation: new Normalisation { Kind = Normalisation.Static, Means = [20, 50], Deviations = [2, 5] });
        using var rig = new InferenceRig(InferenceRig.SettingsOf(manifest));
        rig.Send(("a", 0, 22, 55), ("a", 1, 22, 55), ("a", 2, 22, 60));
        Assert.Equal(7 / 6.0 / (7 / 6.0 + 0.25), (double)Assert.Single(rig.Sent)["score"]!, 1e-6);
    }

    [Fact]
    public void OnReadings_DevicesOfOneMessage_AreScoredInOneCall()
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 1)));
        rig.Send([.. Enumerable.Range(0, 70).Select(i => ($"d{i}", 0.0, (double?)i, (double?)0))]);
        Assert.Equal([32, 32, 6], rig.Loader.Loaded.First().Calls.TakeLast(3));
        Assert.Equal(70, rig.Count("scored"));
    }

    [Fact]
    public void OnReadings_EwmaBaseline_IsFrozenFromTheReadingAfterTheOneOverTheLimit()
    {
        var ewma = new Normalisation { Kind = Normalisation.Ewma, HalfLifeReadings = 5, FreezeReadings = 3 };
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 1, normalisation: ewma, "temperature")));
        var baseline = new EwmaBaseline(ewma, 1);
        var (state, normalised, isOver, over) = (new double[baseline.StateLength], new float[1], false, 0);
        for (var second = 0; second < 40; second++)
        {
            var value = second % 2 + (second is >= 20 and < 30 ? 50 : 0);
            baseline.Apply(state, [value], normalised, isOver);
            isOver = FakeModel.ScoreOf(normalised) > 0.8;
            if (isOver) over++;
            // Two readings in one message, too, and a new process now and then.
            if (second % 3 == 0) rig.Send(("b", second, 0, null), ("a", second, value, null));
            else rig.Send(("a", second, value, null));
            if (second % 7 == 0) rig.Restart(fromSnapshot: second % 2 == 0);
            var told = rig.Sent.LastOrDefault(item => (string)item["deviceId"]! == "a");
            Assert.Equal(isOver, told is not null && (long)told["overLimitRun"]! > 0);
            if (isOver) Assert.Equal(FakeModel.ScoreOf(normalised), (float)told!["score"]!);
        }

        Assert.InRange(over, 4, 39);
    }

    [Fact]
    public void OnReadings_FailedCall_DropsOnlyTheWindowsThatFail()
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(size: 1)));
        rig.Send(("a", 0, 8, 8), ("b", 0, FakeModel.Crash, 8), ("c", 0, 8, 8), ("d", 0, FakeModel.Nan, 8));
        Assert.Equal((2, 1, 1), (rig.Count("scored"), rig.Count("dropped", "modelFailed"), rig.Count("dropped", "badScore")));
        Assert.Equal(["a", "c"], rig.Sent.Select(item => (string)item["deviceId"]!));
        Assert.Equal(("degraded", "It crashed."), ((string)rig.Model["status"]!, (string)rig.Model["reason"]!));
        rig.Send(("a", 1, 8, 8));
        Assert.Equal("scoring", rig.Model["status"]);
    }
}
