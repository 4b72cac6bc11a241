using EdgeModules.Hosting.State;
using EdgeModules.Messages;

namespace EdgeModules.Aggregation;

/// <summary>What became of a reading.</summary>
public enum ReadingOutcome
{
    Folded,
    Late,
    Duplicate,

    /// <summary>Too far ahead of its device to be believed yet.</summary>
    Held,
}

/// <summary>
/// Sums readings up by windows of event time. Each device has its own watermark, its newest timestamp less the allowed lateness: a window closes when that has
/// passed its end. The clock is only compared with times of arrival, so that replayed and late data come out as live data do.
/// </summary>
public sealed class WindowAggregator
{
    /// <summary>As in <see cref="EventOrder"/>: so far behind, and so often in a row, a device's clock was set back.</summary>
    private const long ResetBehind = 60_000;
    private const int ResetAfter = 3;

    /// <summary>So many readings in a row that are too far ahead are believed.</summary>
    private const int BelieveAfter = 3;

    private readonly CompactWriter _changes = new();
    private readonly AggregatorState _state;
    private readonly ZoneAggregator _zones;

    // The last device in the order of arrival that was found idle; those before it are too.
    private Device? _idle;
    private bool _hasIdled;

    public WindowAggregator()
    {
        _state = new AggregatorState(_changes);
        _zones = new ZoneAggregator(_state);
    }

    /// <summary>Readings of open windows, and of those that wait to be sent.</summary>
    public long Open => _state.Unsent;

    /// <summary>Readings that are too far ahead to be believed yet.</summary>
    public long Held => _state.HeldCount;

    /// <summary>Summaries that wait to be sent.</summary>
    public int Pending => _state.PendingWindows.Count + _state.PendingZones.Count;

    /// <summary>Readings of the device summaries that wait to be sent.</summary>
    public long PendingReadings
    {
        get
        {
            var readings = 0L;
            foreach (var window in _state.PendingWindows) readings += window.Contents.Readings - window.Sent;
            return readings;
        }
    }

    internal AggregatorState State => _state;

    /// <summary>Begins a call: <see cref="Changes"/> are those since it.</summary>
    public void Begin(DateTimeOffset now) => _state.Begin(now.ToUnixTimeMilliseconds());

    /// <summary>What has happened since <see cref="Begin"/>, for <see cref="Apply"/>; empty when nothing has. Holds until the next call.</summary>
    public ReadOnlyMemory<byte> Changes => _state.Journal.HasEvents ? _changes.Written : default;

    /// <param name="metrics">The metrics of <paramref name="reading"/>.</param>
    public ReadingOutcome Add(in Reading reading, ReadOnlySpan<MetricValue> metrics, AggregatorSettings settings, ref AggregatorTally tally)
    {
        if (!_state.TryFind(reading.DeviceId, out var device)) device = AddDevice(reading.DeviceId, settings, ref tally);
        var sinceLast = _state.Now - device.Arrived;
        if (ReferenceEquals(device, _idle)) _idle = device.Older;
        _state.See(device);
        if (!ReferenceEquals(device.Zone?.Name, reading.Zone) && device.Zone?.Name != reading.Zone) _state.Move(device, reading.Zone);

        var outcome = AddOrHold(device, reading.Timestamp, sinceLast, metrics, settings, ref tally);
        if (sinceLast > 0 && outcome is ReadingOutcome.Late or ReadingOutcome.Duplicate) _state.Hear(device);
        return outcome;
    }

    /// <summary>Closes what has become due by the readings of this call; to be called once after them.</summary>
    public void CloseZones(AggregatorSettings settings, ref AggregatorTally tally)
    {
        _zones.CloseDue(settings, _hasIdled, ref tally);
        _hasIdled = false;
    }

    /// <summary>Closes the windows of devices from which nothing has come for long.</summary>
    public void CloseIdle(AggregatorSettings settings, ref AggregatorTally tally)
    {
        for (var device = NextIdle; device is not null && device.Arrived + settings.IdleSeconds * 1000L <= _state.Now; device = NextIdle)
        {
            _idle = device;
            _hasIdled = true;
            // Before the windows close: it may be in one of them.
            Believe(device, settings, ref tally);
            CloseAll(device, isPartial: false, settings, ref tally);
        }
    }

    /// <summary>When <see cref="CloseIdle"/> may have something to do; null for never.</summary>
    public DateTimeOffset? NextIdleAt(AggregatorSettings settings) =>
        NextIdle is { } device ? DateTimeOffset.FromUnixTimeMilliseconds(device.Arrived + settings.IdleSeconds * 1000L) : null;

