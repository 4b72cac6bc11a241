using EdgeModules.Alerting.Machine;
using EdgeModules.Alerting.Rules;
using static EdgeModules.Alerting.Tests.EngineRig;

namespace EdgeModules.Alerting.Tests;

/// <summary>The life of an alarm: each row is one promise, told as seconds:value steps and what is said at each.</summary>
public sealed class AlarmTests
{
    private static readonly RuleAction Buzz = new(null, "buzz", null);

    public static TheoryData<string, string> Lives => new()
    {
        // At the threshold is not beyond it.
        { "0:35 1:34.9", "- -" },
        { "0:36 1:37 2:34", "raised-warning - cleared-none" },
        { "0:50 1:51 2:20", "raised-critical - cleared-none" },
        { "0:36 1:46 2:36 3:20", "raised-warning escalated-critical deescalated-warning cleared-none" },
        // Warning then critical a moment later: never held by the cooldown.
        { "0:36 0.1:46", "raised-warning escalated-critical" },
        // The same severity again within 30 s is held, and told when it is still so afterwards.
        { "0:36 1:30 2:36 15:37 30:37", "raised-warning cleared-none - - raised-warning+1" },
        // Held, and over before the cooldown is: counted with the next.
        { "0:36 1:30 2:36 3:30 4:36 5:30 40:36", "raised-warning cleared-none - - - - raised-warning+2" },
        // Another severity within the cooldown is no repeat.
        { "0:36 1:30 2:46", "raised-warning cleared-none raised-critical" },
        // Escalations go out however often, within the rate limit.
        { "0:36 1:46 2:36 3:46 4:36", "raised-warning escalated-critical deescalated-warning escalated-critical deescalated-warning" },
    };

    [Theory]
    [MemberData(nameof(Lives))]
    public void Life_OfARuleWithoutHysteresis_IsTold(string steps, string told) => Assert.Equal(told, Play(Only(Hot), steps));

    public static TheoryData<string, string> HysteresisLives => new()
    {
        { "0:36 1:34 2:33.1 3:33", "raised-warning - - cleared-none" },
        { "0:46 1:44 2:43.5 3:43 4:33", "raised-critical - - deescalated-warning cleared-none" },
        { "0:46 1:20", "raised-critical cleared-none" },
    };

    [Theory]
    [MemberData(nameof(HysteresisLives))]
    public void Life_WithHysteresis_EndsOnlyBeyondIt(string steps, string told) => Assert.Equal(told, Play(Only(Hot with { Hysteresis = 2 }), steps));

    public static TheoryData<string, string> HeldLives => new()
    {
        { "0:36 9.9:36 10:36", "- - raised-warning" },
        { "0:36 5:30 6:36 15:36 16:36", "- - - - raised-warning" },
        // The wait is for the condition; how bad it is, the reading that ends it says.
        { "0:36 10:46", "- raised-critical" },
        { "0:36 10:36 11:46", "- raised-warning escalated-critical" },
    };

    [Theory]
    [MemberData(nameof(HeldLives))]
    public void Life_WithForSeconds_BeginsWhenTheConditionHasHeld(string steps, string told) => Assert.Equal(told, Play(Only(Hot with { ForSeconds = 10 }), steps));

    [Fact]
    public void Life_BelowAThreshold_IsTheMirrorImage() => Assert.Equal(
        "- raised-warning escalated-critical deescalated-warning - cleared-none",
        Play(Only(new ThresholdRule { Metric = "temperature", Direction = Direction.Below, Warning = 5, Critical = 0, Hysteresis = 1 }), "0:5 1:4 2:-1 3:2 4:5.5 5:6"));

    [Fact]
    public void Life_CriticalOnly_HasNoWarning() =>
        Assert.Equal("- raised-critical cleared-none", Play(Only(new ThresholdRule { Metric = "temperature", Critical = 45 }), "0:44 1:46 2:44"));

    [Fact]
    public void Since_OfAnAlarm_IsWhereItsConditionBeganAndStays()
    {
        var rig = new EngineRig(Only(Hot with { ForSeconds = 10 }));
        rig.Temperature(0, 36);
        rig.Temperature(10, 36);
        Assert.Equal($"hot/press-1/{T0}", rig.Last[0].AlertId);
        rig.Temperature(20, 46);
        Assert.Equal(($"hot/press-1/{T0}", "escalated"), (rig.Last[0].AlertId, rig.Last[0].Step));
        rig.Temperature(21, 36);
        rig.Temperature(22, 46);
        Assert.Equal("escalated/1", rig.Last[0].Step);
    }

