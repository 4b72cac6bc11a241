namespace EdgeModules.Uplink;

/// <summary>Entries of the module's ledger beside those of every module, in readings or items.</summary>
internal static class UplinkCounters
{
    /// <summary>Sent in batches.</summary>
    public const string Batched = "batched";

    /// <summary>Given up for want of room, by lane; or by <c>resetState</c>.</summary>
    public const string Evicted = "evicted";

    /// <summary>Found on the disk after the journal was lost: they were received before, by books that are lost too.</summary>
    public const string Recovered = "recovered";

    /// <summary>A reason of what is dropped: the file of the batch is gone or damaged.</summary>
    public const string LostBatch = "lostBatch";

    public const string ResetReason = "reset";
}
