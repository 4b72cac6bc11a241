using EdgeModules.Alerting.Machine;
using EdgeModules.Hosting.State;

namespace EdgeModules.Alerting.State;

/// <summary>Reads what <see cref="AlertRecord"/> wrote.</summary>
internal ref struct AlertRecordReader(ReadOnlySpan<byte> bytes)
{
    private CompactReader _bytes = new(bytes);
    private long _lastTimestamp;

    public readonly bool IsAtEnd => _bytes.IsAtEnd;

    public EntryKind Kind() => (EntryKind)_bytes.Read();

    /// <exception cref="InvalidDataException">The bytes end too early, or are no number.</exception>
    public long Number() => _bytes.ReadSigned();

    public int Count() => Number() is >= 0 and <= int.MaxValue and var count ? (int)count : throw new InvalidDataException("The saved alarms have a count that is none.");

    public string Text() => _bytes.ReadName();

    public string? OptionalText() => Text() is { Length: > 0 } text ? text : null;

    public long Timestamp() => _lastTimestamp += Number();

    public double Value() => _bytes.ReadDouble();

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
}
