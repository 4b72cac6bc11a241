using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>Takes readings on <c>readings</c>; sends summaries of windows to <c>aggregates</c> and <c>zones</c>, and what came too late to <c>late</c>.</summary>
public sealed class AggregatorModule(WindowAggregator windows) : EdgeModule<AggregatorSettings>
{
    /// <summary>More summaries than about one message holds do not wait for others.</summary>
    private const int FullBatch = 500;

    private readonly SummaryWriter _summaries = new();
    private readonly JsonArrayWriter _late = new();
    private DateTimeOffset? _pendingSince;
    private Ledger? _ledger;

    public override string ModelId => "dtmi:edgemodules:AggregatorModule;1";

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> Outputs => ["aggregates", "zones", "late", "invalid"];

    public override bool EmitsInvalid(AggregatorSettings settings) => settings.EmitInvalid;

    /// <summary>Readings too far ahead to be believed yet.</summary>
    public override long Held => windows.Held;

    /// <summary><c>open</c>: readings that are folded and in no summary sent. <c>unsent</c>: those of them whose window has closed.</summary>
    public override IReadOnlyList<KeyValuePair<string, long>> Gauges => [new("open", windows.Open), new("unsent", windows.PendingReadings)];

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<AggregatorSettings> context)
    {
        var tally = new AggregatorTally();
        Begin(context);
        foreach (ref readonly var reading in readings.Readings)
        {
            switch (windows.Add(reading, readings.MetricsOf(reading), context.Settings, ref tally))
            {
                case ReadingOutcome.Late:
                    _late.Add(readings.BytesOf(reading));
                    tally.Late++;
                    break;
                case ReadingOutcome.Duplicate:
                    tally.Duplicate++;
                    break;
            }
        }

        return Finish(context, ref tally);
    }

    public override ModuleResult OnTick(ModuleContext<AggregatorSettings> context)
    {
        var tally = new AggregatorTally();
        Begin(context);
        return Finish(context, ref tally);
    }

    public override DateTimeOffset? NextTick(ModuleContext<AggregatorSettings> context)
    {
        var idle = windows.NextIdleAt(context.Settings);
        var linger = _pendingSince + TimeSpan.FromSeconds(context.Settings.LingerSeconds);
        return idle is null || linger < idle ? linger : idle;
    }

    /// <remarks>What waited at the end of the life before waits from its start on.</remarks>
    public override void OnSettings(ModuleContext<AggregatorSettings> context)
    {
        _ledger = context.Ledger;
        if (windows.Pending > 0) _pendingSince ??= context.Now;
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => windows.Apply(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => windows.Snapshot();

    /// <remarks>What was folded and will never be told is in the books all the same.</remarks>
    public override void Reset()
    {
        _ledger?.Count("forgotten", windows.Open);
        _ledger?.Count(Ledger.Dropped, "reset", windows.Held);
        windows.Clear();
        _pendingSince = null;
    }

    private void Begin(ModuleContext<AggregatorSettings> context)
    {
        _ledger = context.Ledger;
        _summaries.Clear();
        _late.Clear();
        windows.Begin(context.Now);
    }

    private ModuleResult Finish(ModuleContext<AggregatorSettings> context, ref AggregatorTally tally)
    {
        windows.CloseIdle(context.Settings, ref tally);
        windows.CloseZones(context.Settings, ref tally);
        if (windows.Pending > 0) _pendingSince ??= context.Now;
        if (windows.Pending >= FullBatch || _pendingSince + TimeSpan.FromSeconds(context.Settings.LingerSeconds) <= context.Now)
        {
            windows.TakePending(_summaries, context.Settings, ref tally);
            _pendingSince = null;
        }

        tally.AddTo(context.Ledger);
        return new ModuleResult([.. _summaries.Finish(), .. _late.Finish().Select(ToLate)], windows.Changes);
    }

    private static OutboundMessage ToLate((ReadOnlyMemory<byte> Body, int Count) array) =>
        new() { Output = "late", Body = array.Body, Count = array.Count, MessageType = "reading", Priority = Priorities.Low };
}
