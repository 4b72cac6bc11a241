using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeModules.Sensing.Replay;

/// <summary>What the columns of a file mean, by its header. Indexes are −1 for columns that are not there.</summary>
internal sealed class CsvColumns
{
    private const string DeviceIdName = "deviceId";
    private const string ZoneName = "zone";
    private const string TimestampName = "timestamp";
    private readonly string[] _names;

    /// <exception cref="SourceException">The header cannot be used.</exception>
    public CsvColumns(string file, ReadOnlySpan<string> header)
    {
        _names = header.ToArray();
        if (_names.Length == 0) throw new SourceException($"{file} is empty; it must begin with a header line that names its columns.");
        for (var index = 0; index < _names.Length; index++)
        {
            var name = _names[index];
            if (name.Length is 0 or > 128 || name.Contains('\uFFFD'))
                throw new SourceException($"{file} header, column {index + 1} is {Shown(name)}; it must have a name of 1 to 128 characters in UTF-8.");
            if (Array.IndexOf(_names, name) != index) throw new SourceException($"{file} header, column {index + 1} is {Shown(name)} again; every name must be there once.");
        }

        DeviceId = Array.IndexOf(_names, DeviceIdName);
        Zone = Array.IndexOf(_names, ZoneName);
        Timestamp = Array.IndexOf(_names, TimestampName);
        Metrics = [.. Enumerable.Range(0, _names.Length).Where(index => index != DeviceId && index != Zone && index != Timestamp)
            .Select(index => new MetricColumn(index, JsonEncodedText.Encode(_names[index], JavaScriptEncoder.UnsafeRelaxedJsonEscaping)))];
        var all = Shown(string.Join(',', _names));
        if (DeviceId < 0) throw new SourceException($"{file} header is {all}; it must have a column \"{DeviceIdName}\".");
        if (Metrics.Length == 0) throw new SourceException($"{file} header is {all}; it must have a column for at least one metric.");
    }

    public int DeviceId { get; }

    public int Zone { get; }

    public int Timestamp { get; }

    public MetricColumn[] Metrics { get; }

    public int Count => _names.Length;

    public string NameOf(int index) => _names[index];

    /// <returns>The value in quotes, on one line and not too long to read.</returns>
    public static string Shown(string value)
    {
        var line = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        return $"\"{(line.Length > 100 ? line[..100] + "…" : line)}\"";
    }
}

internal readonly record struct MetricColumn(int Index, JsonEncodedText Name);
