using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using EdgeSimulator.Timing;

namespace EdgeSimulator.Alarms;

/// <summary>Counts alerts, commands and outcomes as they pass the hub, and takes their times. Of all other messages no body is read. Thread-safe.</summary>
public sealed class AlarmWatch : IDisposable
{
    private readonly IEdgeHub _hub;
    private readonly TimeProvider _clock;
    private readonly RecentDeliveries _deliveries = new();
    private readonly Lock _lock = new();
    private readonly SeenIds _seen = new();
    private readonly SortedDictionary<string, AlarmCounts> _alarms = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ActionCounts> _actions = new(StringComparer.Ordinal);
    private readonly Latencies _alertTimes = new();
    private readonly Latencies _commandTimes = new();
    private long _alertsUnmeasured;
    private long _commandsUnmeasured;

    /// <summary>Commands on their way to a receiver; they go from here with the message itself.</summary>
    private readonly ConditionalWeakTable<HubMessage, CommandOnItsWay> _commands = [];

    public AlarmWatch(IEdgeHub hub, TimeProvider clock)
    {
        (_hub, _clock) = (hub, clock);
        hub.Published += OnPublished;
        hub.Delivering += OnDelivering;
    }

    public AlarmReport Report()
    {
        lock (_lock)
        {
            return new AlarmReport(
                new Dictionary<string, AlarmCounts>(_alarms),
                new Dictionary<string, ActionCounts>(_actions),
                new AlarmTimes(_alertTimes.Summarize(), _alertsUnmeasured),
                new AlarmTimes(_commandTimes.Summarize(), _commandsUnmeasured));
        }
    }

    public void Dispose()
    {
        _hub.Published -= OnPublished;
        _hub.Delivering -= OnDelivering;
    }

    private void OnPublished(HubMessage message)
    {
        if (message.MessageType is not ("alert" or "command" or "actuator-outcome")) return;
        lock (_lock)
        {
            if (message.MessageId is { } id && !_seen.Add($"{message.Module}/{id}")) return;
            try
            {
                using var body = JsonDocument.Parse(message.Body);
                switch (message.MessageType)
                {
                    case "alert":
                        OnAlert(message, body.RootElement);
                        break;
                    case "command":
                        OnCommand(message, body.RootElement);
                        break;
                    default:
                        OnOutcomes(body.RootElement);
                        break;
                }
            }
            catch (JsonException)
            {
                // Of a module that gives this name to something else.
            }
        }
    }

    private void OnAlert(HubMessage message, JsonElement alert)
    {
        if (alert.Text("rule") is not { } rule || alert.Text("state") is not { } state) return;
        var counts = _alarms.GetValueOrDefault(rule, new AlarmCounts());
        var isCritical = alert.Text("severity") == "critical";
        _alarms[rule] = state switch
        {
            "raised" when isCritical => counts with { RaisedAsCritical = counts.RaisedAsCritical + 1 },
            "raised" => counts with { RaisedAsWarning = counts.RaisedAsWarning + 1 },
            "escalated" => counts with { Escalated = counts.Escalated + 1 },
            "deescalated" => counts with { Deescalated = counts.Deescalated + 1 },
            "cleared" => counts with { Cleared = counts.Cleared + 1 },
            _ => counts,
        };
        // What is no critical alarm, or an old one, is not urgent.
        if (!message.ApplicationProperties.Contains(new(ApplicationProperties.Priority, Priorities.Critical))) return;
        if (ArrivalOfCause(message, alert) is { } start && message.ArrivedAt is { } end) _alertTimes.Add(_clock.GetElapsedTime(start, end));
        else _alertsUnmeasured++;
    }

    private void OnCommand(HubMessage message, JsonElement command)
    {
        if (command.Text("action") is not { } action) return;
        var counts = CountsOf(action);
        _actions[action] = counts with { Commands = counts.Commands + 1 };
        _commands.Add(message, new CommandOnItsWay(action, ArrivalOfCause(message, command)));
    }

    private void OnOutcomes(JsonElement outcomes)
    {
        if (outcomes.ValueKind != JsonValueKind.Array) return;
        foreach (var outcome in outcomes.EnumerateArray())
        {
            if (outcome.Text("action") is not { } action || outcome.Text("result") is not { } result) continue;
            var counts = CountsOf(action);
            var told = new SortedDictionary<string, long>(counts.Outcomes.ToDictionary(), StringComparer.Ordinal);
            told[result] = told.GetValueOrDefault(result) + 1;
            _actions[action] = counts with { Outcomes = told };
        }
    }

    private void OnDelivering(HubDelivery delivery)
    {
        _deliveries.Add(delivery.Module, delivery.Message);
        if (delivery.IsRepeated || !_commands.TryGetValue(delivery.Message, out var command)) return;
        lock (_lock)
        {
            if (command.IsDelivered) return;
            command.IsDelivered = true;
            var counts = CountsOf(command.Action);
            _actions[command.Action] = counts with { Delivered = counts.Delivered + 1 };
            if (command.CauseArrivedAt is { } start) _commandTimes.Add(_clock.GetElapsedTime(start, delivery.At));
            else _commandsUnmeasured++;
        }
    }

    private ActionCounts CountsOf(string action) => _actions.GetValueOrDefault(action) ?? new ActionCounts(0, 0, new Dictionary<string, long>());

    private long? ArrivalOfCause(HubMessage message, JsonElement item) =>
        (item.Text("deviceId") ?? item.Text("zone")) is { } subject
            && item.Whole("timestamp") is { } time
                ? _deliveries.ArrivalOf(message.Module, subject, time)
                : null;

    private sealed class CommandOnItsWay(string action, long? causeArrivedAt)
    {
        public string Action => action;

        /// <summary>Null: not known.</summary>
        public long? CauseArrivedAt => causeArrivedAt;

        /// <summary>To any receiver.</summary>
        public bool IsDelivered { get; set; }
    }
}
