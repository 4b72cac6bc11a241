using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;

namespace EdgeModules.Sensing.Replay;

/// <summary>
/// The rows of a CSV file, one at a time, as readings. The header is required; <c>deviceId</c> is required, <c>zone</c> and <c>timestamp</c> are
/// optional, every other column is a metric. An empty cell is a metric that is absent. Separators are comma, semicolon, tab or bar.
/// </summary>
internal sealed class CsvReadings : IDisposable
{
    private const int MaxRecordBytes = 1_000_000;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _file;
    private readonly double _intervalMilliseconds;
    private readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>> _calibration;
    private readonly CsvReader _csv;
    private readonly CsvColumns _columns;
    private readonly Dictionary<string, long> _occurrences = [];
    private readonly double[] _values;
    private readonly Utf8JsonWriter _json = new(Stream.Null, Json);
    private string _deviceId = "";

    /// <param name="stream">Read from its position on; stays open.</param>
    /// <param name="file">The name for errors.</param>
    /// <param name="intervalSeconds">Between two readings of one device, when there is no column <c>timestamp</c>.</param>
    /// <exception cref="SourceException">The header cannot be used.</exception>
    /// <param name="calibration">Of what is written; null for none. What is read is as the file has it.</param>
    public CsvReadings(
        Stream stream, string file, double intervalSeconds, IReadOnlyDictionary<string, IReadOnlyDictionary<string, CalibrationLine>>? calibration = null)
    {
        (_file, _intervalMilliseconds, _calibration) = (file, intervalSeconds * 1_000, calibration ?? Calibration.None);
        var options = new CsvReaderOptions
        {
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = MaxRecordBytes,
            PoolStrings = true,
            Encoding = StrictUtf8,
        };
        _csv = CsvReader.Create(stream, options, leaveOpen: true);
        _columns = new CsvColumns(file, Guarded(csv =>
        {
            csv.ReadHeader();
            return csv.Headers.ToArray();
        }));
        _values = new double[_columns.Metrics.Length];
    }

    public bool HasTimestamps => _columns.Timestamp >= 0;

    /// <summary>Time of the current reading in Unix milliseconds; without a column <c>timestamp</c>, since the first reading of its device.</summary>
    public long Time { get; private set; }

    /// <summary>Readings of the device so far, the current one included.</summary>
    public long Occurrence { get; private set; }

    public string DeviceId => _deviceId;

    /// <summary>Of the current reading; null when it has none.</summary>
    public string? Zone => _columns.Zone >= 0 && !_csv.IsEmpty(_columns.Zone) ? Text(_columns.Zone) : null;

    public IReadOnlyList<MetricColumn> Metrics => _columns.Metrics;

    /// <summary>Of the current reading, in the order of <see cref="Metrics"/>; NaN for an empty cell.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Moves to the next row and checks all of it.</summary>
    /// <exception cref="SourceException">The row cannot be used.</exception>
    public bool Read()
    {
        if (!Guarded(csv => csv.Read())) return false;
        if (_csv.FieldCount != _columns.Count)
            throw new SourceException($"{Place} has {_csv.FieldCount} columns; it must have {_columns.Count}, as the header has.");
        _deviceId = Text(_columns.DeviceId);
        if (_deviceId.Length is 0 or > 128) throw Wrong(_columns.DeviceId, "1 to 128 characters");
        Occurrence = ++CollectionsMarshal.GetValueRefOrAddDefault(_occurrences, _deviceId, out _);
        Time = HasTimestamps ? ReadTimestamp() : (long)Math.Round((Occurrence - 1) * _intervalMilliseconds);
        CheckMetrics();
        return true;
    }

    /// <returns>The text of each metric's cell, in the order of <see cref="Metrics"/>; null for an empty one.</returns>
    public byte[]?[] CopyCells() => [.. _columns.Metrics.Select(column => _csv.IsEmpty(column.Index) ? null : _csv.GetSpan(column.Index).ToArray())];

    /// <summary>Writes the current reading.</summary>
    /// <param name="timestamp">The time to give the reading, in Unix milliseconds.</param>
    /// <param name="next">The position behind it.</param>
    /// <exception cref="SourceException">The reading is too large for a message.</exception>
    public void WriteTo(ReadingBuffer buffer, long timestamp, long next) => WriteTo(buffer, timestamp, next, timestamp, Zone, null);

