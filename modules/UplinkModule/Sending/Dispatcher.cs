using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connectivity;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;
using EdgeModules.Uplink.Packing;
using EdgeModules.Uplink.Spool;

namespace EdgeModules.Uplink.Sending;

/// <summary>
/// Decides what is packed, what goes up and what is given up: what is new before what waits, <c>normal</c> before <c>low</c>, the oldest first, within the
/// day's units; and when there is no room, the oldest of <c>low</c> goes first.
/// </summary>
internal sealed class Dispatcher(BatchSpool spool, UplinkTelemetry telemetry)
{
    /// <summary>Messages that edgeHub takes to the cloud at a time; with more in its queue the backlog would only change its place.</summary>
    private const int MostQueued = 100;

    /// <summary>Of messages that wait in one lane though they could be packed, because the disk refuses: beyond it they are evicted.</summary>
    private const long MostTailBytes = 32 << 20;

    /// <summary>Of the spool: a full one stands at its limit and gives up a batch with each new one.</summary>
    private const double RoomyShare = 0.9;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RoundInterval = TimeSpan.FromSeconds(60);

    private readonly BatchPacker[] _packers = [new(), new()];
    private readonly List<OutboundMessage> _outputs = [];
    private DateTimeOffset _nextBacklog;
    private DateTimeOffset _nextRound;

    /// <summary>Null while the disk obeys.</summary>
    private DateTimeOffset? _retryAt;

    /// <summary>Unix milliseconds: what was taken in by then waits no longer for its batch to be full.</summary>
    private long _flushedAt;

    /// <summary>Messages in edgeHub's queue for the cloud, as it told last; null when it does not.</summary>
    public long? Queued { get; set; }

    private SpoolState State => spool.State;

    /// <returns>What is to be sent.</returns>
    public IReadOnlyList<OutboundMessage> Run(ModuleContext<UplinkSettings> context)
    {
        _outputs.Clear();
        KeepUpWithClock(context.Now);
        if (_retryAt is null || context.Now >= _retryAt)
        {
            _retryAt = null;
            foreach (var lane in Lanes.All)
            {
                while (_retryAt is null && State[lane].Tail.Count > 0 && TryPack(lane, context))
                {
                }
            }
        }

        if (context.Now >= _nextBacklog) SendOldest(context);
        if (context.Now >= _nextRound) MakeRound(context);
        return [.. _outputs];
    }

    public void Flush(DateTimeOffset now) => _flushedAt = now.ToUnixTimeMilliseconds();

    public DateTimeOffset NextRun(ModuleContext<UplinkSettings> context)
    {
        var next = _retryAt is { } retry ? Earlier(_nextRound, retry) : _nextRound;
        foreach (var lane in Lanes.All)
        {
            if (State[lane].Tail.Count == 0 || !MaySend(lane, 1, isNew: true, context)) continue;
            next = Earlier(next, Later(_retryAt ?? context.Now, DueAt(lane, context)));
        }

        return Backlog(context) is null ? next : Earlier(next, _nextBacklog);
    }

    /// <summary>The outputs of the last step, again and byte for byte.</summary>
    public IReadOnlyList<OutboundMessage> Recreate()
    {
        // One whose file is gone has been sent: it is deleted when all have.
        return
        [
            .. State.LastSent.Select(batch => (Batch: batch, Body: spool.Load(batch))).Where(sent => sent.Body is not null)
                .Select(sent => ToMessage(sent.Batch, sent.Body!.Value)),
        ];
    }

    private static OutboundMessage ToMessage(StoredBatch batch, ReadOnlyMemory<byte> body) =>
        BatchMessage.Of(batch.Header, body, batch.Compression) with { Recreatable = true };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    /// <summary>A clock that was set back must not make what is due wait for it.</summary>
    private void KeepUpWithClock(DateTimeOffset now)
    {
        if (_nextRound - now > RoundInterval) (_nextRound, _nextBacklog, _retryAt) = (now, now, null);
        if (_flushedAt > now.ToUnixTimeMilliseconds()) _flushedAt = 0;
    }

    private DateTimeOffset DueAt(Lane lane, ModuleContext<UplinkSettings> context)
    {
        var first = State[lane].Tail[0].AcceptedAt;
        if (first <= _flushedAt) return context.Now;
        // Of a clock that was set back.
        if (first > context.Now.ToUnixTimeMilliseconds()) return context.Now;
        return DateTimeOffset.FromUnixTimeMilliseconds(first) + context.Settings.LongestWait(lane, State.Connectivity);
    }

    /// <param name="isNew">Whether it is not of the backlog.</param>
    private bool MaySend(Lane lane, int units, bool isNew, ModuleContext<UplinkSettings> context)
    {
        if (State.Connectivity == ConnectivityState.Offline) return false;
        var daily = context.Settings.DailyMeteredUnits;
        var isHeld = lane == Lane.Low && (State.Connectivity != ConnectivityState.Online || (daily > 0 && State[Lane.Normal].Stored.Count > 0));
        return !isHeld && UnitBudget.Allows(State.Cost.At(context.Now).Units, units, daily, isNew, context.Now);
    }

