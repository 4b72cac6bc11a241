using System.Buffers.Binary;
using System.Text;

namespace EdgeModules.Hosting.State;

/// <summary>
/// The saved form of the state: whole numbers with seven bits a byte, low ones first, signed ones with the sign in the lowest bit; doubles in eight bytes,
/// singles in four; names as UTF-8, and bytes, behind their length.
/// </summary>
public sealed class CompactWriter
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    /// <summary>Holds until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <param name="number">0 or more.</param>
    public void Write(long number)
    {
        if (_bytes.Length - Length < 10) Array.Resize(ref _bytes, _bytes.Length * 2);
        var rest = (ulong)number;
        for (; rest >= 0x80; rest >>= 7) _bytes[Length++] = (byte)(rest | 0x80);
        _bytes[Length++] = (byte)rest;
    }

    public void WriteSigned(long number) => Write((number << 1) ^ (number >> 63));

    public void Write(bool flag) => Write(flag ? 1 : 0);

    public void Write(double value)
    {
        if (_bytes.Length - Length < sizeof(double)) Array.Resize(ref _bytes, _bytes.Length * 2);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(double);
    }

    public void Write(float value)
    {
        if (_bytes.Length - Length < sizeof(float)) Array.Resize(ref _bytes, _bytes.Length * 2);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(float);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        while (_bytes.Length - Length < bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Write(string name)
    {
        var size = Encoding.UTF8.GetByteCount(name);
        Write(size);
        while (_bytes.Length - Length < size) Array.Resize(ref _bytes, _bytes.Length * 2);
        Length += Encoding.UTF8.GetBytes(name, _bytes.AsSpan(Length));
    }
}

/// <summary>Reads what a <see cref="CompactWriter"/> wrote.</summary>
public ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidDataException">The bytes end too early, or are something else.</exception>
    public long Read()
    {
        var number = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var octet = Take(1)[0];
            number |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80) return (long)number;
        }

        throw new InvalidDataException("The saved state has a number of more than 64 bits.");
    }

    public long ReadSigned()
    {
        var number = (ulong)Read();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    public bool ReadFlag() => Read() != 0;

    /// <summary>A length or an index.</summary>
    public int ReadCount(int limit)
    {
        var count = Read();
        return count >= 0 && count <= limit ? (int)count : throw new InvalidDataException($"The saved state has the length {count}; it must be 0 to {limit}.");
    }

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadCount(_rest.Length));

    public string ReadName() => Encoding.UTF8.GetString(Take(ReadCount(_rest.Length)));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length) throw new InvalidDataException($"The saved state ends early: {length} bytes were expected, {_rest.Length} are left.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
