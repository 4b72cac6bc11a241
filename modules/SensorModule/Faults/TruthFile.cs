using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EdgeModules.Sensing.Faults;

/// <summary>How far the truth file was written when a message was saved; what stands behind it was never sent.</summary>
/// <param name="Segment">How often the file was full and a new one begun.</param>
/// <param name="Length">Bytes of the present one.</param>
/// <param name="Sequence">Lines in all.</param>
public sealed record TruthPosition(string File, int Segment, long Length, long Sequence);

/// <summary>
/// The faults that the data has, one JSON object a line, for tests to score by; it never travels with the data. The lines of a message are on disk before its
/// state is saved, and the saved state says how long the file was. So after a crash it is cut back to what was saved, and no line is missing or double.
/// </summary>
/// <param name="folder">The state directory.</param>
/// <param name="segmentBytes">A full file is renamed: <c>truth.jsonl</c> to <c>truth.1.jsonl</c>, and so on.</param>
public sealed partial class TruthFile(string folder, long segmentBytes = TruthFile.SegmentBytes) : IDisposable
{
    /// <summary>Some 200,000 lines.</summary>
    public const int SegmentBytes = 32_000_000;

    /// <summary>Full files that are kept beside the present one; older ones are deleted.</summary>
    public const int OldSegments = 3;

    private readonly ArrayBufferWriter<byte> _lines = new();
    private FileStream? _file;
    private TruthPosition _position = new("", 0, 0, 0);

    /// <summary>Null while none is open.</summary>
    public string? Name => _file is null ? null : _position.File;

    public TruthPosition? Position => _file is null ? null : _position;

    /// <summary>Only such names: nothing else in the state directory can be hit.</summary>
    internal static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Goes on behind <paramref name="saved"/> when that is of the same file, or begins an empty file.</summary>
    /// <returns>Bytes that are missing of what was saved: somebody else has changed the file.</returns>
    /// <exception cref="IOException">Nothing is open.</exception>
    public long Open(string name, TruthPosition? saved)
    {
        Close();
        try
        {
            return saved?.File == name ? GoOn(saved) : Begin(name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Close();
            throw new IOException(error.Message, error);
        }
    }

    /// <summary>The lines are on disk when the call returns.</summary>
    /// <param name="source">Tells the data of one source from that of another; the beginning of its message ids.</param>
    /// <exception cref="IOException">None of them is; the call may be repeated.</exception>
    internal void Append(IReadOnlyList<InjectedFault> faults, string source)
    {
        if (faults.Count == 0) return;
        var file = _file ?? throw new InvalidOperationException("No truth file is open.");
        _lines.ResetWrittenCount();
        var sequence = _position.Sequence;
        foreach (var fault in faults) Write(fault, source, sequence++);
        try
        {
            // A former call may have failed half way.
            file.SetLength(_position.Length);
            if (_position.Length > 0 && _position.Length + _lines.WrittenCount > segmentBytes) file = BeginSegment();
            file.Position = _position.Length;
            file.Write(_lines.WrittenSpan);
            file.Flush(flushToDisk: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }

        _position = _position with { Length = _position.Length + _lines.WrittenCount, Sequence = sequence };
    }

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => Close();

    private string PathOf(string name, int segment = 0) =>
        Path.Combine(folder, segment == 0 ? name : $"{Path.GetFileNameWithoutExtension(name)}.{segment}.jsonl");

    private long Begin(string name)
    {
        _position = new TruthPosition(name, 0, 0, 0);
        var stem = Path.GetFileNameWithoutExtension(name);
        foreach (var old in Directory.GetFiles(folder, $"{stem}.*.jsonl"))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(old)[(stem.Length + 1)..], out _)) File.Delete(old);
        }

        _file = OpenFile(name);
        _file.SetLength(0);
        return 0;
    }

    private long GoOn(TruthPosition saved)
    {
        _position = saved;
        // The file was full, but no message was saved after that: what is in the next one was never sent.
        var next = PathOf(saved.File, saved.Segment + 1);
        if (File.Exists(next)) File.Move(next, PathOf(saved.File), overwrite: true);
        _file = OpenFile(saved.File);
        var missing = saved.Length - _file.Length;
        if (missing > 0) _position = saved with { Length = _file.Length };
        _file.SetLength(_position.Length);
        return Math.Max(0, missing);
    }

    private FileStream BeginSegment()
    {
        var (name, segment) = (_position.File, _position.Segment + 1);
        File.Move(PathOf(name), PathOf(name, segment), overwrite: true);
        _position = _position with { Segment = segment, Length = 0 };
        // Should this fail, nothing is open, and the module opens all anew with what it saved.
        Close();
        if (segment > OldSegments) File.Delete(PathOf(name, segment - OldSegments));
        return _file = OpenFile(name);
    }

    // Readers may look on while it is written.
    private FileStream OpenFile(string name) => new(
        PathOf(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Write(InjectedFault fault, string source, long sequence)
    {
        using (var json = new Utf8JsonWriter(_lines))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence"u8, sequence);
            json.WriteString("source"u8, source);
            json.WriteString("kind"u8, fault.Name);
            json.WriteString("deviceId"u8, fault.DeviceId);
            if (fault.Metric is not null) json.WriteString("metric"u8, fault.Metric);
            json.WriteNumber("from"u8, fault.From);
            json.WriteNumber("to"u8, fault.To);
            json.WriteNumber("reading"u8, fault.Reading);
            if (fault.Amount is { } amount) json.WriteNumber("amount"u8, amount);
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,100}\.jsonl\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