    /// <summary>All summaries that wait, as JSON; they are taken as sent.</summary>
    public void TakePending(SummaryWriter writer, AggregatorSettings settings, ref AggregatorTally tally)
    {
        if (Pending == 0) return;
        foreach (var window in _state.PendingWindows)
        {
            tally.Summarized += window.Contents.Readings - window.Sent;
            writer.Add(window, settings);
        }

        foreach (var window in _state.PendingZones) writer.Add(window, settings);
        _state.MarkSent();
    }

    /// <summary>Repeats <see cref="Changes"/>, or takes a part of <see cref="Snapshot"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public void Apply(ReadOnlySpan<byte> change) => EventReplay.Apply(_state, change);

    public IEnumerable<ReadOnlyMemory<byte>> Snapshot() => StateSnapshot.Write(_state);

    public void Clear()
    {
        _state.Clear();
        _idle = null;
    }

    private Device? NextIdle => _idle is null ? _state.Oldest : _idle.Newer;

    private Device AddDevice(string deviceId, AggregatorSettings settings, ref AggregatorTally tally)
    {
        while (_state.DeviceCount >= settings.MaxDevices)
        {
            var oldest = _state.Oldest!;
            CloseAll(oldest, isPartial: true, settings, ref tally);
            DropHeld(oldest, ref tally);
            if (ReferenceEquals(oldest, _idle)) _idle = null;
            _state.Evict(oldest);
            _hasIdled = true;
            tally.EvictedDevices++;
        }

        return _state.AddDevice(deviceId, _state.Forgotten);
    }

    private ReadingOutcome AddOrHold(
        Device device, long timestamp, long sinceLast, ReadOnlySpan<MetricValue> metrics, AggregatorSettings settings, ref AggregatorTally tally)
    {
        // What lies in a window that has closed, of a device that was quiet, is late and not ahead.
        var ahead = device.Newest is { } newest ? timestamp - Math.Max(newest, device.ClosedThrough) : 0;
        var mostAhead = settings.MaxFutureSeconds * 1000L;
        if (ahead > mostAhead && ahead - sinceLast > mostAhead) return AddAhead(device, timestamp, metrics, settings, ref tally);
        DropHeld(device, ref tally);
        return AddTo(device, timestamp, metrics, settings, ref tally);
    }

    private ReadingOutcome AddTo(Device device, long timestamp, ReadOnlySpan<MetricValue> metrics, AggregatorSettings settings, ref AggregatorTally tally)
    {
        var window = device.OpenAt(timestamp);
        if (window is null)
        {
            var span = SpanOf(device, timestamp, settings.WindowLength);
            if (IsClosed(device, timestamp, span.End, settings)) return AddLate(device, timestamp, metrics, span, settings, ref tally);
            MakeRoom(settings, ref tally);
            window = _state.Open(device, span.Start, span.End, settings.SketchError, span.IsShort);
            if (span.IsShort) tally.PartialWindows++;
        }
        else if (window.Timestamps.Contains((int)(timestamp - window.Start)))
        {
            return ReadingOutcome.Duplicate;
        }

        if (device.Behind > 0 && timestamp > device.Newest) _state.SetBehind(device, 0, timestamp);
        _state.Fold(device, window, timestamp, metrics);
        tally.Folded++;
        while (device.Open.Count > 0 && device.Open[0].End <= device.Newest - settings.Lateness) Close(device, device.Open[0], isPartial: false, settings, ref tally);
        return ReadingOutcome.Folded;
    }

    private static bool IsClosed(Device device, long timestamp, long end, AggregatorSettings settings) =>
        timestamp < device.ClosedThrough || (device.Newest is { } newest && end <= newest - settings.Lateness);

