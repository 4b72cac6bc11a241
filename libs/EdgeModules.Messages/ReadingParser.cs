using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace EdgeModules.Messages;

/// <summary>Reads one element of a body with <see cref="Utf8JsonReader"/>: any JSON, and every defect told by its place.</summary>
internal sealed class ReadingParser(ReadingBatch batch, ReadingNames names)
{
    /// <summary>The index of a reading that is the whole body.</summary>
    public const int NoIndex = -1;

    private static readonly string TooManyMetrics = $"More than {MessageLimits.Metrics} metrics were found; there must be at most {MessageLimits.Metrics}.";

    // What is nested is passed through unread, and the reader does not recurse: a depth limit would only refuse a body for one odd reading in it.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    // Twice the largest name in escapes of six bytes; longer ones are read into a new array.
    private readonly byte[] _unescaped = new byte[2048];

    private string? _deviceId;
    private string? _zone;
    private long? _timestamp;
    private (string Reason, string Property, string Error)? _defect;

    /// <returns>The offset behind the element.</returns>
    /// <exception cref="JsonException">No JSON; the place is relative to <paramref name="start"/>.</exception>
    public int Read(ReadOnlySpan<byte> utf8, int start, int index, FrozenSet<string> namedMetrics)
    {
        var firstMetric = batch.MetricCount;
        (_deviceId, _zone, _timestamp, _defect) = (null, null, null, null);

        int length;
        try
        {
            length = ReadProperties(utf8[start..], firstMetric, namedMetrics);
        }
        catch (InvalidOperationException)
        {
            // A half of a surrogate pair in escapes: JSON by its grammar, but no text.
            length = Skip(utf8[start..]);
            _defect = (InvalidReasons.NotUnicode, "", "A name or string has half a surrogate pair (\\ud800 to \\udfff); it must be Unicode text.");
        }

        batch.DropRemoved(firstMetric);
        var metricCount = batch.MetricCount - firstMetric;
        if (_defect is null)
        {
            if (_deviceId is null) Fail(InvalidReasons.MissingDeviceId, "deviceId", "The property is missing; it must be a string of 1 to 128 characters.");
            else if (_timestamp is null) Fail(InvalidReasons.MissingTimestamp, "timestamp", "The property is missing; it must be Unix milliseconds or an ISO-8601 string.");
            else if (metricCount == 0) Fail(InvalidReasons.NoMetric, "", "No numeric property was found; there must be one or more.");
            else if (length > MessageLimits.EmittedItem) Fail(InvalidReasons.TooLarge, "", $"The reading has {length} bytes; it must have at most {MessageLimits.EmittedItem}.");
        }

        if (_defect is { } defect)
        {
            batch.TruncateMetrics(firstMetric);
            batch.Add(new InvalidReading(start, length, defect.Reason, PathOf(index, defect.Property), defect.Error));
        }
        else
        {
            batch.Add(new Reading(_deviceId!, _zone, _timestamp!.Value, firstMetric, metricCount, start, length));
        }

        return start + length;
    }

