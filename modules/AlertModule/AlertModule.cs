using System.Collections.Frozen;
using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Alerting;

/// <summary>Takes readings on <c>readings</c> and model scores on <c>scores</c>; sends alarms to <c>alerts</c> and, before all else, what is to be done to <c>commands</c>.</summary>
public sealed class AlertModule : EdgeModule<AlertSettings>
{
    private static readonly string[] Items = ["scores"];
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly AlertEngine _engine = new();
    private readonly ClockPolicy _clock = new();
    private readonly AlertMethods _methods;
    private (AlertSettings? For, FrozenSet<string> Metrics) _named = (null, FrozenSet<string>.Empty);
    private DateTimeOffset _nextSweep;

    public AlertModule() => _methods = new AlertMethods(_engine, _clock, Perform);

    public override string ModelId => "dtmi:edgemodules:AlertModule;1";

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> ItemInputs => Items;

    public override IReadOnlyCollection<string> Outputs => ["alerts", "commands", "invalid"];

    public override IReadOnlyCollection<string> Methods => ["getActiveAlerts", "acknowledge", "silence", "evaluate"];

    /// <remarks>Asked for each message, so made once for each settings.</remarks>
    public override FrozenSet<string> NamedMetrics(AlertSettings settings)
    {
        if (!ReferenceEquals(_named.For, settings)) _named = (settings, settings.NamedMetrics());
        return _named.Metrics;
    }

    public override bool EmitsInvalid(AlertSettings settings) => settings.EmitInvalid;

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<AlertSettings> context)
    {
        _engine.Begin(context.Now, context.Settings);
        foreach (ref readonly var reading in readings.Readings) _clock.Observe(reading.DeviceId, reading.Timestamp, context.Now);
        var clock = ReadingClock.At(context.Now, _clock, context.Settings);
        foreach (ref readonly var reading in readings.Readings) _engine.OnReading(reading, readings.MetricsOf(reading), clock.AgeOf(reading.Timestamp));
        return Finish(context);
    }

    public override ModuleResult OnItems(string input, IReadOnlyList<JObject> items, ModuleContext<AlertSettings> context)
    {
        _engine.Begin(context.Now, context.Settings);
        var rejected = new List<RejectedItem>();
        var clock = ReadingClock.At(context.Now, _clock, context.Settings);
        for (var i = 0; i < items.Count; i++)
        {
            var (score, error) = ScoreItem.Read(items[i], i);
            if (score is null)
            {
                rejected.Add(error!);
                continue;
            }

            _engine.OnScore(score.DeviceId, score.Zone, score.Model, score.Timestamp, score.Score, clock.AgeOf(score.Timestamp));
        }

        return Finish(context) with { Rejected = rejected };
    }

    public override ModuleResult OnTick(ModuleContext<AlertSettings> context)
    {
        _nextSweep = context.Now + SweepInterval;
        return Perform(context, _engine.OnTick);
    }

    public override DateTimeOffset? NextTick(ModuleContext<AlertSettings> context)
    {
        if (_engine.HasOrphans) return context.Now;
        if (!_engine.WatchesSilence) return null;
        // Further ahead than an interval it was set by a clock that has been set back since.
        return _nextSweep - context.Now <= SweepInterval ? _nextSweep : context.Now;
    }

    public override void OnSettings(ModuleContext<AlertSettings> context)
    {
        _engine.Restored(context.Now);
        _engine.SetRules(context.Settings);
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => _engine.Apply(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => _engine.WriteAll();

    public override void Reset()
    {
        _engine.Clear();
        _clock.Clear();
    }

    public override JObject Report(ModuleContext<AlertSettings> context) => new()
    {
        ["activeAlerts"] = _engine.ActiveCount,
        ["clockSuspect"] = context.Settings.MaxAgeSeconds > 0 && _clock.IsSuspect(context.Now),
    };

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<AlertSettings> context) => _methods.Call(request, context);

    private ModuleResult Perform(ModuleContext<AlertSettings> context, Action work)
    {
        _engine.Begin(context.Now, context.Settings);
        work();
        return Finish(context);
    }

    private ModuleResult Finish(ModuleContext<AlertSettings> context)
    {
        Count(_engine.Tally, context.Ledger);
        if (_engine.Events.Count == 0) return new ModuleResult([], _engine.Change);
        var (alerts, commands, calls) = (new List<OutboundMessage>(), new List<OutboundMessage>(), new List<MethodAction>());
        foreach (var told in _engine.Events)
        {
            if (told.Notice.Acts && AlertMessages.Command(told) is { } command) commands.Add(command);
            if (told.Notice.Acts && AlertMessages.Call(told) is { } call) calls.Add(call);
            if (!told.Notice.Tells) continue;
            alerts.Add(AlertMessages.Alert(told));
            context.Ledger.Count("alarms", AlertEvent.StateName(told.Notice.State), 1);
        }

        return new ModuleResult(alerts, _engine.Change) { Urgent = commands, Actions = calls };
    }

    private static void Count(in AlertTally tally, Ledger ledger)
    {
        ledger.Count("evaluated", tally.Evaluated);
        ledger.Count("duplicate", tally.Duplicate);
        ledger.Count("late", tally.Late);
        ledger.Count("clockResets", tally.ClockResets);
        ledger.Count("evictedDevices", tally.EvictedDevices);
        ledger.Count("heldAlerts", "cooldown", tally.HeldByCooldown);
        ledger.Count("heldAlerts", "silenced", tally.HeldBySilence);
        ledger.Count("heldAlerts", "criticalRate", tally.HeldByCriticalRate);
    }
}
