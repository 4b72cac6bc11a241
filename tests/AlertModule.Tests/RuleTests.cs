using EdgeModules.Alerting.Machine;
using EdgeModules.Alerting.Rules;
using static EdgeModules.Alerting.Tests.EngineRig;

namespace EdgeModules.Alerting.Tests;

/// <summary>The kinds of rules: silences, scores, zones; and what becomes of alarms when rules and devices go.</summary>
public sealed class RuleTests
{
    private static AlertSettings Zones(ZoneRule? rule = null) => Only(Hot with { Enabled = false }) with
    {
        ZoneRules = new Dictionary<string, ZoneRule> { ["overheat"] = rule ?? new ZoneRule() },
    };

    [Theory]
    [InlineData(35, 45, "temperature", 36, "raised warning")]
    [InlineData(35, 45, "temperature", 4, "raised warning")]
    [InlineData(35, 45, "temperature", -1, "raised critical")]
    [InlineData(35, 45, "vibration", 51, "raised warning")]
    [InlineData(35, 45, "vibration", 81, "raised critical")]
    [InlineData(35, 45, "humidity", 81, "raised warning")]
    [InlineData(35, 45, "humidity", 96, "raised critical")]
    [InlineData(35, 45, "pressure", 1e9, null)]
    public void OnReading_DefaultRules_AreThoseOfTheSuite(double warning, double critical, string metric, double value, string? told)
    {
        var rig = new EngineRig();
        Assert.Equal((warning, critical), (rig.Settings.Rules["temperatureHigh"].Warning, rig.Settings.Rules["temperatureHigh"].Critical));
        Assert.Equal(told is null ? [] : [told], rig.Read("press-1", null, 0, (metric, value)));
    }

    [Fact]
    public void OnReading_RuleForSomeDevicesOrZones_LeavesOthersAlone()
    {
        var rig = new EngineRig(Only(Hot with { Zones = new IdList(["hall"]), Devices = new IdList(["a", "b"]) }));
        Assert.Single(rig.Read("a", "hall", 0, ("temperature", 36)));
        Assert.Empty(rig.Read("c", "hall", 0, ("temperature", 36)));
        Assert.Empty(rig.Read("b", "yard", 0, ("temperature", 36)));
        Assert.Empty(rig.Read("b", null, 1, ("temperature", 36)));
        // Moved out of the rule's zone: the alarm does not stay for ever.
        Assert.Equal(["cleared none"], rig.Read("a", "yard", 1, ("temperature", 36)));
    }

