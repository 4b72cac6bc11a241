using System.Globalization;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Actuating;

/// <summary>Takes commands on <c>commands</c> and as direct methods; switches the lines and tells what became of each on <c>outcomes</c>.</summary>
public sealed partial class ActuatorModule(Actuator actuator, Lines lines, ILogger<ActuatorModule> logger) : EdgeModule<ActuatorSettings>
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly JsonArrayWriter _outcomes = new();

    // After a line that could not be switched off.
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    public override string ModelId => "dtmi:edgemodules:ActuatorModule;1";

    public override IReadOnlyCollection<string> ItemInputs => ["commands"];

    public override IReadOnlyCollection<string> Outputs => ["outcomes", "invalid"];

    public override IReadOnlyCollection<string> Methods => ["buzz", "shutdown", "reset"];

    public override bool EmitsInvalid(ActuatorSettings settings) => settings.EmitInvalid;

    public override ModuleResult OnItems(string input, IReadOnlyList<JObject> items, ModuleContext<ActuatorSettings> context)
    {
        _outcomes.Clear();
        var executions = new List<Execution>();
        var rejected = new List<RejectedItem>();
        for (var i = 0; i < items.Count; i++)
        {
            var (command, wrong) = Command.OfItem(items[i], i);
            if (command is null)
            {
                rejected.Add(wrong!);
            }
            else if (actuator.Knows(command))
            {
                context.Ledger.Count("duplicate", 1);
                Repeated(command);
            }
            else
            {
                context.Ledger.Count("evaluated", 1);
                var (execution, outcome) = Execute(command, context);
                if (execution is not null) executions.Add(execution);
                _outcomes.Add(JsonText.ToUtf8(outcome));
            }
        }

        return new ModuleResult([.. _outcomes.Finish().Select(array => ToMessage(array.Body, array.Count, null))], ToChange(executions)) { Rejected = rejected };
    }

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<ActuatorSettings> context)
    {
        if (Command.ActionOf(request.Name) is not { } action) return null;
        var (command, wrong) = Command.OfMethod(action, request.Payload);
        if (command is null) return new MethodResponse(400, new JObject { ["message"] = wrong!.Error });
        if (actuator.Knows(command))
        {
            Repeated(command);
            return new MethodResponse(200, OutcomeOf(command, "repeated", context.Now));
        }

        // Of two resets of a person at one moment the count differs.
        var number = actuator.Count.ToString(CultureInfo.InvariantCulture);
        var at = context.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var id = MessageIds.Of("outcome", request.Name, command.CommandId ?? command.AlertId ?? "", at, number);
        var (execution, outcome) = Execute(command, context);
        var message = ToMessage(JsonText.ToUtf8(new JArray(outcome)), 1, id);
        return new EffectiveResponse(execution is null ? 500 : 200, outcome, new ModuleResult([message], ToChange(execution is null ? [] : [execution])));
    }

    public override DateTimeOffset? NextTick(ModuleContext<ActuatorSettings> context) =>
        actuator.SilentAt(context.Settings) is { } at ? (at > _notBefore ? at : _notBefore) : null;

    public override ModuleResult OnTick(ModuleContext<ActuatorSettings> context)
    {
        try
        {
            lines.Set(false, actuator.Relay is not null);
        }
        catch (LineException error)
        {
            LogNotSilenced(error.Message, RetryPause.TotalSeconds);
            _notBefore = context.Now + RetryPause;
            return ModuleResult.None;
        }

        actuator.Silence();
        LogSilenced(context.Settings.BuzzSeconds);
        return new ModuleResult([], ActuatorJournal.Silence());
    }

    public override void OnSettings(ModuleContext<ActuatorSettings> context)
    {
        actuator.Trim(context.Settings.MaxCommands);
        lines.Use(context.Settings.Gpio, actuator.Buzzer is not null, actuator.Relay is not null);
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => ActuatorJournal.Read(change, actuator);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => ActuatorJournal.Snapshot(actuator);

    public override void Reset()
    {
        actuator.Clear();
        try
        {
            lines.Set(false, false);
        }
        catch (LineException error)
        {
            LogNotReset(error.Message);
        }
    }

    public override JObject Report(ModuleContext<ActuatorSettings> context)
    {
        return new JObject
        {
            ["actuator"] = new JObject
            {
                ["buzzer"] = Of(actuator.Buzzer, "on", lines.BuzzerPlace, lines.BuzzerProblem),
                ["relay"] = Of(actuator.Relay, "open", lines.RelayPlace, lines.RelayProblem),
                ["lastCommands"] = new JArray(actuator.Last.Select(done => WithoutNulls(new JObject
                {
                    ["action"] = Command.Name(done.Action), ["alertId"] = done.AlertId, ["result"] = done.Result, ["timestamp"] = done.At,
                }))),
            },
        };

        static JObject Of(Demand? demand, string name, string place, string? problem) => WithoutNulls(new JObject
        {
            [name] = demand is not null, ["since"] = demand?.Since, ["alertId"] = demand?.AlertId, ["line"] = place, ["problem"] = problem,
        });
    }

    /// <returns>What is to be remembered, null when a line failed so that a repeat may succeed; and the item for <c>outcomes</c>.</returns>
    private (Execution? Execution, JObject Outcome) Execute(Command command, ModuleContext<ActuatorSettings> context)
    {
        var name = Command.Name(command.Action);
        var (buzzer, relay, isChange) = actuator.After(command.Action);
        try
        {
            lines.Set(buzzer, relay);
        }
        catch (LineException error)
        {
            LogFailed(name, command.Key, error.Message);
            context.Ledger.Count("failedCommands", 1);
            var failed = OutcomeOf(command, "failed", context.Now);
            failed["error"] = error.Message;
            return (null, failed);
        }

        var execution = new Execution(command.Action, command.Key, command.AlertId, context.Now.ToUnixTimeMilliseconds(), isChange ? "done" : "unchanged");
        actuator.Apply(execution);
        actuator.Trim(context.Settings.MaxCommands);
        LogExecuted(name, command.Key, execution.Result);
        return (execution, OutcomeOf(command, execution.Result, context.Now));
    }

    private JObject OutcomeOf(Command command, string result, DateTimeOffset now)
    {
        var isSimulated = command.Action switch
        {
            CommandAction.Buzz => lines.BuzzerPlace == Lines.Simulated,
            CommandAction.Shutdown => lines.RelayPlace == Lines.Simulated,
            _ => lines.BuzzerPlace == Lines.Simulated && lines.RelayPlace == Lines.Simulated,
        };
        return WithoutNulls(new JObject
        {
            ["commandId"] = command.CommandId,
            ["alertId"] = command.AlertId,
            ["deviceId"] = command.DeviceId,
            ["action"] = Command.Name(command.Action),
            ["result"] = result,
            ["simulated"] = isSimulated,
            ["timestamp"] = now.ToUnixTimeMilliseconds(),
        });
    }

    private void Repeated(Command command)
    {
        var action = Command.Name(command.Action);
        LogRepeated(action, command.Key);
    }

    private static ReadOnlyMemory<byte> ToChange(List<Execution> executions) => executions.Count == 0 ? default : ActuatorJournal.Write(writer =>
    {
        foreach (var execution in executions) ActuatorJournal.WriteExecuted(writer, execution);
    });

    private static OutboundMessage ToMessage(ReadOnlyMemory<byte> body, int count, string? id) =>
        new() { Output = "outcomes", Body = body, Count = count, MessageType = "actuator-outcome", MessageId = id };

    private static JObject WithoutNulls(JObject json)
    {
        // A string that is null becomes a value of type string.
        foreach (var property in json.Properties().Where(property => property.Value is JValue { Value: null }).ToList()) property.Remove();
        return json;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Command {Key}: {Action} is {Result}.")]
    private partial void LogExecuted(string action, string? key, string result);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Command {Key}: {Action} was carried out before.")]
    private partial void LogRepeated(string action, string? key);

    [LoggerMessage(Level = LogLevel.Error, Message = "Command {Key}: {Action} failed. {Cause}")]
    private partial void LogFailed(string action, string? key, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "The buzzer is silent after {Seconds} s.")]
    private partial void LogSilenced(int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The buzzer cannot be silenced: {Cause} Next attempt in {Seconds:0} s.")]
    private partial void LogNotSilenced(string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The state is forgotten, but the lines may not be at rest: {Cause}")]
    private partial void LogNotReset(string cause);
}
