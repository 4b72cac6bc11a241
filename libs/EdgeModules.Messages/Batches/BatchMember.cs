namespace EdgeModules.Messages.Batches;

/// <summary>A message as it was before it went into a batch.</summary>
/// <param name="Id">Its own message id: the same message in another batch has it too.</param>
/// <param name="Module">That sent it.</param>
/// <param name="Properties">Its application properties.</param>
/// <param name="Body">As it was, byte for byte, but for blanks around JSON.</param>
public sealed record BatchMember(string Id, string Module, IReadOnlyDictionary<string, string> Properties, ReadOnlyMemory<byte> Body)
{
    /// <summary>The gateway of that module: below a gateway there may be others, with modules of the same names. Empty in a batch from before it was said.</summary>
    public string Device { get; init; } = "";

    /// <summary>Readings or items in the body; 1 when the message does not say.</summary>
    public int Count => Properties.TryGetValue(ApplicationProperties.Count, out var text) && int.TryParse(text, out var count) && count >= 0 ? count : 1;
}

/// <param name="Id">Equal for the same batch sent again.</param>
/// <param name="Priority">One of <see cref="Priorities"/>.</param>
/// <param name="Count">Readings or items of all members.</param>
/// <param name="FirstTimestamp">Unix milliseconds at which the first member was taken in.</param>
/// <param name="LastTimestamp">The same of the last one.</param>
public sealed record BatchHeader(string Id, string Priority, long Count, long FirstTimestamp, long LastTimestamp);

/// <param name="Members">In the order in which they were taken in, without those that were seen before.</param>
/// <param name="Duplicates">How many were seen before.</param>
/// <param name="DuplicateItems">Readings or items in these.</param>
public sealed record Batch(BatchHeader Header, IReadOnlyList<BatchMember> Members, int Duplicates, long DuplicateItems);

/// <summary>How the body of a batch is compressed.</summary>
public enum BatchCompression
{
    Gzip,
    Brotli,
    None,
}

/// <summary>What was read is no batch.</summary>
public sealed class BatchFormatException(string message, Exception? inner = null) : FormatException(message, inner);