    private bool TryPack(Lane lane, ModuleContext<UplinkSettings> context)
    {
        var (now, settings, waiting) = (context.Now, context.Settings, State[lane]);
        var isLive = MaySend(lane, 1, isNew: true, context);
        var number = waiting.NextNumber == 0 ? now.ToUnixTimeMilliseconds() : waiting.NextNumber;
        var (id, compression) = (StoredBatch.IdOf(lane, number), settings.Compression);
        var isDue = isLive && DueAt(lane, context) <= now;
        var packed = _packers[(int)lane].Pack(id, lane.Name(), waiting.Tail, waiting.TailBytes, settings.BatchUnits, compression, isDue);
        if (packed is null) return false;
        if (packed.Bytes > MessageLimits.BodyAndProperties && compression != BatchCompression.Gzip)
        {
            compression = BatchCompression.Gzip;
            packed = BatchPacker.PackFirst(id, lane.Name(), waiting.Tail, compression);
        }

        if (packed.Bytes > MessageLimits.BodyAndProperties)
        {
            telemetry.LogTooLarge(waiting.Tail[0].Id, waiting.Tail[0].Count);
            context.Ledger.Count(Ledger.Dropped, "tooLarge", packed.Header.Count);
            spool.Do(new SpoolEvent.Dropped(lane, packed.Members));
            return true;
        }

        var batch = new StoredBatch(
            lane, number, waiting.Tail[0].Id, packed.Members, packed.Header.Count, 0, packed.Units,
            waiting.Tail.Take(packed.Members).Sum(member => member.Units), packed.Header.FirstTimestamp, packed.Header.LastTimestamp, compression);
        var goesNow = isLive && MaySend(lane, packed.Units, isNew: true, context);
        if (!goesNow && !MakeRoom(lane, packed.Bytes, context))
        {
            GiveUp(batch, context, "Nothing else is there that could be given up for it.");
            return true;
        }

        return TrySeal(batch, packed.Body, goesNow, context);
    }

    private bool TrySeal(StoredBatch batch, ReadOnlyMemory<byte> body, bool goesNow, ModuleContext<UplinkSettings> context)
    {
        try
        {
            batch = spool.Seal(batch, body);
            telemetry.Written();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            telemetry.NotWritten(error.Message);
            _retryAt = context.Now + RetryPause;
            if (State[batch.Lane].TailBytes < MostTailBytes) return false;
            GiveUp(batch, context, error.Message);
            return true;
        }

        if (goesNow) Send(batch, body, context);
        return true;
    }

    /// <summary>Of a batch that is not on the disk.</summary>
    private void GiveUp(StoredBatch batch, ModuleContext<UplinkSettings> context, string why)
    {
        telemetry.Evicted(batch.Id, batch.Count, why);
        context.Ledger.Count(UplinkCounters.Evicted, batch.Lane.Name(), batch.Count);
        spool.Do(new SpoolEvent.Dropped(batch.Lane, batch.Members));
    }

    private void Send(StoredBatch batch, ReadOnlyMemory<byte> body, ModuleContext<UplinkSettings> context)
    {
        spool.Do(new SpoolEvent.Sent(batch.Lane, batch.Number, context.Now.ToUnixTimeMilliseconds()));
        context.Ledger.Count(UplinkCounters.Batched, batch.Count);
        telemetry.Sent(batch);
        _outputs.Add(ToMessage(batch, body));
    }

    /// <returns>The batch of the backlog that may go next; null when none may.</returns>
    private StoredBatch? Backlog(ModuleContext<UplinkSettings> context)
    {
        if (Queued > MostQueued) return null;
        return (State[Lane.Normal].Oldest ?? State[Lane.Low].Oldest) is { } batch && MaySend(batch.Lane, batch.Units, isNew: false, context) ? batch : null;
    }

    private void SendOldest(ModuleContext<UplinkSettings> context)
    {
        if (Backlog(context) is not { } batch) return;
        _nextBacklog = context.Now + TimeSpan.FromSeconds(1 / context.Settings.BacklogMessagesPerSecond);
        ReadOnlyMemory<byte>? body;
        try
        {
            body = spool.Load(batch);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            telemetry.LogNotRead(batch.Id, error.Message);
            _nextBacklog = context.Now + RetryPause;
            return;
        }

        if (body is null)
        {
            telemetry.LogLost(1, batch.Count);
            context.Ledger.Count(Ledger.Dropped, UplinkCounters.LostBatch, batch.Count);
            spool.Remove(batch);
            return;
        }

        Send(batch, body.Value, context);
    }

    /// <summary>What others take of the disk is given way to, and it is seen that there is room again.</summary>
    private void MakeRound(ModuleContext<UplinkSettings> context)
    {
        _nextRound = context.Now + RoundInterval;
        if (MakeRoom(Lane.Normal, 0, context) && State.StoredBytes < RoomyShare * context.Settings.MaxSpoolMegabytes * 1_000_000) telemetry.HasRoom();
    }

    /// <returns>False when a batch of that lane would be the next to go itself.</returns>
    private bool MakeRoom(Lane lane, long bytes, ModuleContext<UplinkSettings> context)
    {
        var settings = context.Settings;
        while (true)
        {
            string why;
            if (State.StoredBytes + bytes > settings.MaxSpoolMegabytes * 1_000_000L) why = $"maxSpoolMegabytes is {settings.MaxSpoolMegabytes}.";
            else if (spool.FreeBytes is var free && free < bytes + (settings.MinFreeDiskMegabytes * 1_000_000L))
                why = $"The disk has {free / 1_000_000} MB left; minFreeDiskMegabytes is {settings.MinFreeDiskMegabytes}.";
            else return true;

            if ((State[Lane.Low].Oldest ?? (lane == Lane.Low ? null : State[Lane.Normal].Oldest)) is not { } oldest) return false;
            telemetry.Evicted(oldest.Id, oldest.Count, why);
            context.Ledger.Count(UplinkCounters.Evicted, oldest.Lane.Name(), oldest.Count);
            spool.Remove(oldest);
        }
    }
}
