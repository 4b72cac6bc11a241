using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Packing;
using EdgeModules.Uplink.Sending;
using EdgeModules.Uplink.Spool;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Uplink;

/// <summary>
/// Takes messages for the cloud on <c>normal</c> and <c>low</c>; sends them packed to <c>batches</c> when the way to the cloud and the day's units allow, and
/// changes of that way to <c>connectivity</c>.
/// </summary>
public sealed class UplinkModule : EdgeModule<UplinkSettings>, IDisposable
{
    /// <summary>Numbers that always move are reported no oftener.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private static readonly string[] LaneNames = [.. Lanes.All.Select(lane => lane.Name())];

    private readonly UplinkTelemetry _telemetry;
    private readonly BatchSpool _spool;
    private readonly Dispatcher _dispatcher;
    private readonly UpstreamWatch _watch;
    private ConnectivityMachine? _machine;
    private Ledger? _ledger;
    private string _reason = "";
    private bool _isReconciled;
    private DateTimeOffset _reconcileAt;
    private JObject? _numbers;
    private DateTimeOffset _nextNumbers;

    public UplinkModule(UplinkSurroundings surroundings, UplinkTelemetry telemetry)
    {
        _telemetry = telemetry;
        _spool = new BatchSpool(surroundings.Batches);
        _dispatcher = new Dispatcher(_spool, telemetry);
        _watch = new UpstreamWatch(surroundings.Probe, surroundings.ProbeHost, Wake);
    }

    public override string ModelId => "dtmi:edgemodules:UplinkModule;1";

    public override IReadOnlyCollection<string> MessageInputs => LaneNames;

    public override IReadOnlyCollection<string> Outputs => ["batches", "connectivity"];

    public override IReadOnlyCollection<string> UnpromptedOutputs => ["connectivity"];

    public override IReadOnlyCollection<string> Methods => ["getCost", "flush", "getSpool"];

    public override long Held => _spool.State.Items;

    public override ModuleResult OnMessage(InboundMessage message, string id, int count, ModuleContext<UplinkSettings> context)
    {
        _spool.BeginStep();
        _spool.Do(new SpoolEvent.Accepted(Lanes.Of(message.Input), ToMember(message, id, count, context.Now)));
        return Work(context);
    }

    public override ModuleResult OnTick(ModuleContext<UplinkSettings> context)
    {
        _spool.BeginStep();
        _watch.Run(context.Settings.Connectivity, context.Now);
        return Work(context);
    }

    public override DateTimeOffset? NextTick(ModuleContext<UplinkSettings> context)
    {
        if (_watch.HasEvidence) return context.Now;
        var (look, run) = (_watch.NextLook(context.Settings.Connectivity, context.Now), _isReconciled ? _dispatcher.NextRun(context) : _reconcileAt);
        return look < run ? look : run;
    }

    public override void OnSettings(ModuleContext<UplinkSettings> context) => _ledger = context.Ledger;

