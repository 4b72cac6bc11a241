using System.Buffers;
using System.Collections.Frozen;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Filtering;

/// <summary>Takes readings on <c>readings</c>; sends those that changed to <c>filtered</c>, and what cannot be read to <c>invalid</c>.</summary>
public sealed class FilterModule(DeadbandFilter filter) : EdgeModule<FilterSettings>
{
    private readonly JsonArrayWriter _filtered = new();
    private readonly ArrayBufferWriter<byte> _change = new();
    private (FilterSettings? For, FrozenSet<string> Metrics) _named = (null, FrozenSet<string>.Empty);
    private bool _isStarted;

    public override string ModelId => "dtmi:edgemodules:FilterModule;1";

    public override string ReadingsInput => "readings";

    public override IReadOnlyCollection<string> Outputs => ["filtered", "invalid"];

    /// <remarks>Asked for each message, so made once for each settings.</remarks>
    public override FrozenSet<string> NamedMetrics(FilterSettings settings)
    {
        if (!ReferenceEquals(_named.For, settings)) _named = (settings, settings.NamedMetrics());
        return _named.Metrics;
    }

    public override bool EmitsInvalid(FilterSettings settings) => settings.EmitInvalid;

    public override ModuleResult OnReadings(ReadingBatch readings, ModuleContext<FilterSettings> context)
    {
        _filtered.Clear();
        _change.ResetWrittenCount();
        var tally = new FilterTally();
        foreach (ref readonly var reading in readings.Readings)
        {
            if (!filter.Passes(reading, readings.MetricsOf(reading), context.Settings, ref tally)) continue;
            _filtered.Add(readings.BytesOf(reading));
            filter.WriteDevice(reading.DeviceId, _change);
        }

        tally.AddTo(context.Ledger);
        return new ModuleResult([.. _filtered.Finish().Select(ToMessage)], _change.WrittenMemory);
    }

    public override void OnSettings(ModuleContext<FilterSettings> context)
    {
        var evicted = filter.Trim(context.Settings.MaxDevices);
        // At the start those of the journal go again that went, and were counted, before.
        if (_isStarted) context.Ledger.Count("evictedDevices", evicted);
        _isStarted = true;
    }

    public override void ApplyChange(ReadOnlySpan<byte> change) => filter.ReadDevices(change);

    public override IEnumerable<ReadOnlyMemory<byte>> Snapshot() => filter.WriteAll();

    public override void Reset() => filter.Clear();

    private static OutboundMessage ToMessage((ReadOnlyMemory<byte> Body, int Count) array) =>
        new() { Output = "filtered", Body = array.Body, Count = array.Count, MessageType = "reading" };
}
