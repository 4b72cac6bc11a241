using System.Buffers.Binary;
using System.Globalization;
using EdgeModules.Hosting.State;

namespace EdgeModules.Uplink.Spool;

/// <summary>
/// A sealed batch on the disk, one file each, so that an evicted one gives its space back at once: four bytes of checksum over the rest, then what is known of
/// it, then its body as it is sent.
/// </summary>
internal static class BatchFile
{
    private const string Extension = ".batch";
    private const byte Format = 1;

    public static string NameOf(Lane lane, long number) => string.Create(CultureInfo.InvariantCulture, $"{lane.Name()}-{number}{Extension}");

    /// <returns>Null for a file of another kind.</returns>
    public static (Lane Lane, long Number)? ParseName(string name)
    {
        foreach (var lane in Lanes.All)
        {
            var prefix = $"{lane.Name()}-";
            var isNamed = name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal);
            if (!isNamed || name.Length <= prefix.Length + Extension.Length) continue;
            var digits = name.AsSpan()[prefix.Length..^Extension.Length];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return (lane, number);
        }

        return null;
    }

    public static byte[] Encode(StoredBatch batch, ReadOnlySpan<byte> body)
    {
        var writer = new CompactWriter();
        writer.Write(Format);
        batch.Write(writer);
        writer.Write(body);
        var file = new byte[4 + writer.Length];
        writer.Written.Span.CopyTo(file.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(file, Checksum.Of(file.AsSpan(4)));
        return file;
    }

    /// <returns>Null when the file is damaged, or of another version.</returns>
    public static (StoredBatch Batch, ReadOnlyMemory<byte> Body)? Decode(byte[] file)
    {
        if (file.Length < 6 || BinaryPrimitives.ReadInt32LittleEndian(file) != Checksum.Of(file.AsSpan(4)) || file[4] != Format) return null;
        try
        {
            var reader = new CompactReader(file.AsSpan(5));
            var batch = StoredBatch.Read(ref reader);
            var length = reader.ReadCount(file.Length);
            return (batch with { Bytes = file.Length }, file.AsMemory(file.Length - length));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
