using EdgeModules.Messages;
using EdgeSimulator.Accounting;

namespace EdgeSimulator.Reporting;

/// <summary>
/// The yardstick: every reading of the sources sent to the cloud as a message of its own. Its body is an average reading of its source, its
/// properties are taken to be <see cref="PropertyBytes"/> long: what a message of this suite carries (<c>messageType</c>, <c>priority</c>,
/// <c>count</c>, message id, content type and encoding).
/// </summary>
/// <param name="Bytes">Null when a source does not tell how many it makes; a reading is then taken to fit into one unit.</param>
public sealed record EveryReadingAlone(long Messages, long? Bytes, long MeteredUnits)
{
    public const int PropertyBytes = 150;

    public static EveryReadingAlone Of(IReadOnlyCollection<ModuleLedger> sources)
    {
        var messages = 0L;
        long? bytes = 0;
        var units = 0L;
        foreach (var source in sources)
        {
            var readings = source.Sent.Values.Sum();
            if (readings == 0) continue;
            var each = source.AverageReadingBytes + PropertyBytes;
            messages += readings;
            bytes += each is null ? null : (long)(each.Value * readings);
            units += readings * (long)Math.Ceiling((each ?? MeteredUnit.Bytes) / MeteredUnit.Bytes);
        }

        return new EveryReadingAlone(messages, bytes, units);
    }
}
