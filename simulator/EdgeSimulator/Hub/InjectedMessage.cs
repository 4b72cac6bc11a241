namespace EdgeSimulator.Hub;

/// <summary>A message that the user puts on an input of a module, past all routes.</summary>
/// <param name="Readings">How many readings the body holds; what the books count.</param>
/// <param name="Properties">Application properties without <c>count</c>, which says <paramref name="Readings"/>.</param>
public sealed record InjectedMessage(ReadOnlyMemory<byte> Body, long Readings, IReadOnlyList<KeyValuePair<string, string>> Properties)
{
    /// <summary>
    /// What the receiver sees as the sending module: nobody but the simulator. No module of a manifest can have the name, and none keeps books for it:
    /// what it sent is what the hub accepted.
    /// </summary>
    public const string Sender = "$edgeSimulator";

    /// <summary>Null for a new one. One that was used before makes a repeat, which a module knows and does not count.</summary>
    public string? MessageId { get; init; }
}
