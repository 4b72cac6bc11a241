using EdgeModules.Alerting.Rules;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static EdgeModules.Alerting.Tests.EngineRig;

namespace EdgeModules.Alerting.Tests;

/// <summary>Any readings, restarted from the journal or from a snapshot at any point, against the plain machine.</summary>
[Properties(Arbitrary = [typeof(Steps)], MaxTest = 400, QuietOnSuccess = true)]
public sealed class AlarmProperties
{
    [Property]
    public void ThresholdRule_AnyReadingsAndRestarts_AgreesWithThePlainMachine(SampleStep[] steps, byte hysteresis, byte hold, byte cooldown)
    {
        var rule = new ThresholdRule
        {
            Metric = "temperature", Warning = 35, Critical = 45, Hysteresis = hysteresis % 4, ForSeconds = hold % 3 * 5, CooldownSeconds = cooldown % 3 * 15,
        };
        var rig = new EngineRig(Only(rule));
        var plain = new PlainAlarms(rule);
        foreach (var step in steps)
        {
            if (step.Restart < 2) rig.Restart(fromSnapshot: step.Restart == 0);
            var told = plain.Read(step.Device, T0 + step.Seconds * 1000L, step.Temperature);
            Assert.Equal(told is null ? [] : [told], rig.Read(step.Device, null, step.Seconds, ("temperature", step.Temperature)));
        }
    }

    [Property]
    public void ZoneRule_AnyReadingsAndRestarts_AgreesWithThePlainMachine(SampleStep[] steps, byte minDevices)
    {
        var rule = new ZoneRule { MinDevices = 1 + minDevices % 3, WithinSeconds = 20, CooldownSeconds = 0 };
        var rig = new EngineRig(Only(Hot with { Enabled = false }) with { ZoneRules = new Dictionary<string, ZoneRule> { ["overheat"] = rule } });
        var plain = new PlainZone(40, 60, 20_000, rule.MinDevices.Value);
        foreach (var step in steps)
        {
            if (step.Restart < 2) rig.Restart(fromSnapshot: step.Restart == 0);
            var told = plain.Read(step.Device, T0 + step.Seconds * 1000L, step.Temperature, step.Vibration);
            Assert.Equal(told is null ? [] : [told], rig.Read(step.Device, "hall", step.Seconds, ("temperature", step.Temperature), ("vibration", step.Vibration)));
        }
    }

    private static class Steps
    {
        /// <summary>Times go up on the whole, by less than the minute after which a device starts anew. Quarters add up exactly in any order.</summary>
        public static Arbitrary<SampleStep[]> Any() => (
            from count in Gen.Choose(0, 60)
            from steps in Gen.ArrayOf(Step, count)
            select Timed(steps)).ToArbitrary();

        private static readonly Gen<SampleStep> Step =
            from device in Gen.Elements("a", "b", "c", "d")
            from forward in Gen.Frequency((6, Gen.Choose(1, 9)), (1, Gen.Constant(0)), (1, Gen.Choose(-8, -1)), (1, Gen.Choose(20, 40)))
            from quarters in Gen.Choose(120, 192)
            from vibration in Gen.Choose(200, 280)
            from restart in Gen.Choose(0, 12)
            select new SampleStep(device, forward, quarters / 4.0, vibration / 4.0, restart);

        private static SampleStep[] Timed(SampleStep[] steps)
        {
            var now = 0;
            return [.. steps.Select(step => step with { Seconds = now = Math.Max(0, now + step.Seconds) })];
        }
    }
}

public sealed record SampleStep(string Device, int Seconds, double Temperature, double Vibration, int Restart)
{
    public override string ToString() => $"{Device} {Seconds} {Temperature} {Vibration} {Restart}";
}
