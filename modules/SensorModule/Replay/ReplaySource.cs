using System.Globalization;
using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing.Replay;

/// <summary>
/// The rows of a file in file order. A row takes as many positions as readings may leave at it (<see cref="FaultPlan.Parts"/>).
/// The file stays open, so one that is replaced on disk is not mixed with the one that was checked.
/// </summary>
public sealed class ReplaySource(
    ReplaySettings settings, IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>>? calibration = null) : IReadingSource
{
    private const int RowsPerPart = 20_000;

    private readonly FaultPlan _plan = new(settings.Faults);
    private FileStream? _file;
    private FileSurvey? _survey;
    private FileSummary? _summary;
    private CsvReadings? _rows;
    private FaultyRows? _faulty;
    private TimeBase _time;
    private long _row;

    // In rows over all rounds, as are the next two.
    private long _done;
    private long _target;
    private long _end;

    // Of the row that is next, what was sent before.
    private long _partsDone;

    public string Identity { get; private set; } = "";

    public string SettingsIdentity { get; } = SourceIdentity.Of(
    [
        "replay", settings.File, settings.IntervalSeconds.ToString("R", CultureInfo.InvariantCulture),
        settings.KeepTimestamps ? "kept" : $"{settings.Epoch?.Milliseconds}",
        .. settings.Faults.IsAny ? [$"{settings.Seed}", settings.Faults.Identity] : Array.Empty<string>(),
    ]);

    public long? Readings => settings.Loop || settings.Faults.ChangesCount ? null : _summary?.Rows;

    public bool FollowsClock => false;

    public bool Prepare()
    {
        if (_summary is null) return Survey();
        for (var rows = RowsPerPart; _done < _target && rows > 0; rows--)
        {
            NextRow();
            _faulty?.Skip();
        }

        return _done == _target;
    }

    public SourceStart StartAt(long now, double speed)
    {
        var summary = _summary!;
        var shift = settings.KeepTimestamps ? 0 : TimeShift.Of(summary.First, summary.Last, speed, now, settings.Epoch?.Milliseconds);
        return new SourceStart(new TimeBase(shift, 0), summary.First + shift);
    }

    public void MoveTo(long position, TimeBase time)
    {
        var rows = _summary!.Rows;
        (_time, (_target, _partsDone)) = (time, Math.DivRem(position, _plan.Parts));
        // A loop that was switched off ends with the round it is in.
        _end = settings.Loop ? long.MaxValue : Math.Max(1, (_target + rows - 1) / rows) * rows;
        if (_partsDone > 0 && _end == _target) _end += rows;
        _done = _target / rows * rows;
        if (settings.Faults.IsAny) _faulty = new FaultyRows(_plan, settings.Seed, _summary);
        if (_done < _end) OpenRound();
    }

    public bool TryRead(ReadingBuffer buffer)
    {
        if (_faulty is not null) return TryReadFaulty(_faulty, buffer);
        if (_done >= _end) return false;
        NextRow();
        _rows!.WriteTo(buffer, TimeOfRow, _done);
        return true;
    }

    public void Dispose()
    {
        _survey?.Dispose();
        _rows?.Dispose();
        _file?.Dispose();
    }

    private long TimeOfRow => _rows!.Time + _time.Milliseconds + (_done - 1) / _summary!.Rows * _summary.Period;

    private bool TryReadFaulty(FaultyRows faulty, ReadingBuffer buffer)
    {
        while (true)
        {
            while (faulty.TryTake(out var sent))
            {
                if (sent.Part < _partsDone) continue;
                foreach (var fault in sent.Faults) buffer.Tell(fault);
                _rows!.WriteTo(buffer, TimeOfRow, (_done - 1) * _plan.Parts + sent.Part + 1, sent.Timestamp, sent.Zone, sent.Cells);
                return true;
            }

            if (_done >= _end) return false;
            // Those of the row that was just finished are done with it.
            if (_done > _target) _partsDone = 0;
            NextRow();
            if (faulty.Silent is { } silent) buffer.Tell(silent);
        }
    }

    private bool Survey()
    {
        _file ??= Open();
        _survey ??= new FileSurvey(_file, settings);
        _summary = _survey.Advance(RowsPerPart);
        if (_summary is null) return false;
        _survey.Dispose();
        _survey = null;
        Identity = SettingsIdentity + _summary.Hash[..8];
        return true;
    }

    private void NextRow()
    {
        if (_row == _summary!.Rows) OpenRound();
        if (!_rows!.Read()) throw new SourceException($"{settings.File} ends after {_row} rows; it must stay as it was when it was checked, with {_summary.Rows}.");
        _row++;
        _done++;
        _faulty?.MoveTo(_rows, TimeOfRow);
    }

    private void OpenRound()
    {
        _rows?.Dispose();
        _file!.Position = 0;
        _row = 0;
        _faulty?.StartRound(_done / _summary!.Rows);
        _rows = new CsvReadings(_file, settings.File, settings.IntervalSeconds, calibration);
    }

    private FileStream Open()
    {
        try
        {
            var file = new FileStream(settings.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.SequentialScan);
            if (file.CanSeek) return file;
            file.Dispose();
            throw new NotSupportedException("it is a pipe or a device, and has to be read twice");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var why = error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : error.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new SourceException($"replay.file is \"{settings.File}\", which cannot be opened as {Path.GetFullPath(settings.File)} ({why}); it must be a CSV file that can be read.", error);
        }
    }
}
