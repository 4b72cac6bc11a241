namespace EdgeModules.Messages;

/// <summary>
/// The fast way through readings as programs write them: an object without blanks or escapes, whose values are strings for <c>deviceId</c> and
/// <c>zone</c>, digits for <c>timestamp</c>, and plain decimal numbers. It guesses each property from the one at the same place in the last reading.
/// Whatever else it meets, it leaves to <see cref="ReadingParser"/>, so it need not know a single error.
/// </summary>
internal sealed class ReadingScanner(ReadingBatch batch, ReadingNames names)
{
    // With names and strings of 512 bytes at most, such a reading is always below MessageLimits.EmittedItem.
    private const int MaxProperties = 32;
    private const int MaxExactDigits = 15;

    // Powers of ten that a double holds exactly: with at most 15 digits above them, one division gives the nearest double.
    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    private enum Kind : byte
    {
        DeviceId,
        Timestamp,
        Zone,
        Metric,
    }

    /// <param name="Token">The name as it stands in the body: quotes, name, colon.</param>
    private readonly record struct Property(byte[] Token, Kind Kind, string Name);

    private readonly Property[] _layout = new Property[MaxProperties];
    private byte[] _lastZoneToken = [];
    private string? _lastZone;

    /// <param name="start">Where the element starts.</param>
    /// <param name="end">The offset behind it.</param>
    /// <returns>False when the element is not of the simple shape; nothing was added to the batch then.</returns>
    public bool TryScan(ReadOnlySpan<byte> utf8, int start, out int end)
    {
        var firstMetric = batch.MetricCount;
        if (TryScan(utf8, start, firstMetric, out end)) return true;
        batch.TruncateMetrics(firstMetric);
        return false;
    }

    private bool TryScan(ReadOnlySpan<byte> utf8, int start, int firstMetric, out int end)
    {
        end = start;
        if (start >= utf8.Length || utf8[start] != '{') return false;
        string? deviceId = null, zone = null;
        long? timestamp = null;
        var at = start + 1;
        for (var i = 0; i < MaxProperties; i++)
        {
            ref var property = ref _layout[i];
            if (property.Token is null || !utf8[at..].StartsWith(property.Token))
            {
                if (!TryReadName(utf8, at, out property)) return false;
            }

            at += property.Token.Length;
            switch (property.Kind)
            {
                case Kind.DeviceId:
                    if (deviceId is not null || !TryReadString(utf8, at, out var id)) return false;
                    deviceId = names.Devices.Get(id);
                    if (deviceId.Length > MessageLimits.NameCharacters) return false;
                    at += id.Length + 2;
                    break;
                case Kind.Zone:
                    if (zone is not null || !TryReadZone(utf8, ref at, out zone)) return false;
                    break;
                case Kind.Timestamp:
                    if (timestamp is not null || !TryReadInteger(utf8, ref at, out var milliseconds)) return false;
                    timestamp = milliseconds;
                    break;
                default:
                    if (!TryReadNumber(utf8, ref at, out var value)) return false;
                    if (!batch.TryAddMetric(firstMetric, property.Name, value)) return false;
                    break;
            }

            if (at >= utf8.Length) return false;
            var separator = utf8[at++];
            if (separator == ',') continue;
            var metricCount = batch.MetricCount - firstMetric;
            if (separator != '}' || deviceId is null || timestamp is null || metricCount == 0) return false;
            batch.Add(new Reading(deviceId, zone, timestamp.Value, firstMetric, metricCount, start, at - start));
            end = at;
            return true;
        }

        return false;
    }

    private bool TryReadName(ReadOnlySpan<byte> utf8, int at, out Property property)
    {
        property = default;
        if (!TryReadString(utf8, at, out var name)) return false;
        var after = at + name.Length + 2;
        if (after >= utf8.Length || utf8[after] != ':') return false;
        var text = names.Metrics.Get(name);
        var kind = text switch
        {
            "deviceId" => Kind.DeviceId,
            "timestamp" => Kind.Timestamp,
            "zone" => Kind.Zone,
            _ => Kind.Metric,
        };
        if (kind == Kind.Metric && ReservedNames.All.Contains(text)) return false;
        property = new Property(utf8[at..(after + 1)].ToArray(), kind, text);
        return true;
    }

    private bool TryReadZone(ReadOnlySpan<byte> utf8, ref int at, out string? zone)
    {
        zone = _lastZone;
        if (_lastZoneToken.Length > 0 && utf8[at..].StartsWith(_lastZoneToken))
        {
            at += _lastZoneToken.Length;
            return true;
        }

        if (!TryReadString(utf8, at, out var name)) return false;
        zone = names.Zones.Get(name);
        if (zone.Length > MessageLimits.NameCharacters) return false;
        // Readings of one zone often stand together; where they do not, a new token for each would cost more than it saves.
        if (_lastZoneToken.Length != name.Length + 2) _lastZoneToken = new byte[name.Length + 2];
        utf8.Slice(at, name.Length + 2).CopyTo(_lastZoneToken);
        _lastZone = zone;
        at += name.Length + 2;
        return true;
    }

    /// <summary>A string of 1 to 512 bytes without escapes; control characters are for the parser to refuse.</summary>
    private static bool TryReadString(ReadOnlySpan<byte> utf8, int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (at >= utf8.Length || utf8[at] != '"') return false;
        var start = at + 1;
        var limit = Math.Min(utf8.Length, start + 4 * MessageLimits.NameCharacters + 1);
        for (var i = start; i < limit; i++)
        {
            var octet = utf8[i];
            if (octet == '"')
            {
                text = utf8[start..i];
                return i > start;
            }

            if (octet < 0x20 || octet == '\\') return false;
        }

        return false;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> utf8, ref int at, out long value)
    {
        value = 0;
        var start = at;
        while (at < utf8.Length && at - start < MaxExactDigits && (uint)(utf8[at] - '0') <= 9) value = value * 10 + (utf8[at++] - '0');
        var digits = at - start;
        return digits > 0 && (utf8[start] != '0' || digits == 1) && EndsNumber(utf8, at) && value <= Timestamps.Max;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> utf8, ref int at, out double value)
    {
        value = 0;
        var negative = at < utf8.Length && utf8[at] == '-';
        if (negative) at++;
        var start = at;
        var digits = 0L;
        while (at < utf8.Length && (uint)(utf8[at] - '0') <= 9 && at - start <= MaxExactDigits) digits = digits * 10 + (utf8[at++] - '0');
        var whole = at - start;
        if (whole == 0 || (whole > 1 && utf8[start] == '0')) return false;
        var fraction = 0;
        if (at < utf8.Length && utf8[at] == '.')
        {
            var point = ++at;
            while (at < utf8.Length && (uint)(utf8[at] - '0') <= 9 && at - start <= MaxExactDigits + 1) digits = digits * 10 + (utf8[at++] - '0');
            fraction = at - point;
            if (fraction == 0) return false;
        }

        if (whole + fraction > MaxExactDigits || !EndsNumber(utf8, at)) return false;
        value = fraction == 0 ? digits : digits / PowersOfTen[fraction];
        if (negative) value = -value;
        return true;
    }

    private static bool EndsNumber(ReadOnlySpan<byte> utf8, int at) => at < utf8.Length && utf8[at] is (byte)',' or (byte)'}';
}