    [Fact]
    public void Critical_MoreThanTheLimit_IsCountedAndToldWhenThereIsRoomAgain()
    {
        var rig = new EngineRig(Only(Hot with { CooldownSeconds = 0, Action = Buzz }, maxCriticalPerMinute: 2));
        Assert.Equal(["raised critical acts"], rig.Temperature(0, 46));
        rig.Temperature(1, 20);
        Assert.Equal(["raised critical acts"], rig.Temperature(2, 46));
        rig.Temperature(3, 20);
        Assert.Empty(rig.Temperature(4, 46));
        Assert.Equal(1, rig.Tally.HeldByCriticalRate);
        Assert.Empty(rig.Temperature(59, 46));
        Assert.Equal(0, rig.Tally.HeldByCriticalRate);
        Assert.Equal(["raised critical after 1 acts"], rig.Temperature(60, 46));
    }

    [Fact]
    public void Critical_WithinTheCooldown_StillActs()
    {
        var rig = new EngineRig(Only(Hot with { Action = Buzz }));
        Assert.Equal(["raised critical acts"], rig.Temperature(0, 46));
        rig.Temperature(1, 20);
        Assert.Equal(["(untold) raised critical acts"], rig.Temperature(2, 46));
        Assert.Equal(["raised critical after 1"], rig.Temperature(30, 46));
    }

    [Fact]
    public void Silenced_Critical_ActsAndIsToldWhenTheSilenceIsOver()
    {
        var rig = new EngineRig(Only(Hot with { Action = Buzz }));
        rig.Call(() => rig.Engine.Add(new Silence("hot", "press-1", T0 + 60_000)));
        Assert.Equal(["(untold) raised critical acts"], rig.Temperature(0, 46));
        Assert.Equal(1, rig.Tally.HeldBySilence);
        rig.Clock = 59;
        Assert.Empty(rig.Temperature(1, 46));
        Assert.Equal(["raised critical"], rig.Read("press-2", null, 1, ("temperature", 46)).Select(told => told.Replace(" acts", "", StringComparison.Ordinal)));
        rig.Clock = 60;
        Assert.Equal(["raised critical after 1"], rig.Temperature(2, 46));
    }

    [Fact]
    public void Silenced_End_IsTold()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(0, 46);
        rig.Call(() => rig.Engine.Add(new Silence(null, "press-1", T0 + 60_000)));
        Assert.Equal(["cleared none"], rig.Temperature(1, 20));
    }

    [Fact]
    public void Backfill_RaisesWithoutActing_AndGoesLiveWithTheFirstFreshReading()
    {
        var rig = new EngineRig(Only(Hot with { Action = Buzz }));
        Assert.Equal(["raised critical backfill"], rig.Temperature(0, 46, new ReadingAge(IsOld: true, false, false)));
        Assert.Equal(["raised critical acts"], rig.Temperature(1, 46));
        Assert.Equal("raised/1", rig.Last[0].Step);
        Assert.Empty(rig.Temperature(2, 46));
    }

    [Fact]
    public void Acknowledged_Alarm_IsSoUntilItEscalates()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(0, 36);
        rig.Call(() => Assert.Equal(1, rig.Engine.Acknowledge(alarm => alarm.Subject == "press-1")));
        rig.Restart(fromSnapshot: false);
        Assert.True(rig.Engine.Active.Single().Memory.IsAcknowledged);
        rig.Temperature(1, 46);
        Assert.False(rig.Engine.Active.Single().Memory.IsAcknowledged);
    }

    [Fact]
    public void Cooldown_AfterTheClockOfADeviceWasSetBack_DoesNotLast()
    {
        var rig = new EngineRig(Only(Hot));
        rig.Temperature(10_000, 36);
        rig.Temperature(10_001, 20);
        rig.Temperature(0, 36);
        rig.Temperature(1, 36);
        Assert.Equal(["raised warning"], rig.Temperature(2, 36));
        Assert.Equal(1, rig.Tally.ClockResets);
    }

    private static string Play(AlertSettings settings, string steps)
    {
        var rig = new EngineRig(settings);
        var said = new List<string>();
        foreach (var step in steps.Split(' '))
        {
            var (at, value) = (step.Split(':')[0], step.Split(':')[1]);
            rig.Temperature(double.Parse(at), double.Parse(value));
            said.Add(rig.Last.Count == 0 ? "-" : string.Join('|', rig.Last.Select(told =>
                $"{AlertEvent.StateName(told.Notice.State)}-{told.Notice.Severity.ToString().ToLowerInvariant()}{(told.Notice.SuppressedRepeats > 0 ? $"+{told.Notice.SuppressedRepeats}" : "")}")));
        }

        return string.Join(' ', said);
    }
}
