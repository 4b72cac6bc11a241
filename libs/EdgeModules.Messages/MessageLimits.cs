namespace EdgeModules.Messages;

/// <summary>Sizes in bytes, unless they are of something else.</summary>
public static class MessageLimits
{
    /// <summary>
    /// Body and properties of one message. edgeHub's limit is 262,144 with about 140 bytes of its own; above it a message is acknowledged and dropped,
    /// or the connection closed, so nobody goes near it.
    /// </summary>
    public const int BodyAndProperties = 261_900;

    /// <summary>The body of a message that a module makes; leaves room for any properties.</summary>
    public const int EmittedBody = 250_000;

    /// <summary>A reading or item that a module passes on; alone in its array it fills a body.</summary>
    public const int EmittedItem = EmittedBody - 2;

    /// <summary>Characters of a <c>deviceId</c> or a <c>zone</c>.</summary>
    public const int NameCharacters = 128;

    /// <summary>
    /// Metrics of one reading. What a machine sends at one moment is some tens of them, the largest data sets some hundred; thousands are names that are made
    /// up as they go, and what is remembered of a device grows with its names.
    /// </summary>
    public const int Metrics = 256;
}
