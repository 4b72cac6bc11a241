using System.Diagnostics.Metrics;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Uplink.Spool;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Uplink;

/// <summary>What happens on the way to the cloud, counted and logged.</summary>
public sealed partial class UplinkTelemetry
{
    private readonly ILogger<UplinkTelemetry> _logger;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _units;
    private readonly Counter<long> _batches;
    private long _state;
    private long _spoolBytes;
    private long _spoolBatches;
    private bool _isFull;
    private bool _isRefused;

    public UplinkTelemetry(IMeterFactory meters, ILogger<UplinkTelemetry> logger)
    {
        _logger = logger;
        var meter = meters.Create("EdgeModules.Uplink");
        _transitions = meter.CreateCounter<long>(
            "uplink_connectivity_transitions", unit: null, description: "Changes of the state of the way to the cloud, by the state entered.");
        _units = meter.CreateCounter<long>("uplink_metered_units", unit: null, description: "Units of 4 KB for which IoT Hub charges, by priority.");
        _batches = meter.CreateCounter<long>("uplink_batches", unit: null, description: "Batches sent, by priority.");
        meter.CreateObservableGauge("uplink_connectivity", () => Volatile.Read(ref _state), unit: null, description: "0 online, 1 degraded, 2 offline.");
        meter.CreateObservableGauge(
            "uplink_spool_bytes", () => Volatile.Read(ref _spoolBytes), unit: null, description: "Bytes on the disk of batches that wait.");
        meter.CreateObservableGauge("uplink_spool_batches", () => Volatile.Read(ref _spoolBatches), unit: null, description: "Batches that wait on the disk.");
    }

    internal void Changed(ConnectivityChange change)
    {
        _transitions.Add(1, new KeyValuePair<string, object?>("to", change.To.Word()));
        var (from, to) = (change.From.Word(), change.To.Word());
        LogChanged(change.To == ConnectivityState.Online ? LogLevel.Information : LogLevel.Warning, from, to, change.Reason);
    }

    internal void Sent(StoredBatch batch)
    {
        _units.Add(batch.Units, new KeyValuePair<string, object?>("priority", batch.Lane.Name()));
        _batches.Add(1, new KeyValuePair<string, object?>("priority", batch.Lane.Name()));
        LogSent(batch.Id, batch.Members, batch.Count, batch.Bytes, batch.Units);
    }

    internal void Stands(SpoolState state)
    {
        Volatile.Write(ref _state, (long)state.Connectivity);
        Volatile.Write(ref _spoolBytes, state.StoredBytes);
        Volatile.Write(ref _spoolBatches, Lanes.All.Sum(lane => state[lane].Stored.Count));
    }

    /// <summary>Said once; while the spool is full each message may evict.</summary>
    internal void Evicted(string id, long items, string why)
    {
        if (!_isFull) LogFull(id, items, why);
        _isFull = true;
    }

    internal void HasRoom()
    {
        if (_isFull) LogRoom();
        _isFull = false;
    }

    internal void NotWritten(string cause)
    {
        if (!_isRefused) LogNotWritten(cause);
        _isRefused = true;
    }

    internal void Written() => _isRefused = false;

    internal void NotReconciled(string cause)
    {
        if (!_isRefused) LogNoFolder(cause);
        _isRefused = true;
    }

    internal void Reconciled(Reconciliation found)
    {
        if (found.Lost.Count > 0) LogLost(found.Lost.Count, found.Lost.Sum(batch => batch.Count));
        if (found.Adopted.Count > 0) LogAdopted(found.Adopted.Count, found.Adopted.Sum(batch => batch.Count));
        foreach (var name in found.Damaged) LogDamaged(name);
    }

    [LoggerMessage(Message = "The way to the cloud was {From} and is {To}. {Reason}")]
    private partial void LogChanged(LogLevel level, string from, string to, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Sent {Batch}: {Messages} messages with {Items} items, {Bytes} bytes, {Units} metered units.")]
    private partial void LogSent(string batch, int messages, long items, long bytes, int units);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The spool is full: {Batch} with {Items} items is given up, and more until there is room again; the ledger counts them as evicted. {Why}")]
    private partial void LogFull(string batch, long items, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The spool has room again.")]
    private partial void LogRoom();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch could not be written; it is tried again, and its messages wait. {Cause}")]
    private partial void LogNotWritten(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The batch {Batch} could not be read; it is tried again. {Cause}")]
    public partial void LogNotRead(string batch, string cause);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "{Batches} batches with {Items} items are no longer on the disk, or damaged; the ledger counts them as dropped.")]
    public partial void LogLost(int batches, long items);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Batches} batches with {Items} items were on the disk and not in the journal; they are sent. The ledger counts them as recovered.")]
    private partial void LogAdopted(int batches, long items);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The folder of the batches cannot be read; messages are taken in, and none are sent until it can. {Cause}")]
    private partial void LogNoFolder(string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file {Name} is no batch that can be read; it is left where it is.")]
    private partial void LogDamaged(string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "The message {Id} with {Items} items is too large for a batch; the ledger counts it as dropped.")]
    public partial void LogTooLarge(string id, long items);
}
