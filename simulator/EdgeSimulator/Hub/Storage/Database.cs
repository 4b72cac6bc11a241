using RocksDbSharp;

namespace EdgeSimulator.Hub.Storage;

/// <summary>
/// The RocksDB under the hub. A write is in the log of the operating system when <see cref="Write"/> returns (no fsync): it survives the end of
/// the process in any way, not a power cut; the real edgeHub promises the same. Thread-safe, and safe to dispose while others still call.
/// </summary>
internal sealed class Database : IDisposable
{
    private const int WriteBufferBytes = 32 << 20;
    private readonly RocksDb _rocks;
    private readonly WriteOptions _unflushed = new WriteOptions().SetSync(false);
    private readonly ReaderWriterLockSlim _closing = new();
    private bool _closed;

    private Database(RocksDb rocks) => _rocks = rocks;

    /// <exception cref="SimulatorException">The directory is held by another process, or is no place for a store.</exception>
    public static Database Open(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var options = new DbOptions()
                .SetCreateIfMissing(true)
                .SetWriteBufferSize(WriteBufferBytes)
                .SetMaxTotalWalSize(4 * WriteBufferBytes)
                .SetCompression(Compression.No)
                .SetInfoLogLevel(InfoLogLevel.Warn)
                .SetKeepLogFileNum(2);
            return new Database(RocksDb.Open(options, directory));
        }
        catch (RocksDbException error) when (error.Message.Contains("lock", StringComparison.OrdinalIgnoreCase))
        {
            throw new SimulatorException($"The state directory {directory} is held by another process; end that one or name another directory.", error);
        }
        catch (Exception error) when (error is RocksDbException or IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The state directory {directory} cannot be opened: {error.Message}", error);
        }
    }

    public void Write(WriteBatch batch) => WhileOpen(() => _rocks.Write(batch, _unflushed));

    public void Put(byte[] key, byte[] value) => WhileOpen(() => _rocks.Put(key, value, null, _unflushed));

    public byte[]? Get(byte[] key)
    {
        byte[]? value = null;
        WhileOpen(() => value = _rocks.Get(key));
        return value;
    }

    /// <summary>Visits the entries whose key begins with <paramref name="prefix"/>, from <paramref name="from"/> on, in order of keys, while the visitor returns true.</summary>
    public void Scan(byte[] prefix, byte[] from, Func<byte[], byte[], bool> visit) => WhileOpen(() =>
    {
        using var iterator = _rocks.NewIterator();
        for (iterator.Seek(from); iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Next())
        {
            if (!visit(iterator.Key(), iterator.Value())) return;
        }
    });

    public void Scan(byte[] prefix, Action<byte[], byte[]> visit) => Scan(prefix, prefix, (key, value) =>
    {
        visit(key, value);
        return true;
    });

    public long Count(byte[] prefix)
    {
        var count = 0L;
        WhileOpen(() =>
        {
            using var iterator = _rocks.NewIterator();
            for (iterator.Seek(prefix); iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Next()) count++;
        });
        return count;
    }

    /// <returns>The greatest key that begins with <paramref name="prefix"/>; null when there is none.</returns>
    public byte[]? LastKey(byte[] prefix)
    {
        byte[]? last = null;
        var beyond = (byte[])prefix.Clone();
        beyond[^1]++;
        WhileOpen(() =>
        {
            using var iterator = _rocks.NewIterator();
            iterator.SeekForPrev(beyond);
            if (iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix)) last = iterator.Key();
        });
        return last;
    }

    public void Dispose()
    {
        _closing.EnterWriteLock();
        try
        {
            if (_closed) return;
            _closed = true;
            _rocks.Dispose();
        }
        finally
        {
            _closing.ExitWriteLock();
        }
    }

    /// <summary>Native memory must not be touched after it is freed, so every call holds the database open.</summary>
    private void WhileOpen(Action action)
    {
        _closing.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            action();
        }
        finally
        {
            _closing.ExitReadLock();
        }
    }
}
