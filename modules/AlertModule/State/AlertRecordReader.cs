using System.Buffers.Binary;
using System.Text;
using EdgeModules.Alerting.Machine;

namespace EdgeModules.Alerting.State;

/// <summary>Reads what <see cref="AlertRecord"/> wrote.</summary>
internal ref struct AlertRecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;
    private long _lastTimestamp;

    public readonly bool IsAtEnd => _bytes.IsEmpty;

    public EntryKind Kind() => (EntryKind)Take(1)[0];

    /// <exception cref="InvalidDataException">The bytes end too early, or are no number.</exception>
    public long Number()
    {
        ulong rest = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var octet = Take(1)[0];
            rest |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80) return (long)(rest >> 1) ^ -(long)(rest & 1);
        }

        throw new InvalidDataException("The saved alarms have a number that is none.");
    }

    public int Count() => Number() is >= 0 and <= int.MaxValue and var count ? (int)count : throw new InvalidDataException("The saved alarms have a count that is none.");

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    public string? OptionalText() => Text() is { Length: > 0 } text ? text : null;

    public long Timestamp() => _lastTimestamp += Number();

    public double Value() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    public (string Rule, string Subject, bool IsZone) Key() => (Text(), Text(), Number() == 1);

    public AlarmMemory Memory()
    {
        var bits = (int)Number();
        return new AlarmMemory
        {
            Severity = (Severity)(bits & 3),
            Told = (Severity)((bits >> 2) & 3),
            ToldAsBackfill = (bits & 16) != 0,
            HasActed = (bits & 32) != 0,
            IsAcknowledged = (bits & 64) != 0,
            Matches = Count(),
            MatchedSince = Number(),
            Since = Number(),
            LastWarning = Number(),
            LastCritical = Number(),
            RateFrom = Number(),
            RateCount = Count(),
            SuppressedRepeats = Count(),
            Newest = Number(),
            Raised = Count(),
            Escalated = Count(),
            Deescalated = Count(),
            Cleared = Count(),
        };
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_bytes.Length < length) throw new InvalidDataException($"The saved alarms end early: {length} bytes were expected, {_bytes.Length} are left.");
        var taken = _bytes[..length];
        _bytes = _bytes[length..];
        return taken;
    }
}