    [Fact]
    public void OnReading_LateOrAgain_IsCountedAndNotEvaluated()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(10, 20);
        Assert.Empty(rig.Temperature(10, 50));
        Assert.Equal((0, 1, 0), (rig.Tally.Evaluated, rig.Tally.Duplicate, rig.Tally.Late));
        Assert.Empty(rig.Temperature(9, 50));
        Assert.Equal((0, 0, 1), (rig.Tally.Evaluated, rig.Tally.Duplicate, rig.Tally.Late));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnReading_ClockSetBackAndRestartBetween_StartsAnewAtTheThird(bool fromSnapshot)
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(1000, 20);
        Assert.Empty(rig.Temperature(1, 50));
        Assert.Empty(rig.Temperature(2, 50));
        rig.Restart(fromSnapshot);
        // The only one that is too hot and counts: were the two before forgotten, it would be late too, and the alarm with it.
        Assert.Equal(["raised critical"], rig.Temperature(3, 50));
        Assert.Equal(1, rig.Tally.ClockResets);
    }

    [Fact]
    public void OnTick_DeviceGoneQuiet_RaisesOnceAndClearsWhenItIsHeard()
    {
        var rig = new EngineRig(Only(Hot) with { NoDataRules = new Dictionary<string, NoDataRule> { ["quiet"] = new() { Seconds = 60 } } });
        rig.Temperature(0, 20);
        Assert.Empty(rig.Tick(59.9));
        Assert.Equal(["raised warning"], rig.Tick(61));
        Assert.Equal(T0 + 60_000, rig.Last[0].Notice.Since);
        Assert.Empty(rig.Tick(500));
        rig.Clock = 501;
        Assert.Equal(["cleared none"], rig.Temperature(1, 20));
    }

    [Fact]
    public void OnTick_GatewayWasOff_CountsSilenceFromItsStart()
    {
        var rig = new EngineRig(Only(Hot) with { NoDataRules = new Dictionary<string, NoDataRule> { ["quiet"] = new() { Seconds = 60, Severity = RuleSeverity.Critical } } });
        rig.Temperature(0, 20);
        rig.Clock = 10_000;
        rig.Restart(fromSnapshot: false);
        Assert.Empty(rig.Tick(10_059));
        Assert.Equal(["raised critical"], rig.Tick(10_060));
        rig.Restart(fromSnapshot: true);
        Assert.Empty(rig.Tick(20_000));
    }

    [Fact]
    public void OnTick_StartBetweenTwoLooks_IsTheSameAlarm()
    {
        string Id(bool restarts)
        {
            var rig = new EngineRig(Only(Hot) with { NoDataRules = new Dictionary<string, NoDataRule> { ["quiet"] = new() { Seconds = 60 } } });
            rig.Temperature(5, 20);
            rig.Clock = 7;
            // Late, and again: nothing to look at, and a sign of life.
            rig.Temperature(4, 20);
            rig.Clock = 8;
            rig.Temperature(5, 20);
            rig.Clock = 30;
            if (restarts) rig.Restart(fromSnapshot: false);
            Assert.Empty(rig.Tick(67.9));
            Assert.Equal(["raised warning"], rig.Tick(120));
            return rig.Last[0].AlertId;
        }

        Assert.Equal($"quiet/press-1/{T0 + 68_000}", Id(restarts: false));
        Assert.Equal(Id(restarts: false), Id(restarts: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnTick_ClockSetBack_StillMissesWhoIsQuiet(bool restarts)
    {
        var rig = new EngineRig(Only(Hot) with { NoDataRules = new Dictionary<string, NoDataRule> { ["quiet"] = new() { Seconds = 60 } } }) { Clock = 3600 };
        rig.Read("a", null, 0, ("temperature", 20));
        rig.Clock = 0;
        if (restarts) rig.Restart(fromSnapshot: true);
        rig.Read("b", null, 1, ("temperature", 20));
        Assert.Equal(["raised warning", "raised warning"], rig.Tick(60));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnTick_RuleOffAndOnAgain_RaisesUnderAnotherMessageId(bool staysInTheSettings)
    {
        var settings = Only(Hot) with { NoDataRules = new Dictionary<string, NoDataRule> { ["quiet"] = new() { Seconds = 60, CooldownSeconds = 0 } } };
        var off = new Dictionary<string, NoDataRule>();
        if (staysInTheSettings) off["quiet"] = settings.NoDataRules["quiet"] with { Enabled = false };
        var rig = new EngineRig(settings);
        rig.Temperature(0, 20);
        Assert.Equal(["raised warning"], rig.Tick(60));
        rig.Settings = settings with { NoDataRules = off };
        Assert.Equal(["cleared none"], rig.Tick(61));
        rig.Restart(fromSnapshot: true);
        rig.Settings = settings;
        Assert.Equal(["raised warning"], rig.Tick(200));
        Assert.Equal("raised/1", rig.Last[0].Step);
    }

    [Fact]
    public void OnScore_ConsecutiveAbove_RaisesAndClearsAtClear()
    {
        var rule = new ScoreRule { Above = 0.8, Clear = 0.5, Consecutive = 3, Severity = RuleSeverity.Critical };
        var rig = new EngineRig(Only(Hot) with { ScoreRules = new Dictionary<string, ScoreRule> { ["strange"] = rule } });
        var told = new[] { 0.9, 0.9, 0.7, 0.9, 0.9, 0.95, 0.6, 0.5, 0.9 }.Select((score, i) =>
        {
            if (i == 4) rig.Restart(fromSnapshot: true);
            return string.Join(',', rig.Score(i, score));
        });
        Assert.Equal(["", "", "", "", "", "raised critical", "", "cleared none", ""], told);
    }

    [Fact]
    public void OnScore_OfAnotherModelOrNotNewer_IsNotTaken()
    {
        var rig = new EngineRig(Only(Hot) with { ScoreRules = new Dictionary<string, ScoreRule> { ["strange"] = new() { Model = "m1", Consecutive = 2 } } });
        Assert.Empty(rig.Score(0, 0.9, "m2"));
        Assert.Empty(rig.Score(1, 0.9, "m1"));
        Assert.Empty(rig.Score(1, 0.9, "m1"));
        Assert.Equal(1, rig.Tally.Late);
        Assert.Equal(["raised warning"], rig.Score(2, 0.9, "m1"));
    }

    [Fact]
    public void ZoneRule_AllConditionsHold_RaisesOnceForTheZone()
    {
        var rig = new EngineRig(Zones());
        Assert.Empty(rig.Read("a", "hall", 0, ("temperature", 50), ("vibration", 20)));
        Assert.Empty(rig.Read("b", "hall", 1, ("temperature", 30), ("vibration", 70)));
        Assert.Equal(["raised critical"], rig.Read("b", "hall", 2, ("temperature", 31), ("vibration", 70)));
        Assert.Equal(("overheat/hall/" + (T0 + 2000), true), (rig.Last[0].AlertId, rig.Last[0].IsZone));
        Assert.Equal([40.5, 70], rig.Last[0].Conditions!);
        Assert.Empty(rig.Read("a", "hall", 3, ("temperature", 51), ("vibration", 20)));
        Assert.Empty(rig.Read("c", "yard", 3, ("temperature", 51), ("vibration", 20)));
        Assert.Equal(["cleared none"], rig.Read("b", "hall", 4, ("temperature", 31), ("vibration", 60)));
    }

    [Fact]
    public void ZoneRule_ReadingTooOldAgainstTheNewest_DoesNotCount()
    {
        var rig = new EngineRig(Zones());
        rig.Read("a", "hall", 0, ("temperature", 90), ("vibration", 99));
        Assert.Equal(["cleared none"], rig.Read("b", "hall", 61, ("temperature", 30), ("vibration", 10)));
        Assert.Equal(["raised critical"], rig.Read("a", "hall", 61, ("temperature", 90), ("vibration", 99)));
    }

    [Fact]
    public void ZoneRule_RaisedAgainAtTheSameNewestTime_HasAnotherMessageId()
    {
        var rig = new EngineRig(Zones(new ZoneRule { CooldownSeconds = 0, Action = new RuleAction(null, "buzz", null) }));
        Assert.Equal(["raised critical acts"], rig.Read("a", "hall", 50, ("temperature", 50), ("vibration", 70)));
        Assert.Equal(["cleared none"], rig.Read("b", "hall", 40, ("temperature", 0), ("vibration", 0)));
        Assert.Equal(["raised critical acts"], rig.Read("b", "hall", 41, ("temperature", 50), ("vibration", 0)));
        Assert.Equal("raised/1", rig.Last[0].Step);
        Assert.Equal(["cleared none"], rig.Read("a", "hall", 51, ("temperature", 0), ("vibration", 0)));
        Assert.Equal(["raised critical acts"], rig.Read("a", "hall", 52, ("temperature", 50), ("vibration", 70)));
        Assert.Equal("raised", rig.Last[0].Step);
    }

    [Fact]
    public void ZoneRule_DeviceSetBackMetricByMetric_CountsTheZoneFromThere()
    {
        var rig = new EngineRig(Zones());
        rig.Read("a", "hall", 1000, ("temperature", 20), ("vibration", 20));
        foreach (var second in new[] { 1, 2, 3 }) rig.Read("a", "hall", second, ("vibration", 70));
        Assert.Equal(1, rig.Tally.ClockResets);
        // The temperature of before the reset was the newest value of the zone until now.
        Assert.Equal(["raised critical"], rig.Read("a", "hall", 4, ("temperature", 50)));
    }

    [Fact]
    public void ZoneRule_MinDevices_AreAwaited()
    {
        var rig = new EngineRig(Zones(new ZoneRule { MinDevices = 2 }));
        Assert.Empty(rig.Read("a", "hall", 0, ("temperature", 90), ("vibration", 99)));
        Assert.Single(rig.Read("b", "hall", 0, ("temperature", 90), ("vibration", 99)));
    }

    [Fact]
    public void ZoneRule_ReadingFromTheFuture_DoesNotMakeTheOthersOld()
    {
        var rig = new EngineRig(Zones());
        rig.Read("a", "hall", 0, ("temperature", 90), ("vibration", 99));
        Assert.Empty(rig.Read("b", "hall", 1_000_000, new ReadingAge(false, IsFuture: true, false), ("temperature", 0), ("vibration", 0)));
        Assert.Single(rig.Engine.Active);
    }

    [Fact]
    public void SetRules_RuleGone_EndsItsAlarms()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(0, 50);
        rig.Settings = Only(Hot with { Enabled = false });
        Assert.Equal(["cleared none"], rig.Tick(1));
        Assert.Equal("its rule is no longer in force here", rig.Last[0].EndCause);
        Assert.Empty(rig.Tick(2));
    }

    [Fact]
    public void SetRules_ThresholdMoved_IsSeenWithTheNextReading()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(0, 36);
        rig.Settings = Only(Hot with { Warning = 40 });
        Assert.Empty(rig.Tick(1));
        Assert.Equal(["cleared none"], rig.Temperature(1, 36));
    }

    [Fact]
    public void OnReading_TooManyDevices_EndsTheAlarmsOfTheForgotten()
    {
        var rig = new EngineRig(Only(Hot) with { MaxDevices = 2 });
        rig.Read("a", null, 0, ("temperature", 50));
        rig.Read("b", null, 0, ("temperature", 20));
        Assert.Equal(["cleared none"], rig.Read("c", null, 0, ("temperature", 20)));
        Assert.Equal((1, "a"), (rig.Tally.EvictedDevices, rig.Last[0].Subject));
        rig.Restart(fromSnapshot: false);
        Assert.Empty(rig.Engine.Active);
        Assert.Empty(rig.Read("b", null, 0, ("temperature", 20)));
        Assert.Equal(1, rig.Tally.Duplicate);
    }
}
