using System.Buffers.Binary;
using System.Numerics;

namespace EdgeModules.Hosting.State;

/// <summary>CRC-32C.</summary>
public static class Checksum
{
    /// <param name="before">The checksum of what stands before <paramref name="data"/>.</param>
    public static int Of(ReadOnlySpan<byte> data, int before = 0)
    {
        var crc = ~(uint)before;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var octet in data) crc = BitOperations.Crc32C(crc, octet);
        return (int)~crc;
    }
}
