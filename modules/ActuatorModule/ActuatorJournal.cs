using System.Text;

namespace EdgeModules.Actuating;

/// <summary>The changes of an <see cref="Actuator"/> as bytes.</summary>
internal static class ActuatorJournal
{
    private const byte Executed = 1;
    private const byte Silenced = 2;
    private const byte Lines = 3;
    private const byte Keys = 4;
    private const int KeysOfAPart = 100;

    public static void WriteExecuted(BinaryWriter writer, Execution done)
    {
        writer.Write(Executed);
        writer.Write((byte)done.Action);
        WriteText(writer, done.Key);
        WriteText(writer, done.AlertId);
        writer.Write(done.At);
        writer.Write(done.Result);
    }

    public static ReadOnlyMemory<byte> Silence() => new[] { Silenced };

    /// <summary>Each part some 100 KB at most.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Snapshot(Actuator actuator)
    {
        // The lines come last: the executions before them, which the twin shows, change them too.
        foreach (var part in actuator.Known.Chunk(KeysOfAPart))
        {
            yield return Write(writer =>
            {
                writer.Write(Keys);
                writer.Write(part.Length);
                foreach (var key in part) writer.Write(key);
            });
        }

        yield return Write(writer =>
        {
            foreach (var done in actuator.Last) WriteExecuted(writer, done);
            writer.Write(Lines);
            WriteDemand(writer, actuator.Buzzer);
            WriteDemand(writer, actuator.Relay);
            writer.Write(actuator.Count);
        });
    }

    /// <exception cref="InvalidDataException">The bytes are of a later version.</exception>
    public static void Read(ReadOnlySpan<byte> change, Actuator actuator)
    {
        using var reader = new BinaryReader(new MemoryStream(change.ToArray()));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            switch (reader.ReadByte())
            {
                case Executed:
                    actuator.Apply(new Execution((CommandAction)reader.ReadByte(), ReadText(reader), ReadText(reader), reader.ReadInt64(), reader.ReadString()));
                    break;
                case Silenced:
                    actuator.Silence();
                    break;
                case Lines:
                    actuator.Restore(ReadDemand(reader), ReadDemand(reader), reader.ReadInt64());
                    break;
                case Keys:
                    for (var left = reader.ReadInt32(); left > 0; left--) actuator.Remember(reader.ReadString());
                    break;
                case var kind:
                    throw new InvalidDataException($"The state change has kind {kind}; it must be 1 to 4.");
            }
        }
    }

    public static ReadOnlyMemory<byte> Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) write(writer);
        return stream.ToArray();
    }

    private static void WriteDemand(BinaryWriter writer, Demand? demand)
    {
        writer.Write(demand is not null);
        if (demand is null) return;
        WriteText(writer, demand.AlertId);
        writer.Write(demand.Since);
    }

    private static Demand? ReadDemand(BinaryReader reader) => reader.ReadBoolean() ? new Demand(ReadText(reader), reader.ReadInt64()) : null;

    /// <summary>No id is empty.</summary>
    private static void WriteText(BinaryWriter writer, string? text) => writer.Write(text ?? "");

    private static string? ReadText(BinaryReader reader) => reader.ReadString() is { Length: > 0 } text ? text : null;
}
