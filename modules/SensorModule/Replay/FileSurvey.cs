using System.Security.Cryptography;

namespace EdgeModules.Sensing.Replay;

/// <summary>Reads a whole file once, row by row, before its first row is sent: finds a bad row in time, and learns what the shift needs to know.</summary>
internal sealed class FileSurvey : IDisposable
{
    private readonly ReplaySettings _settings;
    private readonly SHA256 _hash = SHA256.Create();
    private readonly CryptoStream _hashed;
    private readonly CsvReadings _rows;
    private readonly ReadingBuffer _scratch = new();
    private long _count;
    private long _first;
    private long _earliest = long.MaxValue;
    private long _last = long.MinValue;
    private readonly Dictionary<string, long> _readings = [];
    private readonly MetricSpread[] _spreads;
    private long _mostOfOneDevice;

    /// <param name="file">Read from its start; stays open.</param>
    /// <exception cref="SourceException">The header cannot be used.</exception>
    public FileSurvey(Stream file, ReplaySettings settings)
    {
        _settings = settings;
        file.Position = 0;
        _hashed = new CryptoStream(file, _hash, CryptoStreamMode.Read, leaveOpen: true);
        _rows = new CsvReadings(_hashed, settings.File, settings.IntervalSeconds);
        _spreads = [.. _rows.Metrics.Select(_ => new MetricSpread())];
        if (settings.KeepTimestamps && !_rows.HasTimestamps)
            throw new SourceException($"{settings.File} header has no column \"timestamp\"; it must have one when replay.keepTimestamps is true.");
    }

    /// <returns>What was learnt, once the end is reached; before, null.</returns>
    /// <exception cref="SourceException">A row cannot be used.</exception>
    public FileSummary? Advance(int rows)
    {
        for (; rows > 0; rows--)
        {
            if (!_rows.Read()) return Summarise();
            _rows.WriteTo(_scratch, _rows.Time, 0);
            _scratch.Clear();
            if (_count++ == 0) _first = _rows.Time;
            _earliest = Math.Min(_earliest, _rows.Time);
            _last = Math.Max(_last, _rows.Time);
            if (_settings.Faults.IsAny) SurveyForFaults();
            _mostOfOneDevice = Math.Max(_mostOfOneDevice, _rows.Occurrence);
        }

        return null;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _hashed.Dispose();
        _hash.Dispose();
    }

    private void SurveyForFaults()
    {
        _readings[_rows.DeviceId] = _rows.Occurrence;
        for (var metric = 0; metric < _spreads.Length; metric++) _spreads[metric].Add(_rows.Values[metric]);
    }

    private FileSummary Summarise()
    {
        if (_count == 0) throw new SourceException($"{_settings.File} has a header and no row; it must have one reading at least.");
        Span<byte> rest = stackalloc byte[256];
        while (_hashed.Read(rest) > 0);
        var span = _last - _earliest;
        var step = _mostOfOneDevice > 1 && _rows.HasTimestamps ? span / (_mostOfOneDevice - 1) : (long)Math.Round(_settings.IntervalSeconds * 1_000);
        return new FileSummary(_count, _first, _last, span + Math.Max(1, step), Convert.ToHexStringLower(_hash.Hash!))
        {
            ReadingsOfDevice = _readings,
            Spreads = [.. _spreads.Select(spread => spread.Size)],
        };
    }
}

/// <param name="First">Time of the first row, in Unix milliseconds (without timestamps: 0).</param>
/// <param name="Last">The greatest time of all rows.</param>
/// <param name="Period">Length of the data in milliseconds: from the earliest time to the latest, and the usual step to the next reading.</param>
/// <param name="Hash">SHA-256 of the content.</param>
internal sealed record FileSummary(long Rows, long First, long Last, long Period, string Hash)
{
    /// <summary>Empty unless faults are set, as is <see cref="Spreads"/>.</summary>
    public required IReadOnlyDictionary<string, long> ReadingsOfDevice { get; init; }

    /// <summary>How much each metric varies: its standard deviation over the whole file.</summary>
    public required IReadOnlyList<double> Spreads { get; init; }
}
