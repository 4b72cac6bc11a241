using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <summary>
/// The books of a module, in readings (or items): what came in and what became of each. Counters only grow; they survive restarts and
/// <c>resetState</c>. A counter may have reasons: <c>suppressed{deadband}</c>. Not thread-safe: it belongs to the pump's loop.
/// </summary>
public sealed class Ledger
{
    public const string Received = "received";
    public const string Redelivered = "redelivered";
    public const string Forwarded = "forwarded";
    public const string Suppressed = "suppressed";
    public const string Invalid = "invalid";
    public const string Dropped = "dropped";
    public const string Sent = "sent";

    /// <summary>Calls of other modules' direct methods, by outcome; no readings.</summary>
    public const string Actions = "actions";

    private readonly SortedDictionary<(string Counter, string Reason), long> _counts = new(
        Comparer<(string Counter, string Reason)>.Create((a, b) =>
            string.CompareOrdinal(a.Counter, b.Counter) is not 0 and var order ? order : string.CompareOrdinal(a.Reason, b.Reason)));

    public void Count(string counter, long readings) => Count(counter, "", readings);

    /// <param name="reason">From a fixed set; empty for a counter without reasons.</param>
    public void Count(string counter, string reason, long readings)
    {
        if (readings == 0) return;
        _counts[(counter, reason)] = Total(counter, reason) + readings;
    }

    public long Total(string counter, string reason = "") => _counts.GetValueOrDefault((counter, reason));

    /// <summary>Counters in ordinal order.</summary>
    public IReadOnlyList<LedgerEntry> Entries() => [.. _counts.Select(pair => new LedgerEntry(pair.Key.Counter, pair.Key.Reason, pair.Value))];

    public void Restore(IEnumerable<LedgerEntry> entries)
    {
        _counts.Clear();
        foreach (var entry in entries) _counts[(entry.Counter, entry.Reason)] = entry.Readings;
    }

    /// <returns><c>{"received":10,"suppressed":{"deadband":7},…}</c></returns>
    public JObject ToJson()
    {
        var json = new JObject();
        foreach (var ((counter, reason), readings) in _counts)
        {
            if (reason.Length == 0) json[counter] = readings;
            else ((JObject)(json[counter] ??= new JObject()))[reason] = readings;
        }

        return json;
    }
}

public readonly record struct LedgerEntry(string Counter, string Reason, long Readings);