    private ReadingOutcome AddLate(
        Device device, long timestamp, ReadOnlySpan<MetricValue> metrics, (long Start, long End, bool IsShort) span, AggregatorSettings settings, ref AggregatorTally tally)
    {
        if (settings.Revises && timestamp >= device.ForgottenThrough)
        {
            var rememberedFrom = device.Newest - settings.Lateness - settings.ReviseSeconds * 1000L;
            var window = device.KeptAt(timestamp) is { } kept && kept.End > rememberedFrom ? kept : null;
            if (window is not null && window.Timestamps.Contains((int)(timestamp - window.Start))) return ReadingOutcome.Duplicate;
            if (window is null && span.End > rememberedFrom)
            {
                MakeRoom(settings, ref tally);
                window = _state.OpenKept(device, span.Start, span.End, settings.SketchError, span.IsShort);
            }

            if (window is not null)
            {
                _state.Revise(device, window, timestamp, metrics, _zones.SpanForRevision(window, ref tally));
                tally.Folded++;
                tally.Revised++;
                return ReadingOutcome.Folded;
            }
        }

        if (device.Newest - timestamp <= ResetBehind || device.Newest is null)
        {
            _state.SetBehind(device, 0, timestamp);
            return ReadingOutcome.Late;
        }

        var behind = device.Behind > 0 && timestamp <= device.LastBehind ? 1 : device.Behind + 1;
        if (behind < ResetAfter)
        {
            _state.SetBehind(device, behind, timestamp);
            return ReadingOutcome.Late;
        }

        CloseAll(device, isPartial: false, settings, ref tally);
        _state.StartAnew(device);
        tally.ClockResets++;
        return AddTo(device, timestamp, metrics, settings, ref tally);
    }

    private ReadingOutcome AddAhead(Device device, long timestamp, ReadOnlySpan<MetricValue> metrics, AggregatorSettings settings, ref AggregatorTally tally)
    {
        var last = device.Held.Count > 0 ? device.Held[^1].Timestamp : long.MinValue;
        if (timestamp == last) return ReadingOutcome.Duplicate;
        if (timestamp < last) DropHeld(device, ref tally);
        if (device.Held.Count < BelieveAfter - 1)
        {
            _state.Hold(device, timestamp, metrics);
            return ReadingOutcome.Held;
        }

        Believe(device, settings, ref tally);
        tally.ClockResets++;
        return AddTo(device, timestamp, metrics, settings, ref tally);
    }

    /// <summary>Folds the readings that were too far ahead.</summary>
    private void Believe(Device device, AggregatorSettings settings, ref AggregatorTally tally)
    {
        foreach (var reading in device.Held)
        {
            // Its window may have been closed to make room.
            if (AddTo(device, reading.Timestamp, reading.Metrics, settings, ref tally) != ReadingOutcome.Folded) tally.Future++;
        }

        _state.ReleaseHeld(device);
    }

    private void DropHeld(Device device, ref AggregatorTally tally)
    {
        tally.Future += device.Held.Count;
        _state.ReleaseHeld(device);
    }

    private void Close(Device device, DeviceWindow window, bool isPartial, AggregatorSettings settings, ref AggregatorTally tally)
    {
        if (isPartial && !window.IsPartial) tally.PartialWindows++;
        _state.Close(device, window, settings.Revises, isPartial, ZoneAggregator.SpanFor(device, window, settings, ref tally));
        if (device.Newest is { } newest) _state.Forget(device, newest - settings.Lateness - (settings.Revises ? settings.ReviseSeconds * 1000L : 0));
    }

    private void CloseAll(Device device, bool isPartial, AggregatorSettings settings, ref AggregatorTally tally)
    {
        while (device.Open.Count > 0) Close(device, device.Open[0], isPartial, settings, ref tally);
    }

    /// <summary>The oldest window of the device unseen for longest goes, first of those that could only be revised.</summary>
    private void MakeRoom(AggregatorSettings settings, ref AggregatorTally tally)
    {
        for (var device = _state.Oldest; _state.WindowCount >= settings.MaxOpenWindows && device is not null;)
        {
            if (device.Kept.Count > 0) _state.Forget(device, device.Kept[0].End);
            else if (device.Open.Count > 0) Close(device, device.Open[0], isPartial: true, settings, ref tally);
            else device = device.Newer;
        }
    }

    /// <summary>The window of the grid, shortened where another one of the device has its place: after its length was changed.</summary>
    private static (long Start, long End, bool IsShort) SpanOf(Device device, long timestamp, long length)
    {
        var grid = timestamp - ((timestamp % length) + length) % length;
        var (start, end) = (grid, grid + length);
        if (device.ClosedThrough <= timestamp) start = Math.Max(start, device.ClosedThrough);
        if (device.ForgottenThrough <= timestamp) start = Math.Max(start, device.ForgottenThrough);
        Shorten(device.Open);
        Shorten(device.Kept);
        return (start, end, end - start != length);

        void Shorten(List<DeviceWindow> windows)
        {
            foreach (var window in windows)
            {
                if (window.End <= timestamp) start = Math.Max(start, window.End);
                else if (window.Start > timestamp) end = Math.Min(end, window.Start);
            }
        }
    }
}
