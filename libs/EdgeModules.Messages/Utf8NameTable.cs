using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeModules.Messages;

/// <summary>Gives the string for a UTF-8 name without making it anew each time. Bounded: a full table starts over, so made-up names cannot fill the memory.</summary>
internal sealed class Utf8NameTable
{
    private readonly Dictionary<string, string> _names = new(Utf8Comparer.Instance);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private readonly int _capacity;

    public Utf8NameTable(int capacity)
    {
        _capacity = capacity;
        _byUtf8 = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (_byUtf8.TryGetValue(utf8, out var name)) return name;
        if (_names.Count >= _capacity) _names.Clear();
        name = Encoding.UTF8.GetString(utf8);
        _names[name] = name;
        return name;
    }

    private sealed class Utf8Comparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        // A device id of 128 characters has at most 384 bytes.
        private const int StackBytes = 512;

        // A seed of this process: names chosen to collide elsewhere do not collide here.
        private static readonly ulong Seed = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

        public static Utf8Comparer Instance { get; } = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public bool Equals(ReadOnlySpan<byte> alternate, string other)
        {
            if (alternate.Length == other.Length) return Ascii.Equals(alternate, other);
            if (alternate.Length < other.Length) return false;
            Span<byte> utf8 = stackalloc byte[StackBytes];
            return Encoding.UTF8.TryGetBytes(other, utf8, out var written)
                ? alternate.SequenceEqual(utf8[..written])
                : alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
        }

        public int GetHashCode([DisallowNull] string name)
        {
            Span<byte> utf8 = stackalloc byte[StackBytes];
            return Encoding.UTF8.TryGetBytes(name, utf8, out var written)
                ? GetHashCode(utf8[..written])
                : GetHashCode(Encoding.UTF8.GetBytes(name));
        }

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = Seed ^ (ulong)alternate.Length;
            while (alternate.Length >= 8)
            {
                hash = (BitOperations.RotateLeft(hash, 27) ^ MemoryMarshal.Read<ulong>(alternate)) * 0x9E3779B97F4A7C15;
                alternate = alternate[8..];
            }

            foreach (var octet in alternate) hash = (BitOperations.RotateLeft(hash, 9) ^ octet) * 0x9E3779B97F4A7C15;
            return (int)(hash ^ (hash >> 32));
        }

        public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
    }
}