    /// <summary>Writes a reading of the current reading's device with other content.</summary>
    /// <param name="due">The time that decides when it leaves.</param>
    /// <param name="cells">As <see cref="CopyCells"/>; null for those of the current reading.</param>
    /// <inheritdoc cref="WriteTo(ReadingBuffer, long, long)"/>
    public void WriteTo(ReadingBuffer buffer, long due, long next, long timestamp, string? zone, byte[]?[]? cells)
    {
        var lines = _calibration.Count > 0 ? _calibration.GetValueOrDefault(_deviceId) : null;
        buffer.BeginReading();
        _json.Reset(buffer);
        _json.WriteStartObject();
        _json.WriteString("deviceId"u8, _deviceId);
        _json.WriteNumber("timestamp"u8, timestamp);
        if (zone is not null) _json.WriteString("zone"u8, zone);
        for (var metric = 0; metric < _columns.Metrics.Length; metric++)
        {
            var (index, name) = _columns.Metrics[metric];
            var cell = cells is null ? _csv.GetSpan(index) : cells[metric];
            if (cells is null ? _csv.IsEmpty(index) : cells[metric] is null) continue;
            _json.WritePropertyName(name);
            WriteNumber(cell, lines?.GetValueOrDefault(_columns.NameOf(index)));
        }

        _json.WriteEndObject();
        _json.Flush();
        if (buffer.ReadingBytes > ReadingBuffer.MaxReadingBytes)
            throw new SourceException($"{Place} is a reading of {buffer.ReadingBytes} bytes; it must be at most {ReadingBuffer.MaxReadingBytes}.");
        buffer.EndReading(due, next);
    }

    public void Dispose()
    {
        _json.Dispose();
        _csv.Dispose();
    }

    private string Place => $"{_file} line {_csv.LineNumber}";

    private void WriteNumber(ReadOnlySpan<byte> cell, CalibrationLine? line)
    {
        var value = double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (line is not null) value = line.Apply(value);
        if (double.IsNaN(value)) _json.WriteStringValue("NaN"u8);
        else if (double.IsInfinity(value)) _json.WriteStringValue(value > 0 ? "Infinity"u8 : "-Infinity"u8);
        else if (line is not null) WriteCalibrated(value);
        else if (JsonNumber.IsValid(cell)) _json.WriteRawValue(cell, skipInputValidation: true);
        else _json.WriteNumberValue(value);
    }

    /// <summary>With as many digits as a sensor may have, and without those that only the arithmetic has made.</summary>
    private void WriteCalibrated(double value)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, "G12", CultureInfo.InvariantCulture);
        _json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private void CheckMetrics()
    {
        var present = 0;
        for (var metric = 0; metric < _values.Length; metric++)
        {
            var index = _columns.Metrics[metric].Index;
            _values[metric] = double.NaN;
            if (_csv.IsEmpty(index)) continue;
            present++;
            if (!double.TryParse(_csv.GetSpan(index), NumberStyles.Float, CultureInfo.InvariantCulture, out _values[metric]))
                throw Wrong(index, "a number with a decimal point, NaN, Infinity, -Infinity, or empty");
        }

        if (present == 0)
        {
            var names = string.Join(", ", _columns.Metrics.Select(column => column.Name.Value));
            throw new SourceException($"{Place} has no value in {CsvColumns.Shown(names)}; it must have one metric at least.");
        }
    }

    private long ReadTimestamp() =>
        EventTime.TryParse(_csv.GetSpan(_columns.Timestamp), out var milliseconds) ? milliseconds : throw Wrong(_columns.Timestamp, EventTime.Must);

    private string Text(int index)
    {
        if (!System.Text.Unicode.Utf8.IsValid(_csv.GetSpan(index))) throw Wrong(index, "UTF-8");
        return _csv.GetString(index);
    }

    private SourceException Wrong(int index, string must) =>
        new($"{Place}, column {CsvColumns.Shown(_columns.NameOf(index))} is {CsvColumns.Shown(_csv.GetString(index))}; it must be {must}.");

    private T Guarded<T>(Func<CsvReader, T> read)
    {
        try
        {
            return read(_csv);
        }
        catch (CsvFormatException error)
        {
            throw new SourceException($"{_file} line {error.LineNumber} cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}); it must be CSV by RFC 4180.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException or InvalidDataException)
        {
            throw new SourceException($"{_file} cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}); it must be a readable file in UTF-8.", error);
        }
    }
}
