using System.Buffers.Binary;
using System.Numerics;
using LiteDB;

namespace EdgeModules.Hosting.State;

/// <summary>
/// <see cref="IStateStore"/> on LiteDB, one file a module. LiteDB's pages have no checksum, so a power cut may leave half a transaction: each record has a
/// checksum of its own, and a journal is used up to its first damaged record. A damaged file is set aside under a new name, never deleted.
/// </summary>
public sealed class LiteDbStateStore : IStateStore
{
    private readonly string _file;

    // Null after a write that failed, until the next one.
    private LiteDbFile? _open;
    private long _next = 1;

    private LiteDbStateStore(string file)
    {
        _file = file;
        _open = new LiteDbFile(file);
    }

    public long JournalBytes { get; private set; }

    public string? Warning { get; private set; }

    /// <param name="directory">Made when absent.</param>
    /// <param name="name">The file's name without extension.</param>
    /// <param name="now">Names a file that must be set aside.</param>
    /// <exception cref="ModuleConfigurationException">The directory cannot be written, or another process has the file open.</exception>
    public static LiteDbStateStore Open(string directory, string name, DateTimeOffset now)
    {
        var file = Path.Combine(directory, $"{name}.db");
        try
        {
            Directory.CreateDirectory(directory);
            using var probe = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModuleConfigurationException(
                $"StateDirectory is \"{directory}\": {error.Message} It must be a folder that this module, and no other process, can write.", error);
        }

        try
        {
            var store = new LiteDbStateStore(file);
            try
            {
                store.Check(now);
                return store;
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is LiteException or InvalidDataException or InvalidCastException or IndexOutOfRangeException or ArgumentException or NullReferenceException)
        {
            var aside = SetAside(file, now);
            return new LiteDbStateStore(file)
            {
                Warning = $"The state file could not be read ({error.Message}); it was set aside as {aside} and the module starts without state.",
            };
        }
    }

    public IReadOnlyList<byte[]> Load() => [.. Opened().Journal.Find(Query.All()).OrderBy(document => document["_id"].AsInt64).Select(document => document["data"].AsBinary)];

    public void Append(ReadOnlySpan<byte> record)
    {
        var document = ToDocument(_next, record);
        // Not an insert: a write that failed may be in the log all the same, and its repetition must not find the id taken.
        Durably(file => file.Put(file.Journal, document));
        _next++;
        JournalBytes += record.Length;
    }

    public void Replace(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var id = _next;
        var bytes = 0L;
        Durably(file => file.ReplaceJournal(records.Select(record =>
        {
            bytes += record.Length;
            return ToDocument(id++, record.Span);
        })));
        (_next, JournalBytes) = (id, bytes);
    }

    public byte[]? GetDocument(string name) => Opened().Documents.FindById(name) is { } document && IsWhole(document) ? document["data"].AsBinary : null;

    public void PutDocument(string name, ReadOnlySpan<byte> content)
    {
        var document = ToDocument(name, content);
        Durably(file => file.Put(file.Documents, document));
    }

    public void Dispose() => Close();

    private LiteDbFile Opened() => _open ??= new LiteDbFile(_file);

    private void Close()
    {
        try
        {
            _open?.Dispose();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The files are closed all the same, and all that was ever confirmed is in them.
        }
        finally
        {
            _open = null;
        }
    }

    /// <summary>Reads everything once; what follows a damaged record is worth nothing without it.</summary>
    private void Check(DateTimeOffset now)
    {
        var whole = new List<ReadOnlyMemory<byte>>();
        var damaged = 0;
        foreach (var document in Opened().Journal.Find(Query.All()).OrderBy(document => document["_id"].AsInt64))
        {
            _next = document["_id"].AsInt64 + 1;
            if (damaged > 0 || !IsWhole(document)) damaged++;
            else whole.Add(document["data"].AsBinary);
        }

        JournalBytes = whole.Sum(record => (long)record.Length);
        if (damaged == 0) return;

        Close();
        var aside = SetAside(_file, now, keep: true);
        Replace(whole);
        Warning = $"{damaged} records of the state file are damaged; a copy was set aside as {aside}, and the {whole.Count} records before them are used.";
    }

    private static string SetAside(string file, DateTimeOffset now, bool keep = false)
    {
        var stem = $"{file}.damaged-{now:yyyyMMdd-HHmmss}";
        var aside = stem;
        for (var i = 1; File.Exists(aside); i++) aside = $"{stem}-{i}";
        var log = LiteDbFile.LogOf(file);
        if (File.Exists(log)) Move(log, aside + "-log");
        Move(file, aside);
        return aside;

        void Move(string from, string to)
        {
            if (keep) File.Copy(from, to);
            else File.Move(from, to);
        }
    }

    private void Durably(Action<LiteDbFile> write)
    {
        try
        {
            write(Opened());
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Close();
            throw new IOException($"The state file cannot be written: {error.Message}", error);
        }
    }

    private static BsonDocument ToDocument(BsonValue id, ReadOnlySpan<byte> data) =>
        new() { ["_id"] = id, ["crc"] = Checksum(data), ["data"] = data.ToArray() };

    private static bool IsWhole(BsonDocument document) =>
        document["data"] is { IsBinary: true } data && document["crc"] is { IsInt32: true } crc && Checksum(data.AsBinary) == crc.AsInt32;

    private static int Checksum(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var octet in data) crc = BitOperations.Crc32C(crc, octet);
        return (int)~crc;
    }
}
