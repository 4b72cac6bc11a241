using EdgeModules.Messages;

namespace EdgeModules.Hosting.Connection;

/// <summary>A message for an output. Equal input gives an equal message, id included, so that receivers can drop repeats.</summary>
public sealed record OutboundMessage
{
    public required string Output { get; init; }

    /// <summary>UTF-8 JSON, unless <see cref="Properties"/> say otherwise. Must not change until the next call of the module that made it.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Readings or items in the body.</summary>
    public required int Count { get; init; }

    /// <summary>The value of <see cref="ApplicationProperties.MessageType"/>.</summary>
    public required string MessageType { get; init; }

    /// <summary>The value of <see cref="ApplicationProperties.Priority"/>.</summary>
    public string Priority { get; init; } = Priorities.Normal;

    /// <summary>
    /// Null lets the pump derive it from the message that caused this one. A module's own (<see cref="MessageIds.Of"/>) must follow from state and input alone;
    /// beyond 128 characters the pump shortens it.
    /// </summary>
    public string? MessageId { get; init; }

    /// <summary>Further application properties; <see cref="SystemProperties.ContentEncoding"/> for a body that is compressed.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = NoProperties;

    /// <summary>
    /// The module can make this very message again from its state (<see cref="EdgeModule{TSettings}.RecreateOutputs"/>), so the outbox need not hold its body.
    /// </summary>
    public bool Recreatable { get; init; }

    private static readonly Dictionary<string, string> NoProperties = [];

    /// <summary>All properties as they travel: system properties first.</summary>
    public IEnumerable<KeyValuePair<string, string>> WireProperties()
    {
        if (MessageId is not null) yield return new(SystemProperties.MessageId, MessageId);
        yield return new(SystemProperties.ContentType, "application/json");
        if (!Properties.ContainsKey(SystemProperties.ContentEncoding)) yield return new(SystemProperties.ContentEncoding, "utf-8");
        yield return new(SystemProperties.OutputName, Output);
        yield return new(ApplicationProperties.MessageType, MessageType);
        yield return new(ApplicationProperties.Priority, Priority);
        yield return new(ApplicationProperties.Count, Count.ToString());
        foreach (var property in Properties) yield return property;
    }
}