    private int ReadProperties(ReadOnlySpan<byte> element, int firstMetric, FrozenSet<string> namedMetrics)
    {
        var reader = new Utf8JsonReader(element, AnyDepth);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject) ReadProperty(ref reader, firstMetric, namedMetrics);
        }
        else
        {
            var found = Describe(reader.TokenType);
            reader.Skip();
            Fail(InvalidReasons.NotAReading, "", $"{found} was found; it must be a reading object.");
        }

        return (int)reader.BytesConsumed;
    }

    private static int Skip(ReadOnlySpan<byte> element)
    {
        var reader = new Utf8JsonReader(element, AnyDepth);
        reader.Read();
        reader.Skip();
        return (int)reader.BytesConsumed;
    }

    private void ReadProperty(ref Utf8JsonReader reader, int firstMetric, FrozenSet<string> namedMetrics)
    {
        scoped ReadOnlySpan<byte> name = reader.ValueSpan;
        var longName = name.Length > _unescaped.Length;
        if (reader.ValueIsEscaped)
        {
            name = longName ? System.Text.Encoding.UTF8.GetBytes(reader.GetString()!) : _unescaped.AsSpan(0, reader.CopyString(_unescaped));
        }

        reader.Read();
        if (name.SequenceEqual("deviceId"u8))
        {
            _deviceId = ReadName(ref reader, "deviceId", names.Devices) ?? _deviceId;
        }
        else if (name.SequenceEqual("timestamp"u8))
        {
            ReadTimestamp(ref reader);
        }
        else if (name.SequenceEqual("zone"u8))
        {
            _zone = reader.TokenType == JsonTokenType.Null ? null : ReadName(ref reader, "zone", names.Zones);
        }
        else if (_defect?.Reason == InvalidReasons.TooManyMetrics)
        {
            // The rest need not even get a name.
            reader.Skip();
        }
        else
        {
            // A name too long for any metric is not worth a place in the table.
            ReadMetric(ref reader, longName ? System.Text.Encoding.UTF8.GetString(name) : names.Metrics.Get(name), firstMetric, namedMetrics);
        }
    }

    private string? ReadName(ref Utf8JsonReader reader, string property, Utf8NameTable table)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            FailValue(ref reader, InvalidReasons.WrongType, property, "a string of 1 to 128 characters");
            return null;
        }

        string name;
        if (!reader.ValueIsEscaped && reader.ValueSpan.Length <= 4 * MessageLimits.NameCharacters) name = table.Get(reader.ValueSpan);
        else if (reader.ValueSpan.Length <= _unescaped.Length) name = table.Get(_unescaped.AsSpan(0, reader.CopyString(_unescaped)));
        else name = reader.GetString()!;
        if (name.Length is >= 1 and <= MessageLimits.NameCharacters) return name;

        Fail(InvalidReasons.WrongLength, property, $"The string has {name.Length} characters; it must have 1 to {MessageLimits.NameCharacters}.");
        return null;
    }

    private void ReadTimestamp(ref Utf8JsonReader reader)
    {
        const string Must = "Unix milliseconds or an ISO-8601 string, in the years 1 to 9999";
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when TryGetUnixMilliseconds(ref reader, out var milliseconds):
                _timestamp = milliseconds;
                break;
            case JsonTokenType.String when TryGetIsoMilliseconds(ref reader, out var milliseconds):
                _timestamp = milliseconds;
                break;
            default:
                FailValue(ref reader, InvalidReasons.UnreadableTimestamp, "timestamp", Must);
                break;
        }
    }

    private static bool TryGetUnixMilliseconds(ref Utf8JsonReader reader, out long milliseconds)
    {
        if (!reader.TryGetInt64(out milliseconds))
        {
            // Some languages have only floating-point numbers and write 1.7672256E12.
            if (!reader.TryGetDouble(out var number) || Math.Abs(number) > Timestamps.Max || number != Math.Floor(number)) return false;
            milliseconds = (long)number;
        }

        return milliseconds is >= Timestamps.Min and <= Timestamps.Max;
    }

    private bool TryGetIsoMilliseconds(ref Utf8JsonReader reader, out long milliseconds)
    {
        milliseconds = 0;
        scoped ReadOnlySpan<byte> text = reader.ValueSpan;
        // Some writers escape the plus sign of an offset.
        if (reader.ValueIsEscaped && text.Length <= _unescaped.Length) text = _unescaped.AsSpan(0, reader.CopyString(_unescaped));
        if (text.Length < 10) return false;
        // Without an offset the time is UTC, whatever zone the gateway is in.
        var hasOffset = text[^1] is (byte)'Z' or (byte)'z' || (text.Length > 10 && text[10..].IndexOfAny((byte)'+', (byte)'-') >= 0);
        if (hasOffset)
        {
            if (!reader.TryGetDateTimeOffset(out var moment)) return false;
            milliseconds = moment.ToUnixTimeMilliseconds();
            return true;
        }

        if (!reader.TryGetDateTime(out var time)) return false;
        milliseconds = new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
        return true;
    }

    private void ReadMetric(ref Utf8JsonReader reader, string name, int firstMetric, FrozenSet<string> namedMetrics)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                if (ReservedNames.All.Contains(name))
                {
                    Fail(InvalidReasons.ReservedName, name, $"\"{Shorten(name)}\" is the name of a message field; a metric must have another name.");
                }
                else if (reader.TryGetDouble(out var value) && double.IsFinite(value))
                {
                    if (!batch.TryAddMetric(firstMetric, name, value)) Fail(InvalidReasons.TooManyMetrics, "", TooManyMetrics);
                }
                else
                {
                    FailValue(ref reader, InvalidReasons.NonFinite, name, "a finite number");
                }

                break;
            case JsonTokenType.String when IsNonFinite(reader):
                FailValue(ref reader, InvalidReasons.NonFinite, name, "a finite number");
                break;
            case JsonTokenType.Null:
                batch.RemoveMetric(firstMetric, name);
                break;
            default:
                batch.RemoveMetric(firstMetric, name);
                if (namedMetrics.Contains(name)) FailValue(ref reader, InvalidReasons.WrongType, name, "a number, or null for none");
                else reader.Skip();
                break;
        }
    }

    private static bool IsNonFinite(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan.SequenceEqual("NaN"u8) || reader.ValueSpan.SequenceEqual("Infinity"u8) || reader.ValueSpan.SequenceEqual("-Infinity"u8);
        // A surrogate, paired or not, is in none of the three; comparing half of one would throw.
        if (reader.ValueSpan.IndexOf("\\ud"u8) >= 0 || reader.ValueSpan.IndexOf("\\uD"u8) >= 0) return false;
        return reader.ValueTextEquals("NaN"u8) || reader.ValueTextEquals("Infinity"u8) || reader.ValueTextEquals("-Infinity"u8);
    }

    private void FailValue(ref Utf8JsonReader reader, string reason, string property, string must)
    {
        var found = reader.TokenType switch
        {
            JsonTokenType.String => $"\"{Shorten(reader.GetString()!)}\"",
            JsonTokenType.Number => Shorten(System.Text.Encoding.UTF8.GetString(reader.ValueSpan)),
            var type => Describe(type),
        };
        reader.Skip();
        Fail(reason, property, $"{found} was found; it must be {must}.");
    }

    /// <summary>The first defect of a reading is the one that is told.</summary>
    private void Fail(string reason, string property, string error) => _defect ??= (reason, property, error);

    private static string PathOf(int index, string property)
    {
        var reading = index == NoIndex ? "$" : string.Create(CultureInfo.InvariantCulture, $"$[{index}]");
        if (property.Length == 0) return reading;
        return property.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? $"{reading}.{property}"
            : $"{reading}['{Shorten(property).Replace("\\", "\\\\").Replace("'", "\\'")}']";
    }

    private static string Shorten(string text) =>
        text.Length <= 100 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[99]) ? 99 : 100), "…");

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "An object",
        JsonTokenType.StartArray => "An array",
        JsonTokenType.String => "A string",
        JsonTokenType.Number => "A number",
        JsonTokenType.True or JsonTokenType.False => "A boolean",
        _ => "null",
    };
}
