using System.Globalization;

namespace EdgeModules.Sensing.Replay;

/// <summary>The rows of a file in file order. The file stays open, so one that is replaced on disk is not mixed with the one that was checked.</summary>
public sealed class ReplaySource(ReplaySettings settings) : IReadingSource
{
    private const int RowsPerPart = 20_000;

    private FileStream? _file;
    private FileSurvey? _survey;
    private FileSummary? _summary;
    private CsvReadings? _rows;
    private TimeBase _time;
    private long _position;
    private long _row;
    private long _target;
    private long _end;

    public string Identity { get; private set; } = "";

    public string SettingsIdentity { get; } = SourceIdentity.Of(
        "replay", settings.File, settings.IntervalSeconds.ToString("R", CultureInfo.InvariantCulture),
        settings.KeepTimestamps ? "kept" : $"{settings.Epoch?.Milliseconds}");

    public long? Total => settings.Loop ? null : _summary?.Rows;

    public long? Readings => Total;

    public bool FollowsClock => false;

    public bool Prepare()
    {
        if (_summary is null) return Survey();
        for (var rows = RowsPerPart; _position < _target && rows > 0; rows--) NextRow();
        return _position == _target;
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
        // A loop that was switched off ends with the round it is in.
        _end = settings.Loop ? long.MaxValue : Math.Max(1, (position + rows - 1) / rows) * rows;
        (_time, _target, _position) = (time, position, position / rows * rows);
        if (_position < _end) OpenRound();
    }

    public bool TryRead(ReadingBuffer buffer)
    {
        if (_position >= _end) return false;
        NextRow();
        var round = (_position - 1) / _summary!.Rows;
        _rows!.WriteTo(buffer, _rows.Time + _time.Milliseconds + round * _summary.Period, _position);
        return true;
    }

    public void Dispose()
    {
        _survey?.Dispose();
        _rows?.Dispose();
        _file?.Dispose();
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
        _position++;
    }

    private void OpenRound()
    {
        _rows?.Dispose();
        _file!.Position = 0;
        _row = 0;
        _rows = new CsvReadings(_file, settings.File, settings.IntervalSeconds);
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
