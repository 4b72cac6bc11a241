using System.Globalization;
using System.Text;
using CsvHelper;

namespace EdgeModules.ModelTrainer.Data;

/// <summary>The rows of a CSV file, one after the other; errors name file, line, column and value.</summary>
internal sealed class CsvTable : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly CsvReader _csv;

    /// <exception cref="TrainerException">There is no header.</exception>
    public CsvTable(string file, byte[] bytes)
    {
        File = file;
        var options = new CsvReaderOptions
        {
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            PoolStrings = true,
            Encoding = StrictUtf8,
        };
        _csv = CsvReader.Create(new MemoryStream(bytes), options, leaveOpen: false);
        Header = Guarded(csv =>
        {
            csv.ReadHeader();
            return csv.Headers.ToArray();
        });
        if (Header.Length == 0) throw new TrainerException($"{file} is empty; it must begin with a header line that names its columns.");
    }

    public string File { get; }

    public string[] Header { get; }

    public long Line => _csv.LineNumber;

    /// <exception cref="TrainerException">The row has not as many columns as the header.</exception>
    public bool Read()
    {
        if (!Guarded(csv => csv.Read())) return false;
        return _csv.FieldCount == Header.Length
            ? true
            : throw new TrainerException($"{File} line {Line} has {_csv.FieldCount} columns; it must have {Header.Length}, as the header has.");
    }

    public string Text(int column) => Guarded(csv => csv.IsEmpty(column) ? "" : csv.GetString(column));

    /// <returns>NaN for an empty cell.</returns>
    public float Number(int column)
    {
        if (_csv.IsEmpty(column)) return float.NaN;
        return float.TryParse(_csv.GetSpan(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(column, "a number with a decimal point, NaN, or empty");
    }

    /// <returns>Unix milliseconds.</returns>
    public long Time(int column) => TryParse(Text(column), out var milliseconds) ? milliseconds : throw Wrong(column, "Unix milliseconds or a date and time");

    /// <summary>Without an offset it is UTC.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds)) return true;
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        milliseconds = time.ToUnixTimeMilliseconds();
        return isTime;
    }

    public void Dispose() => _csv.Dispose();

    private TrainerException Wrong(int column, string must) => 
        new($"{File} line {Line}, column \"{Header[column]}\" is \"{Text(column)}\"; it must be {must}.");

    private T Guarded<T>(Func<CsvReader, T> read)
    {
        try
        {
            return read(_csv);
        }
        catch (Exception error) when (error is CsvFormatException or DecoderFallbackException)
        {
            throw new TrainerException($"{File} line {Line} cannot be read as CSV in UTF-8. {error.Message}", error);
        }
    }
}
