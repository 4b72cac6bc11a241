using System.Collections.Frozen;

namespace EdgeModules.Messages;

/// <summary>Names that no metric may have, since summaries carry them as fields beside their metrics; listed in docs/messages.md.</summary>
public static class ReservedNames
{
    public static FrozenSet<string> All { get; } = FrozenSet.ToFrozenSet(
        ["deviceId", "timestamp", "zone", "windowStart", "windowEnd", "readingCount", "deviceCount", "devices", "revision", "partial", "part", "parts", "summaryId"]);
}
