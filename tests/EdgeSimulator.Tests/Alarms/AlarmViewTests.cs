using EdgeSimulator.Alarms;
using EdgeSimulator.Timing;

namespace EdgeSimulator.Tests.Alarms;

public sealed class AlarmViewTests
{
    [Fact]
    public void Show_Report_TellsAlarmsActionsAndWhatTheTimesAre()
    {
        var report = new AlarmReport(
            new Dictionary<string, AlarmCounts> { ["humidityHigh"] = new(1_234, 5, 6, 7, 8) },
            new Dictionary<string, ActionCounts>
            {
                ["buzz"] = new(3, 2, new Dictionary<string, long> { ["done"] = 1 }),
                ["shutdown"] = new(1, 0, new Dictionary<string, long>()),
            },
            new AlarmTimes(Summary(2), 1),
            new AlarmTimes(Summary(), 3));
        var text = Shown(report);
        Assert.Matches(@"alarms in this run \| raised, warning \| raised, critical \| escalated \| deescalated \| cleared", text);
        Assert.Matches(@"humidityHigh +\| +1,234 \| +5 \| +6 \| +7 \| +8", text);
        Assert.Contains("Action buzz: 3 commands, 2 delivered; outcomes told: done 1.", text);
        Assert.Contains("Action shutdown: 1 commands, 0 delivered; outcomes told: none.", text);
        Assert.Contains(
            "From a reading reaching the hub until its critical alert reached the hub: p50 2.00, p90 2.00, p99 2.00, p99.9 2.00, max 2.00 ms (1 measured); "
            + "1 not measured, as their reading was not at hand any more.",
            text);
        Assert.Contains("until its command was handed to the actuator: none measured; 3 not measured", text);
    }

    [Fact]
    public void Show_NoAlarm_SaysNothing() => Assert.Empty(Shown(AlarmReport.None));

    private static LatencySummary Summary(params double[] milliseconds)
    {
        var latencies = new Latencies();
        foreach (var time in milliseconds) latencies.Add(TimeSpan.FromMilliseconds(time));
        return latencies.Summarize();
    }

    private static string Shown(AlarmReport report)
    {
        using var terminal = new TestTerminal();
        AlarmView.Show(report, terminal.Terminal);
        return terminal.Text;
    }
}
