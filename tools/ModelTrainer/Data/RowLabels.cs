using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeModules.ModelTrainer.Data;

/// <summary>What says of a row whether it is an anomaly: columns of the data, columns of a file beside it, or stretches of time.</summary>
internal sealed class RowLabels : IDisposable
{
    private static readonly string[] Normal = ["", "0", "0.0", "false"];
    private readonly int[] _columns;
    private readonly CsvTable? _beside;
    private readonly int[] _besideColumns = [];
    private readonly List<(long From, long To)> _windows = [];

    public RowLabels(string[] header, DataOptions options)
    {
        _columns = ColumnsOf(header, options);
        if (options.LabelFile is { } file)
        {
            _beside = new CsvTable(file, Files.Read(file));
            _besideColumns = ColumnsOf(_beside.Header, options);
            if (_besideColumns.Length == 0)
                throw new TrainerException($"{file} header is {string.Join(',', _beside.Header)}; it must have {string.Join(" or ", options.LabelColumns)}.");
        }

        if (options.LabelWindows is { } windows) _windows = ReadWindows(windows, Path.GetFileName(options.File));
        Exist = _columns.Length > 0 || _beside is not null || options.LabelWindows is not null;
    }

    public bool Exist { get; }

    /// <summary>Asked once for each row, in order.</summary>
    public bool IsAnomaly(CsvTable row, long time)
    {
        var isAnomaly = _columns.Any(column => IsMarked(row, column)) || _windows.Any(window => time >= window.From && time <= window.To);
        if (_beside is null) return isAnomaly;
        if (!_beside.Read()) throw new TrainerException($"{_beside.File} ends before line {row.Line} of {row.File}; it must have a row for each.");
        return isAnomaly | _besideColumns.Any(column => IsMarked(_beside, column));
    }

    public void RequireEnd()
    {
        if (_beside?.Read() == true) throw new TrainerException($"{_beside.File} goes on at line {_beside.Line}; it must have as many rows as the data.");
    }

    public void Dispose() => _beside?.Dispose();

    private static bool IsMarked(CsvTable row, int column) => !Normal.Contains(row.Text(column).ToLowerInvariant());

    private static int[] ColumnsOf(string[] header, DataOptions options) =>
        [.. options.LabelColumns.Select(column => Array.IndexOf(header, column)).Where(index => index >= 0)];

    private static List<(long From, long To)> ReadWindows(string file, string key)
    {
        const string Must = "an object with an array of [from, to] for the data file's name";
        try
        {
            if (JsonText.ParseObject(Files.Read(file))[key] is not JArray windows) throw new TrainerException($"{file} has no \"{key}\"; it must be {Must}.");
            return [.. windows.Select(Read)];
        }
        catch (JsonException error)
        {
            throw new TrainerException($"{file} cannot be read; it must be {Must}. {error.Message}", error);
        }

        (long From, long To) Read(JToken window) =>
            window is JArray { Count: 2 } pair && CsvTable.TryParse($"{pair[0]}", out var from) && CsvTable.TryParse($"{pair[1]}", out var to) && from <= to
                ? (from, to)
                : throw new TrainerException(
                    $"{file} {window.Path} is {window.ToString(Formatting.None)}; it must be two times, the first not after the second.");
    }
}
