namespace EdgeModules.Hosting.State;

/// <summary>
/// The memory of a module over restarts: a journal of what happened, in order, and a few named documents. Every change is durable when the call returns:
/// it survives kill -9. One caller at a time.
/// </summary>
public interface IStateStore : IDisposable
{
    /// <summary>Bytes of the records now in the journal; <see cref="long.MaxValue"/> when some were lost to damage, so that a snapshot is wanted at once.</summary>
    long JournalBytes { get; }

    /// <summary>What the operator must know about the opening of the store, such as a damaged file that was set aside; null when all was well.</summary>
    string? Warning { get; }

    /// <summary>All records in the order in which they were appended; read while they are enumerated.</summary>
    IEnumerable<byte[]> Load();

    /// <exception cref="IOException">Nothing was written; the call may be repeated.</exception>
    void Append(ReadOnlySpan<byte> record);

    /// <summary>Replaces the whole journal, in one transaction.</summary>
    /// <exception cref="IOException">Nothing was changed; the call may be repeated.</exception>
    void Replace(IEnumerable<ReadOnlyMemory<byte>> records);

    /// <summary>Begins an empty journal because the present one is of no use; that is set aside, never deleted. Documents stay.</summary>
    /// <param name="cause">Why, for the operator.</param>
    /// <returns>What the operator should know: the cause, and where the old state is.</returns>
    /// <exception cref="IOException">Nothing was changed.</exception>
    string StartOver(string cause);

    byte[]? GetDocument(string name);

    /// <exception cref="IOException">Nothing was written; the call may be repeated.</exception>
    void PutDocument(string name, ReadOnlySpan<byte> content);
}
