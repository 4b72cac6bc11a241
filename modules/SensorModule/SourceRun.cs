using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing;

public enum RunState
{
    Running,
    Ended,
    Failed,
}

/// <summary>
/// One source on its way: opens it, goes on where the saved state stands, and gives out batches as they fall due. A batch is due when
/// <see cref="SensorSettings.BatchSize"/> readings (or a full body, or all that is left) are due, or
/// <see cref="SensorSettings.LingerMilliseconds"/> after the first of them.
/// </summary>
/// <param name="saved">Where a former run stood; used when it was of the same data.</param>
public sealed class SourceRun(IReadingSource source, SensorState? saved) : IDisposable
{
    private enum Stage
    {
        Opening,
        Moving,
        Ready,
    }

    private readonly ReadingBuffer _buffer = new();
    private Stage _stage;
    private long _position;
    private TimeBase _time;
    private Pacer? _pacer;
    private long _sentAt;
    private bool _exhausted;

    public RunState State { get; private set; }

    /// <summary>One line; null unless <see cref="State"/> is <see cref="RunState.Failed"/>.</summary>
    public string? Error { get; private set; }

    public bool IsOpen => _stage != Stage.Opening;

    /// <summary>Position from which this run goes on; 0 until it is open.</summary>
    public long OpenedAt { get; private set; }

    /// <summary><see cref="IReadingSource.Identity"/>.</summary>
    public string Identity => source.Identity;

    /// <summary>Readings in all; null when endless, or not known (yet).</summary>
    public long? Readings => IsOpen ? source.Readings : null;

    /// <summary>Position of the next reading to send.</summary>
    public long Position => _position;

    /// <summary>How often this run went on from now because it had fallen behind or the clock was set back.</summary>
    public int Restarts { get; private set; }

    /// <summary>The state behind the last batch; null before the first.</summary>
    public SensorState? Saved { get; private set; } = saved;

    /// <summary>Faults behind the last reading of a source that has ended: of readings that were never sent.</summary>
    internal IReadOnlyList<InjectedFault> LastFaults { get; set; } = [];

    /// <returns>A batch that is due, with <see cref="Saved"/> moved behind it; its body is valid until the next call. Null when none is due.</returns>
    public Batch? Tick(DateTimeOffset now, SensorSettings settings)
    {
        if (State != RunState.Running) return null;
        var clock = now.ToUnixTimeMilliseconds();
        _buffer.Compact();
        if (!IsReady(clock, settings.Speed)) return null;
        Fill(settings.BatchSize);
        if (_buffer.Count == 0)
        {
            End();
            return null;
        }

        KeepPace(clock, settings);
        var count = DueCount(clock, settings);
        if (count == 0) return null;
        var batch = _buffer.Take(count);
        Saved = new SensorState(source.Identity, _position, batch.End, _time, _pacer!, clock) { Count = count };
        (_position, _sentAt) = (batch.End, clock);
        Fill(settings.BatchSize);
        return batch;
    }

    /// <returns>When <see cref="Tick"/> has something to do; null when never again.</returns>
    public DateTimeOffset? NextTick(DateTimeOffset now, SensorSettings settings)
    {
        if (State != RunState.Running) return null;
        if (_stage != Stage.Ready || _buffer.Count == 0 || _pacer is null || _pacer.Speed != settings.Speed || !_buffer.IsFull(settings.BatchSize) && !_exhausted) return now;
        // Not beyond the time after which a clock that was set back should have been noticed.
        var wait = BatchDue(settings) - now.ToUnixTimeMilliseconds();
        return now.AddMilliseconds(Math.Clamp(wait, 0, Pacer.PatienceMilliseconds));
    }

    /// <summary>The saved state is of other settings than this run.</summary>
    public bool HasOtherSettings => Saved is not null && !Saved.Source.StartsWith(source.SettingsIdentity, StringComparison.Ordinal);

