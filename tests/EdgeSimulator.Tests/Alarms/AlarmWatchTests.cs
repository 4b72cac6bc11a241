using System.Text;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Alarms;

public sealed class AlarmWatchTests : IDisposable
{
    private const string Sensors = "SensorModule";
    private const string Alert = "AlertModule";
    private const string Actuator = "ActuatorModule";

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeHub _hub = new();
    private readonly AlarmWatch _watch;
    private int _ids;

    public AlarmWatchTests() => _watch = new AlarmWatch(_hub, _clock);

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void Report_OfARunWithoutAlarms_IsEmpty()
    {
        Reading("""[{"deviceId":"press-1","timestamp":1000,"temperature":20}]""");
        Assert.True(_watch.Report().IsEmpty);
        Assert.Equal(AlarmTimes.None, _watch.Report().Alerts);
    }

    [Fact]
    public void Published_AlertsOfALife_AreCountedByRuleAndState()
    {
        foreach (var (rule, state, severity) in new[]
        {
            ("temperatureHigh", "raised", "warning"), ("temperatureHigh", "escalated", "critical"), ("temperatureHigh", "deescalated", "warning"),
            ("temperatureHigh", "cleared", "info"), ("temperatureHigh", "raised", "critical"), ("humidityHigh", "raised", "warning"),
        })
        {
            Publish(Alert, "alert", $$"""{"rule":"{{rule}}","state":"{{state}}","severity":"{{severity}}","deviceId":"press-1","timestamp":1000}""");
        }

        Assert.Equal(
            [new("humidityHigh", new AlarmCounts(RaisedAsWarning: 1)), new("temperatureHigh", new AlarmCounts(1, 1, 1, 1, 1))],
            _watch.Report().Alarms);
    }

    [Fact]
    public void Published_TheSameMessageAgain_CountsOnce()
    {
        var alert = Message(Alert, "alert", """{"rule":"r","state":"raised","severity":"warning"}""");
        _hub.Publish(alert);
        _hub.Publish(alert with { ArrivedAt = 1 });
        Assert.Equal(new AlarmCounts(RaisedAsWarning: 1), _watch.Report().Alarms["r"]);
    }

    [Fact]
    public void Published_CriticalAlertOnAReadingInHand_IsTimedFromTheReadingsArrival()
    {
        Reading("""[{"deviceId":"press-1","timestamp":1000,"temperature":60},{"deviceId":"press-2","timestamp":1000,"temperature":20}]""");
        _clock.Advance(TimeSpan.FromMilliseconds(3));
        Publish(Alert, "alert", """{"rule":"r","state":"raised","severity":"critical","deviceId":"press-1","timestamp":1000}""", critical: true);
        var times = _watch.Report().Alerts;
        Assert.Equal((1, TimeSpan.FromMilliseconds(3), 0), (times.Measured.Count, times.Measured.Max, times.Unmeasured));
    }

    [Fact]
    public void Published_WarningOrBackfill_IsNotTimed()
    {
        Reading("""[{"deviceId":"press-1","timestamp":1000,"temperature":60}]""");
        Publish(Alert, "alert", """{"rule":"r","state":"raised","severity":"critical","backfill":true,"deviceId":"press-1","timestamp":1000}""");
        Assert.Equal(AlarmTimes.None, _watch.Report().Alerts);
    }

    [Theory]
    [InlineData("press-1", 1001)]
    [InlineData("press", 1000)]
    [InlineData("press-3", 1000)]
    public void Published_AlertOnAReadingThatIsNotAtHand_IsCountedAsUnmeasured(string device, long timestamp)
    {
        Reading("""[{"deviceId":"press-1","timestamp":1000,"temperature":60}]""");
        Publish(Alert, "alert", $$"""{"rule":"r","state":"raised","severity":"critical","deviceId":"{{device}}","timestamp":{{timestamp}}}""", critical: true);
        var times = _watch.Report().Alerts;
        Assert.Equal((0, 1), (times.Measured.Count, times.Unmeasured));
    }

    [Fact]
    public void Published_AlertOnAReadingOfAnotherModule_IsCountedAsUnmeasured()
    {
        Deliver(Message(Sensors, "reading", """[{"deviceId":"press-1","timestamp":1000}]"""), "FilterModule");
        Publish(Alert, "alert", """{"rule":"r","state":"raised","severity":"critical","deviceId":"press-1","timestamp":1000}""", critical: true);
        Assert.Equal(1, _watch.Report().Alerts.Unmeasured);
    }

