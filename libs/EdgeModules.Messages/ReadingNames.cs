namespace EdgeModules.Messages;

/// <summary>The strings that readings share: devices, zones and metrics recur in every message.</summary>
internal sealed class ReadingNames
{
    // Several times the largest fleet that one gateway carries; a few tens of MB when made-up names fill it.
    public Utf8NameTable Devices { get; } = new(capacity: 100_000);

    public Utf8NameTable Zones { get; } = new(capacity: 10_000);

    public Utf8NameTable Metrics { get; } = new(capacity: 10_000);
}
