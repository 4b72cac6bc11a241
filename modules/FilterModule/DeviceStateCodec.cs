using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EdgeModules.Messages;

namespace EdgeModules.Filtering;

/// <summary>
/// The saved form of a device: its id, the time last forwarded, and the values last forwarded by name. Names are UTF-8 behind their length; lengths and
/// counts have seven bits a byte, low ones first; times and values are eight bytes, little-endian.
/// </summary>
internal static class DeviceStateCodec
{
    public static void Write(string deviceId, DeviceBands device, IBufferWriter<byte> writer)
    {
        WriteName(deviceId, writer);
        WriteNumber(device.LastForwarded, writer);
        WriteCount(device.MetricCount, writer);
        for (var i = 0; i < device.MetricCount; i++)
        {
            var (name, value) = device.MetricAt(i);
            WriteName(name, writer);
            WriteNumber(BitConverter.DoubleToInt64Bits(value), writer);
        }
    }

    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static void Read(ref ReadOnlySpan<byte> bytes, DeviceBands device)
    {
        var lastForwarded = ReadNumber(ref bytes);
        var values = new List<MetricValue>();
        for (var left = ReadCount(ref bytes); left > 0; left--) values.Add(new MetricValue(ReadName(ref bytes), BitConverter.Int64BitsToDouble(ReadNumber(ref bytes))));
        device.Restore(lastForwarded, values);
    }

    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static string ReadName(ref ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(Take(ref bytes, ReadCount(ref bytes)));

    private static void WriteName(string name, IBufferWriter<byte> writer)
    {
        WriteCount(Encoding.UTF8.GetByteCount(name), writer);
        Encoding.UTF8.GetBytes(name, writer);
    }

    private static void WriteNumber(long number, IBufferWriter<byte> writer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(sizeof(long)), number);
        writer.Advance(sizeof(long));
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, sizeof(long)));

    private static void WriteCount(int count, IBufferWriter<byte> writer)
    {
        var octets = writer.GetSpan(5);
        var length = 0;
        for (; count >= 0x80; count >>= 7) octets[length++] = (byte)(count | 0x80);
        octets[length++] = (byte)count;
        writer.Advance(length);
    }

    private static int ReadCount(ref ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var octet = Take(ref bytes, 1)[0];
            count |= (octet & 0x7F) << shift;
            if (octet < 0x80 && count >= 0) return count;
        }

        throw new InvalidDataException("The saved state of a device has a length that is no number.");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length < length) throw new InvalidDataException($"The saved state of a device ends early: {length} bytes were expected, {bytes.Length} are left.");
        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}
