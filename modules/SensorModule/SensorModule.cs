using System.Text.Json;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Sensing.Faults;
using EdgeModules.Sensing.Replay;
using EdgeModules.Sensing.Synthetic;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Sensing;

/// <summary>The source of the suite: sends readings of a file or made-up ones on the output <c>readings</c>, in arrays, at the pace of the settings.</summary>
public sealed class SensorModule(SensorTelemetry telemetry, TruthFile truth) : EdgeModule<SensorSettings>, IDisposable
{
    private const string Output = "readings";
    private const string MessageType = "reading";
    private const string Generated = "generated";
    private const string GeneratedBytes = "generatedBytes";
    private const string InjectedFaults = "faults";

    private static readonly Dictionary<string, string> NoProperties = [];
    private static readonly Dictionary<string, string> Calibrated = new() { [ApplicationProperties.Calibrated] = "true" };
    private static readonly TimeSpan TruthRetry = TimeSpan.FromSeconds(1);

    private SourceRun? _run;
    private SensorSettings? _runSettings;
    private SensorState? _saved;

    // Ready to be sent once its faults are written: the truth has no gaps.
    private Batch? _untold;
    private DateTimeOffset? _retryAt;

    public override string ModelId => "dtmi:edgemodules:SensorModule;1";

    public override IReadOnlyCollection<string> Outputs => [Output];

    public override void OnSettings(ModuleContext<SensorSettings> context)
    {
        var goesOn = _run is not null && _run.State != RunState.Failed && _runSettings!.HasSameSourceAs(context.Settings);
        if (!goesOn) CloseRun();
        else if (truth.Name != context.Settings.TruthFile) truth.Close();
    }

    public override DateTimeOffset? NextTick(ModuleContext<SensorSettings> context) =>
        _retryAt ?? (_run is null ? context.Now : _run.NextTick(context.Now, context.Settings));

    public override ModuleResult OnTick(ModuleContext<SensorSettings> context)
    {
        var run = RunFor(context.Settings);
        if (!TryOpenTruth(context)) return ModuleResult.None;
        if (_untold is null)
        {
            var before = (run.IsOpen, run.State, run.Restarts);
            _untold = run.Tick(context.Now, context.Settings);
            Tell(run, before, context.Settings.Mode);
        }

        var faults = _untold?.Faults ?? run.LastFaults;
        if (!TryWriteTruth(faults, run, context)) return ModuleResult.None;
        run.LastFaults = [];
        if (_untold is not { } batch) return ModuleResult.None;
        _untold = null;
        _saved = run.Saved! with { Truth = truth.Position };
        context.Ledger.Count(Generated, batch.Count);
        context.Ledger.Count(GeneratedBytes, batch.ReadingBytes);
        foreach (var kind in faults.GroupBy(fault => fault.Name)) context.Ledger.Count(InjectedFaults, kind.Key, kind.Count());
        return new ModuleResult([MessageOf(batch, _saved, context.Settings)], _saved.ToUtf8());
    }

    public override IReadOnlyList<OutboundMessage> RecreateOutputs(ModuleContext<SensorSettings> context)
    {
        if (_saved is not { } saved) return [];
        CloseRun();
        if (RunFor(context.Settings).HasOtherSettings)
        {
            // Settings change only when everything has been sent.
            telemetry.NothingUnsent(saved.MessageId);
            return [];
        }

        var (batch, error) = Recreate(context.Settings);
        if (batch is not null)
        {
            telemetry.SourceOpened(context.Settings.Mode, _run!.OpenedAt, _run.Readings);
            return [MessageOf(batch, saved, context.Settings)];
        }

        CloseRun();
        context.Ledger.Count(Ledger.Dropped, "sourceChanged", saved.Count);
        telemetry.UnsentReadingsDropped(saved.Count, saved.MessageId, error);
        return [];
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => _saved = SensorState.Parse(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => _saved is null ? [] : [_saved.ToUtf8()];

    public override void Reset()
    {
        _saved = null;
        CloseRun();
    }

    /// <returns><c>{"source":{"state":"running"|"ended"|"failed","mode":…,"readings":…,"error":…}}</c>, without what is not known.</returns>
    public override JObject? Report(ModuleContext<SensorSettings> context)
    {
        var state = _run?.State ?? RunState.Running;
        var source = new JObject { ["state"] = JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), ["mode"] = JsonNamingPolicy.CamelCase.ConvertName(context.Settings.Mode.ToString()) };
        if (_run?.Readings is { } readings) source["readings"] = readings;
        if (state == RunState.Failed) source["error"] = _run?.Error;
        return new JObject { ["source"] = source };
    }

    public void Dispose()
    {
        CloseRun();
        truth.Dispose();
    }

    private bool TryOpenTruth(ModuleContext<SensorSettings> context)
    {
        if (context.Settings.TruthFile is not { } name || truth.Name == name) return true;
        return TryOnTruth(context, () =>
        {
            var missing = truth.Open(name, _saved?.Truth);
            if (missing > 0) telemetry.TruthIncomplete(name, missing);
        });
    }

    private bool TryWriteTruth(IReadOnlyList<InjectedFault> faults, SourceRun run, ModuleContext<SensorSettings> context)
    {
        if (truth.Name is null || faults.Count == 0) return true;
        return TryOnTruth(context, () => truth.Append(faults, run.Identity));
    }

    private bool TryOnTruth(ModuleContext<SensorSettings> context, Action action)
    {
        try
        {
            action();
            _retryAt = null;
            return true;
        }
        catch (IOException error)
        {
            _retryAt = context.Now + TruthRetry;
            telemetry.TruthNotWritten(context.Settings.TruthFile!, error.Message, TruthRetry.TotalSeconds);
            return false;
        }
    }

    private void Tell(SourceRun run, (bool IsOpen, RunState State, int Restarts) before, SourceMode mode)
    {
        if (run.IsOpen && !before.IsOpen) telemetry.SourceOpened(mode, run.OpenedAt, run.Readings);
        if (run.Restarts > before.Restarts) telemetry.PaceRestarted(run.Position);
        if (run.State == before.State) return;
        if (run.State == RunState.Failed) telemetry.SourceFailed(run.Error);
        else telemetry.SourceEnded(mode, run.Position);
    }

    private SourceRun RunFor(SensorSettings settings)
    {
        if (_run is not null) return _run;
        IReadingSource source = settings.Mode == SourceMode.Replay
            ? new ReplaySource(settings.Replay, settings.Calibration)
            : new SyntheticSource(settings.Synthetic, settings.Calibration);
        _runSettings = settings;
        return _run = new SourceRun(source, _saved);
    }

    private (Batch? Batch, string? Error) Recreate(SensorSettings settings)
    {
        try
        {
            return (RunFor(settings).Recreate(), null);
        }
        catch (SourceException error)
        {
            return (null, error.Message);
        }
    }

    private void CloseRun()
    {
        _run?.Dispose();
        (_run, _runSettings, _untold, _retryAt) = (null, null, null, null);
        // Opened again, it is cut back to what was saved.
        truth.Close();
    }

    private static OutboundMessage MessageOf(Batch batch, SensorState state, SensorSettings settings) => new()
    {
        Output = Output,
        Body = batch.Body,
        Count = batch.Count,
        MessageType = MessageType,
        MessageId = state.MessageId,
        Recreatable = true,
        Properties = settings.Calibration.Count > 0 ? Calibrated : NoProperties,
    };
}