    /// <summary>Makes the batch of the saved state again, and leaves the run behind it. Reads the whole data when it is a file.</summary>
    /// <returns>Null when there was none, or when the data is not what it was.</returns>
    /// <exception cref="SourceException">The data cannot be read.</exception>
    public Batch? Recreate()
    {
        if (Saved is null) return null;
        while (!source.Prepare());
        if (source.Identity != Saved.Source) return null;
        Resume(Saved.Start);
        while (!source.Prepare());
        while (_buffer.Count == 0 || _buffer.End < Saved.End)
        {
            if (!source.TryRead(_buffer)) return null;
        }

        if (_buffer.End != Saved.End) return null;
        _stage = Stage.Ready;
        OpenedAt = _position = Saved.End;
        return _buffer.Take(_buffer.Count);
    }

    public void Dispose() => source.Dispose();

    private bool IsReady(long now, double speed)
    {
        try
        {
            if (_stage == Stage.Opening)
            {
                if (!source.Prepare()) return false;
                if (Saved?.Source == source.Identity) Resume(Saved.End);
                else Start(now, speed);
                OpenedAt = _position;
                _stage = Stage.Moving;
            }

            if (_stage == Stage.Moving && source.Prepare()) _stage = Stage.Ready;
            return _stage == Stage.Ready;
        }
        catch (SourceException error)
        {
            Error = error.Message;
            End();
            return false;
        }
    }

    private void Start(long now, double speed)
    {
        var start = source.StartAt(now, speed);
        (_time, _pacer) = (start.Time, new Pacer(now, start.FirstTime, speed));
        source.MoveTo(0, _time);
    }

    private void Resume(long position)
    {
        (_position, _time, _pacer, _sentAt) = (position, Saved!.Time, Saved.Pacer, Saved.SentAt);
        source.MoveTo(position, _time);
    }

    // An error ends the data early: what stands before it still goes out.
    private void Fill(int batchSize)
    {
        try
        {
            while (!_exhausted && !_buffer.IsFull(batchSize)) _exhausted = !source.TryRead(_buffer);
        }
        catch (SourceException error)
        {
            Error = error.Message;
            _exhausted = true;
        }
    }

    private void End()
    {
        State = Error is null ? RunState.Ended : RunState.Failed;
        LastFaults = _buffer.TakeLastFaults();
    }

    private void KeepPace(long now, SensorSettings settings)
    {
        var next = _buffer.TimeAt(0);
        var isSetBack = now < _sentAt - Pacer.PatienceMilliseconds;
        if (_pacer!.IsLate(now, next) || isSetBack)
        {
            Restarts++;
            if (source.FollowsClock)
            {
                // At speeds above 1 event time may be ahead of the clock, and must not fall back because of a stop.
                next = isSetBack ? now : Math.Max(now, next);
                _time = new TimeBase(next, _position);
                source.MoveTo(_position, _time);
                (_exhausted, _sentAt) = (false, now);
                _buffer.Clear();
                Fill(settings.BatchSize);
            }

            _pacer = new Pacer(now, next, settings.Speed);
            _sentAt = now;
        }
        else if (_pacer.Speed != settings.Speed)
        {
            _pacer = _pacer.At(settings.Speed, now, next);
        }
    }

    private int DueCount(long now, SensorSettings settings)
    {
        if (_buffer.Count == 0 || BatchDue(settings) > now) return 0;
        var count = 0;
        var limit = _buffer.NextCount(settings.BatchSize);
        while (count < limit && _pacer!.Due(_buffer.TimeAt(count)) <= now) count++;
        return count;
    }

    /// <returns>Unix milliseconds.</returns>
    private long BatchDue(SensorSettings settings)
    {
        var latest = _buffer.TimeAt(0);
        for (var index = _buffer.NextCount(settings.BatchSize) - 1; index > 0; index--) latest = Math.Max(latest, _buffer.TimeAt(index));
        return Math.Min(_pacer!.Due(latest), _pacer.Due(_buffer.TimeAt(0)) + settings.LingerMilliseconds);
    }
}