    [Fact]
    public void Published_AlertOnAnEarlierMessage_IsTimedAsLongAsThatIsAmongTheLastEight()
    {
        for (var i = 0; i < 9; i++)
        {
            Reading($$"""[{"deviceId":"press-1","timestamp":{{1000 + i}}}]""");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var timestamp in new[] { 1000, 1001, 1008 })
            Publish(Alert, "alert", $$"""{"rule":"r","state":"raised","severity":"critical","deviceId":"press-1","timestamp":{{timestamp}}}""", critical: true);
        var times = _watch.Report().Alerts;
        Assert.Equal((2, TimeSpan.FromSeconds(8), 1), (times.Measured.Count, times.Measured.Max, times.Unmeasured));
        Assert.InRange(times.Measured.P50, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.001));
    }

    [Fact]
    public void Published_AlarmOfAZone_IsTimedByZoneAndTimestamp()
    {
        Reading("""[{"deviceId":"prëss/1","timestamp":1000,"zone":"hall-a"}]""");
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Publish(Alert, "alert", """{"rule":"overheat","state":"raised","severity":"critical","zone":"hall-a","timestamp":1000}""", critical: true);
        Publish(Alert, "alert", """{"rule":"r","state":"raised","severity":"critical","deviceId":"pr\u00ebss/1","timestamp":1000}""", critical: true);
        Assert.Equal(2, _watch.Report().Alerts.Measured.Count);
    }

    [Fact]
    public void Delivering_ACommand_IsCountedAndTimedOnce()
    {
        Reading("""[{"deviceId":"press-1","timestamp":1000,"temperature":60}]""");
        var command = Publish(Alert, "command", """{"action":"buzz","deviceId":"press-1","timestamp":1000}""", critical: true);
        Assert.Equal(new ActionCounts(1, 0, new Dictionary<string, long>()), _watch.Report().Actions["buzz"], SameCounts);
        for (var i = 0; i < 20; i++) Reading("[]");
        _clock.Advance(TimeSpan.FromMilliseconds(4));
        Deliver(command, Actuator);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Deliver(command, Actuator, isRepeated: true);
        var report = _watch.Report();
        Assert.Equal(new ActionCounts(1, 1, new Dictionary<string, long>()), report.Actions["buzz"], SameCounts);
        Assert.Equal((1, TimeSpan.FromMilliseconds(4), 0), (report.Commands.Measured.Count, report.Commands.Measured.Max, report.Commands.Unmeasured));
    }

    [Fact]
    public void Delivering_ACommandWithoutAKnownReading_IsCountedAsUnmeasured()
    {
        Deliver(Publish(Alert, "command", """{"action":"buzz","deviceId":"press-1","timestamp":1000}"""), Actuator);
        Assert.Equal((0, 1), (_watch.Report().Commands.Measured.Count, _watch.Report().Commands.Unmeasured));
    }

    [Fact]
    public void Published_Outcomes_AreCountedByActionAndResult()
    {
        const string three = """[{"action":"buzz","result":"done"},{"action":"buzz","result":"unchanged"},{"action":"shutdown","result":"failed"}]""";
        Publish(Actuator, "actuator-outcome", three);
        Publish(Actuator, "actuator-outcome", """[{"action":"buzz","result":"unchanged"}]""");
        var actions = _watch.Report().Actions;
        Assert.Equal(new ActionCounts(0, 0, new Dictionary<string, long> { ["done"] = 1, ["unchanged"] = 2 }), actions["buzz"], SameCounts);
        Assert.Equal(new ActionCounts(0, 0, new Dictionary<string, long> { ["failed"] = 1 }), actions["shutdown"], SameCounts);
    }

    [Theory]
    [InlineData("alert", "no JSON")]
    [InlineData("alert", "[]")]
    [InlineData("alert", """{"rule":1,"state":"raised"}""")]
    [InlineData("alert", """{"rule":"r"}""")]
    [InlineData("command", """{"action":null}""")]
    [InlineData("command", "7")]
    [InlineData("actuator-outcome", """{"action":"buzz"}""")]
    [InlineData("actuator-outcome", "[1]")]
    [InlineData("actuator-outcome", """[{"action":"buzz"}]""")]
    public void Published_WhatIsNotOfTheSuite_IsNotCounted(string type, string body)
    {
        Deliver(Publish(Alert, type, body, critical: true), Actuator);
        Assert.True(_watch.Report().IsEmpty);
    }

    [Theory]
    [InlineData("\"1000\"")]
    [InlineData("1000.5")]
    public void Published_AlertWithAnotherTimestamp_IsCountedAndUnmeasured(string timestamp)
    {
        Publish(Alert, "alert", $$"""{"rule":"r","state":"raised","severity":"critical","deviceId":"press-1","timestamp":{{timestamp}}}""", critical: true);
        Assert.Equal((1, 1), (_watch.Report().Alarms["r"].RaisedAsCritical, _watch.Report().Alerts.Unmeasured));
    }

    [Fact]
    public void Dispose_Watch_HearsNoMore()
    {
        _watch.Dispose();
        Publish(Alert, "alert", """{"rule":"r","state":"raised","severity":"warning"}""");
        Assert.True(_watch.Report().IsEmpty);
    }

    private static bool SameCounts(ActionCounts one, ActionCounts other) =>
        (one.Commands, one.Delivered) == (other.Commands, other.Delivered) && one.Outcomes.SequenceEqual(other.Outcomes);

    private void Reading(string body) => Deliver(Message(Sensors, "reading", body), Alert);

    private HubMessage Publish(string module, string type, string body, bool critical = false)
    {
        var message = Message(module, type, body, critical);
        _hub.Publish(message);
        return message;
    }

    private void Deliver(HubMessage message, string module, bool isRepeated = false) =>
        _hub.Deliver(new HubDelivery(message, module, "in", isRepeated, _clock.GetTimestamp()));

    private HubMessage Message(string module, string type, string body, bool critical = false) => new(
        module, "out", _clock.GetUtcNow(), [new("messageType", type), new("priority", critical ? "critical" : "normal")], [new("messageId", $"id-{_ids++}")],
        Encoding.UTF8.GetBytes(body))
    {
        ArrivedAt = _clock.GetTimestamp(),
    };
}