    public override void ApplyChange(ReadOnlySpan<byte> change) => _spool.Restore(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => _spool.Snapshot();

    /// <remarks>Before the first settings it is a journal that cannot be read, and the batches on the disk are good all the same.</remarks>
    public override void Reset()
    {
        if (_ledger is null)
        {
            _spool.Forget();
            return;
        }

        _ledger.Count(UplinkCounters.Evicted, UplinkCounters.ResetReason, _spool.State.Items);
        _spool.Reset();
    }

    public override IReadOnlyList<OutboundMessage> RecreateOutputs(ModuleContext<UplinkSettings> context) => _dispatcher.Recreate();

    public override JObject Report(ModuleContext<UplinkSettings> context)
    {
        var state = _spool.State;
        var connectivity = new JObject { ["state"] = state.Connectivity.Word(), ["reason"] = _reason };
        if (state.ConnectivitySince > 0) connectivity["since"] = state.ConnectivitySince;
        // A clock that was set back must not make the numbers old.
        if (_numbers is null || context.Now >= _nextNumbers || _nextNumbers - context.Now > ReportInterval)
        {
            _nextNumbers = context.Now + ReportInterval;
            _numbers = new JObject
            {
                ["cost"] = UplinkReport.CostOf(state.Cost, context.Settings.DailyMeteredUnits, context.Now), ["spool"] = UplinkReport.SpoolOf(state),
            };
        }

        // Not "connectivity", which is what the settings of that name are reported as.
        return new JObject { ["upstream"] = connectivity, ["cost"] = _numbers["cost"], ["spool"] = _numbers["spool"] };
    }

    public override MethodResponse? OnMethod(MethodRequest request, ModuleContext<UplinkSettings> context) => request.Name switch
    {
        "getCost" => new MethodResponse(200, UplinkReport.CostOf(_spool.State.Cost, context.Settings.DailyMeteredUnits, context.Now)),
        "flush" => Flush(context),
        "getSpool" => new MethodResponse(200, UplinkReport.SpoolOf(_spool.State)),
        _ => null,
    };

    public void Dispose() => _watch.Dispose();

    private MethodResponse Flush(ModuleContext<UplinkSettings> context)
    {
        _dispatcher.Flush(context.Now);
        Wake();
        return new MethodResponse(200, UplinkReport.SpoolOf(_spool.State));
    }

    private static TailMember ToMember(InboundMessage message, string id, int count, DateTimeOffset now)
    {
        var properties = message.Properties.Where(property => !property.Key.StartsWith('$')).ToDictionary();
        var encoding = message.Properties.GetValueOrDefault(SystemProperties.ContentEncoding);
        // Who reads the member must know that its body is not plain.
        if (encoding is not (null or "" or "utf-8")) properties[SystemProperties.ContentEncoding] = encoding;
        var member = new BatchMember(id, message.Properties.GetValueOrDefault(SystemProperties.ConnectionModuleId) ?? "", properties, message.Body)
        {
            Device = message.Properties.GetValueOrDefault(SystemProperties.ConnectionDeviceId) ?? "",
        };
        var alone = message.Body.Length + message.Properties.Sum(property => property.Key.Length + property.Value.Length);
        return new TailMember(id, BatchCodec.EncodeMember(member), count, MeteredUnit.CountOf(alone), now.ToUnixTimeMilliseconds());
    }

    private ModuleResult Work(ModuleContext<UplinkSettings> context)
    {
        var changes = new List<OutboundMessage>();
        while (_watch.TryTake(out var evidence))
        {
            _dispatcher.Queued = evidence.Queued;
            if (Machine(context.Now).Observe(evidence, context.Settings.Connectivity, context.Now) is { } change) changes.Add(Enter(change, evidence));
        }

        var batches = TryReconcile(context) ? _dispatcher.Run(context) : [];
        _telemetry.Stands(_spool.State);
        return new ModuleResult([.. batches, .. changes], _spool.Change);
    }

    private OutboundMessage Enter(ConnectivityChange change, Evidence evidence)
    {
        var at = change.At.ToUnixTimeMilliseconds();
        _spool.Do(new SpoolEvent.Connectivity(change.To, at));
        (_reason, _numbers) = (change.Reason, null);
        _telemetry.Changed(change);
        var body = new JObject { ["state"] = change.To.Word(), ["from"] = change.From.Word(), ["reason"] = change.Reason, ["timestamp"] = at };
        if (evidence.LatencyMs is { } latency) body["latencyMs"] = Math.Round(latency, 1);
        if (evidence.Queued is { } queued) body["queued"] = queued;
        return new OutboundMessage
        {
            Output = "connectivity", Body = JsonText.ToUtf8(body), Count = 1, MessageType = "connectivity", Priority = Priorities.Low,
            MessageId = MessageIds.Of("connectivity", change.To.Word(), $"{at}"),
        };
    }

    private ConnectivityMachine Machine(DateTimeOffset now) =>
        _machine ??= new ConnectivityMachine(
            _spool.State.Connectivity, _spool.State.ConnectivitySince == 0 ? now : DateTimeOffset.FromUnixTimeMilliseconds(_spool.State.ConnectivitySince));

    /// <summary>Once, with the first step after a start: what it finds is saved with that.</summary>
    private bool TryReconcile(ModuleContext<UplinkSettings> context)
    {
        if (_isReconciled) return true;
        if (context.Now < _reconcileAt && _reconcileAt - context.Now <= RetryPause) return false;
        try
        {
            var found = _spool.Reconcile();
            context.Ledger.Count(Ledger.Dropped, UplinkCounters.LostBatch, found.Lost.Sum(batch => batch.Count));
            context.Ledger.Count(UplinkCounters.Recovered, found.Adopted.Sum(batch => batch.Count));
            _telemetry.Reconciled(found);
            return _isReconciled = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _telemetry.NotReconciled(error.Message);
            _reconcileAt = context.Now + RetryPause;
            return false;
        }
    }
}
