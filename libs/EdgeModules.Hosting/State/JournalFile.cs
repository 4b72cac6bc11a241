using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace EdgeModules.Hosting.State;

/// <summary>
/// A file of numbered records, each written in one piece behind the last one and on disk when the call returns. A journal belongs to one snapshot, by its
/// generation: with the next snapshot it begins anew at its start, over the records of the former one, which then count for nothing.
/// </summary>
internal sealed class JournalFile(string path) : IDisposable
{
    /// <summary>Mark, generation, number, length of the content, checksum of all that and the content.</summary>
    private const int HeadBytes = 4 + 8 + 8 + 4 + 4;

    private const int ChecksumAt = HeadBytes - 4;
    private const uint Mark = 0x314A_4D45;
    private const int SearchBytes = 1 << 20;

    // Null after a failure, until the next use.
    private SafeFileHandle? _file;
    private long _generation;
    private long _first = 1;
    private long _next = 1;
    private long _end;

    public string Path { get; } = path;

    /// <summary>Bytes of the contents.</summary>
    public long ContentBytes => _end - (_next - _first) * HeadBytes;

    public bool HasBytes => File.Exists(Path) && RandomAccess.GetLength(Opened()) > 0;

    /// <summary>Finds the records that follow a snapshot.</summary>
    /// <param name="first">Number of the first one.</param>
    /// <returns>
    /// False when a record is damaged: when one stands behind the place where they end, or when the file does not begin as a journal does. A last one that is
    /// not whole was never confirmed.
    /// </returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Find(long generation, long first)
    {
        Restart(generation, first);
        if (!HasBytes) return true;
        while (ReadAt(_end, _next) is { } content)
        {
            _end += HeadBytes + content.Length;
            _next++;
        }

        return (_end > 0 || BeginsAsAJournal()) && !HasRecordBehindTheEnd();
    }

    /// <summary>The contents of the records that were found or appended, in order.</summary>
    public IEnumerable<byte[]> Read()
    {
        var position = 0L;
        for (var number = _first; number < _next; number++)
        {
            var content = ReadAt(position, number) ?? throw new InvalidDataException($"Record {number} of {Path} cannot be read any more.");
            yield return content;
            position += HeadBytes + content.Length;
        }
    }

    /// <exception cref="IOException">The record does not count as written; the call may be repeated.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        var length = HeadBytes + content.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var record = buffer.AsSpan(0, length);
            BinaryPrimitives.WriteUInt32LittleEndian(record, Mark);
            BinaryPrimitives.WriteInt64LittleEndian(record[4..], _generation);
            BinaryPrimitives.WriteInt64LittleEndian(record[12..], _next);
            BinaryPrimitives.WriteInt32LittleEndian(record[20..], content.Length);
            content.CopyTo(record[HeadBytes..]);
            BinaryPrimitives.WriteInt32LittleEndian(record[ChecksumAt..], ChecksumOf(record));
            RandomAccess.Write(Opened(), record, _end);
            RandomAccess.FlushToDisk(Opened());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What a failed flush left in memory passes for written: only another writing of it can be believed.
            Dispose();
            throw new IOException($"The journal {Path} cannot be written: {error.Message}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _end += length;
        _next++;
    }

    /// <summary>The records so far count no more: a snapshot has them.</summary>
    /// <param name="generation">One that was never used before.</param>
    /// <param name="first">Number of the next record.</param>
    public void Restart(long generation, long first) => (_generation, _first, _next, _end) = (generation, first, first, 0);

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private SafeFileHandle Opened() => _file ??= File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private static int ChecksumOf(ReadOnlySpan<byte> record) => Checksum.Of(record[HeadBytes..], Checksum.Of(record[..ChecksumAt]));

    /// <returns>Null when no whole record of that number stands there.</returns>
    private byte[]? ReadAt(long position, long number)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (!IsHead(position, head) || BinaryPrimitives.ReadInt64LittleEndian(head[12..]) != number) return null;
        var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(head[20..])];
        if (!Fill(content, position + HeadBytes)) return null;
        return Checksum.Of(content, Checksum.Of(head[..ChecksumAt])) == BinaryPrimitives.ReadInt32LittleEndian(head[ChecksumAt..]) ? content : null;
    }

    private bool IsHead(long position, Span<byte> head) =>
        Fill(head, position) && BinaryPrimitives.ReadUInt32LittleEndian(head) == Mark && BinaryPrimitives.ReadInt64LittleEndian(head[4..]) == _generation
        && BinaryPrimitives.ReadInt32LittleEndian(head[20..]) is >= 0 and var length && length <= RandomAccess.GetLength(Opened()) - position - HeadBytes;

    /// <summary>With a record, of whatever generation; or with a first one that never got whole, whose bytes are not there or nothing yet.</summary>
    private bool BeginsAsAJournal()
    {
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Mark);
        Span<byte> begin = stackalloc byte[mark.Length];
        begin = begin[..RandomAccess.Read(Opened(), begin, 0)];
        return mark.StartsWith(begin) || !begin.ContainsAnyExcept((byte)0);
    }

    private bool HasRecordBehindTheEnd()
    {
        Span<byte> sought = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(sought, Mark);
        BinaryPrimitives.WriteInt64LittleEndian(sought[4..], _generation);
        Span<byte> head = stackalloc byte[HeadBytes];
        var part = new byte[SearchBytes];
        for (var position = _end; ;)
        {
            var read = RandomAccess.Read(Opened(), part, position);
            if (read < sought.Length) return false;
            var found = part.AsSpan(0, read).IndexOf(sought);
            if (found < 0)
            {
                position += read - sought.Length + 1;
                continue;
            }

            position += found;
            if (IsHead(position, head) && BinaryPrimitives.ReadInt64LittleEndian(head[12..]) is var number && number > _next && ReadAt(position, number) is not null)
                return true;
            position++;
        }
    }

    private bool Fill(Span<byte> target, long position)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(Opened(), target, position);
            if (read == 0) return false;
            target = target[read..];
            position += read;
        }

        return true;
    }
}
