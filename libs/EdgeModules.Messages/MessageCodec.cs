using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace EdgeModules.Messages;

/// <summary>
/// Reads the readings of a message. One instance reads one message at a time and reuses its memory: in the steady state a reading of a known device
/// costs no allocation. Readings in compact JSON take <see cref="ReadingScanner"/>; all others, and all with a defect, <see cref="ReadingParser"/>.
/// </summary>
public sealed class MessageCodec
{
    private readonly ReadingBatch _batch = new();
    private readonly ReadingParser _parser;
    private readonly ReadingScanner? _scanner;

    public MessageCodec() : this(useScanner: true)
    {
    }

    internal MessageCodec(bool useScanner)
    {
        var names = new ReadingNames();
        _parser = new ReadingParser(_batch, names);
        _scanner = useScanner ? new ReadingScanner(_batch, names) : null;
    }

    /// <param name="body">UTF-8 JSON: one reading object or an array of them; a byte order mark is allowed.</param>
    /// <param name="namedMetrics">Names that settings give to metrics: such a property must be a number or null.</param>
    /// <returns>
    /// The usable readings and, apart, the unusable ones. A body that is no JSON gives no reading and one <see cref="InvalidReading"/> that spans it.
    /// Valid until the next call.
    /// </returns>
    public ReadingBatch Decode(ReadOnlyMemory<byte> body, FrozenSet<string> namedMetrics)
    {
        _batch.Clear(body);
        var utf8 = body.Span;
        if (!Utf8.IsValid(utf8))
        {
            _batch.Add(new InvalidReading(0, utf8.Length, InvalidReasons.NotUtf8, "$", "The body is not UTF-8; it must be UTF-8 JSON."));
            return _batch;
        }

        try
        {
            ReadBody(utf8, namedMetrics);
        }
        catch (JsonException error)
        {
            _batch.Clear(body);
            var message = $"The body is not JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}; it must be a reading object or an array of them.";
            _batch.Add(new InvalidReading(0, utf8.Length, InvalidReasons.NotJson, "$", message));
        }

        return _batch;
    }

    private void ReadBody(ReadOnlySpan<byte> utf8, FrozenSet<string> namedMetrics)
    {
        var at = SkipBlanks(utf8, utf8.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
        if (at == utf8.Length) throw SyntaxError(utf8, at);
        if (utf8[at] != '[')
        {
            at = ReadElement(utf8, at, ReadingParser.NoIndex, namedMetrics);
        }
        else
        {
            at = SkipBlanks(utf8, at + 1);
            if (at < utf8.Length && utf8[at] == ']')
            {
                at++;
            }
            else
            {
                for (var index = 0; ; index++)
                {
                    at = SkipBlanks(utf8, ReadElement(utf8, at, index, namedMetrics));
                    if (at == utf8.Length) throw SyntaxError(utf8, at);
                    var separator = utf8[at++];
                    if (separator == ']') break;
                    if (separator != ',') throw SyntaxError(utf8, at - 1);
                    at = SkipBlanks(utf8, at);
                }
            }
        }

        at = SkipBlanks(utf8, at);
        if (at != utf8.Length) throw SyntaxError(utf8, at);
    }

    private int ReadElement(ReadOnlySpan<byte> utf8, int start, int index, FrozenSet<string> namedMetrics)
    {
        if (_scanner is not null && _scanner.TryScan(utf8, start, out var end)) return end;
        try
        {
            return _parser.Read(utf8, start, index, namedMetrics);
        }
        catch (JsonException error)
        {
            throw SyntaxError(utf8, Math.Min(start + Offset(utf8[start..], error), utf8.Length));
        }
    }

    private static int SkipBlanks(ReadOnlySpan<byte> utf8, int at)
    {
        while (at < utf8.Length && utf8[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    /// <summary>An element is parsed as a text of its own; its error must be told by its place in the whole body.</summary>
    private static int Offset(ReadOnlySpan<byte> element, JsonException error)
    {
        var lineStart = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--)
        {
            var next = element[lineStart..].IndexOf((byte)'\n');
            if (next < 0) break;
            lineStart += next + 1;
        }

        return lineStart + (int)(error.BytePositionInLine ?? 0);
    }

    private static JsonException SyntaxError(ReadOnlySpan<byte> utf8, int at)
    {
        var before = utf8[..at];
        return new JsonException(null, null, before.Count((byte)'\n'), at - (before.LastIndexOf((byte)'\n') + 1));
    }
}
