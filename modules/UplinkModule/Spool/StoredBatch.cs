using EdgeModules.Hosting.State;
using EdgeModules.Messages.Batches;

namespace EdgeModules.Uplink.Spool;

/// <summary>What is known of a sealed batch without its body.</summary>
/// <param name="Number">Within its lane; later batches have higher ones.</param>
/// <param name="FirstId">The message id of its first member.</param>
/// <param name="Members">Messages.</param>
/// <param name="Count">Readings or items.</param>
/// <param name="Bytes">Of its file; 0 within that.</param>
/// <param name="Units">For which IoT Hub charges.</param>
/// <param name="UnitsAlone">For which it would if each member went alone.</param>
/// <param name="FirstTimestamp">Unix milliseconds at which the first member was taken in.</param>
/// <param name="LastTimestamp">The same of the last one.</param>
internal sealed record StoredBatch(
    Lane Lane, long Number, string FirstId, int Members, long Count, long Bytes, int Units, int UnitsAlone, long FirstTimestamp, long LastTimestamp,
    BatchCompression Compression)
{
    public string Id => IdOf(Lane, Number);

    public BatchHeader Header => new(Id, Lane.Name(), Count, FirstTimestamp, LastTimestamp);

    public static string IdOf(Lane lane, long number) => $"batch/{lane.Name()}/{number}";

    public void Write(CompactWriter writer)
    {
        writer.Write((long)Lane);
        writer.Write(Number);
        writer.Write(FirstId);
        writer.Write(Members);
        writer.Write(Count);
        writer.Write(Bytes);
        writer.Write(Units);
        writer.Write(UnitsAlone);
        writer.Write(FirstTimestamp);
        writer.Write(LastTimestamp);
        writer.Write((long)Compression);
    }

    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static StoredBatch Read(ref CompactReader reader) => new(
        (Lane)reader.ReadCount((int)Lane.Low), reader.Read(), reader.ReadName(), reader.ReadCount(int.MaxValue), reader.Read(), reader.Read(),
        reader.ReadCount(int.MaxValue), reader.ReadCount(int.MaxValue), reader.Read(), reader.Read(),
        (BatchCompression)reader.ReadCount((int)BatchCompression.None));
}
