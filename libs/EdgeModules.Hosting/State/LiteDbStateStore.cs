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
    private readonly DateTimeOffset _now;

    // Null after a write that failed, until the next one.
    private LiteDbFile? _open;
    private long _next = 1;
    private bool _isRebuilt;

    private LiteDbStateStore(string file, DateTimeOffset now) => (_file, _now) = (file, now);

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
            using (new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                // Opened by nobody else.
            }

            return OpenOrSetAside(file, now);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModuleConfigurationException(
                $"StateDirectory is \"{directory}\": {error.Message} It must be a folder that this module, and no other process, can write.", error);
        }
    }

    public IReadOnlyList<byte[]> Load() =>
        [.. Opened().Journal.Find(Query.All()).OrderBy(document => document["_id"].AsInt64).Select(document => document["data"].AsBinary)];

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
        // Ids always begin at one: a journal that does not has lost its beginning.
        var id = 1L;
        var bytes = 0L;
        Durably(file => file.ReplaceJournal(records.Select(record =>
        {
            bytes += record.Length;
            return ToDocument(id++, record.Span);
        })));
        (_next, JournalBytes) = (id, bytes);
    }

    public string StartOver(string cause)
    {
        var warning = Rebuild([], cause);
        (_next, JournalBytes) = (1, 0);
        return warning;
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

    private static LiteDbStateStore OpenOrSetAside(string file, DateTimeOffset now)
    {
        var store = new LiteDbStateStore(file, now);
        try
        {
            store.Check();
        }
        catch (Exception error) when (error is not (IOException or UnauthorizedAccessException or OutOfMemoryException))
        {
            store.Close();
            var aside = store.SetAside();
            store._next = 1;
            store.Warning = $"The state file could not be read ({error.Message}); it was set aside as {aside} and the module starts without state.";
        }
        catch
        {
            store.Dispose();
            throw;
        }

        return store;
    }

    /// <summary>Reads everything once; what follows a damaged or missing record is worth nothing without it.</summary>
    private void Check()
    {
        var (whole, damaged) = ReadJournal();
        if (damaged > 0) Warning = Rebuild(whole, $"{damaged} records of the state file are damaged");
    }

    private (List<ReadOnlyMemory<byte>> Whole, int Damaged) ReadJournal()
    {
        var whole = new List<ReadOnlyMemory<byte>>();
        var damaged = 0;
        var last = 0L;
        foreach (var document in Opened().Journal.Find(Query.All()).OrderBy(document => document["_id"].AsInt64))
        {
            var id = document["_id"].AsInt64;
            if (damaged > 0 || id != last + 1 || !IsWhole(document)) damaged++;
            else whole.Add(document["data"].AsBinary);
            last = id;
        }

        _next = last + 1;
        JournalBytes = whole.Sum(record => (long)record.Length);
        return (whole, damaged);
    }

    /// <summary>Begins a new file with what is whole of the old one, which is set aside.</summary>
    /// <returns>What the operator should know.</returns>
    private string Rebuild(List<ReadOnlyMemory<byte>> whole, string cause)
    {
        var documents = Opened().Documents.FindAll().Where(IsWhole).ToList();
        Close();
        var aside = SetAside();
        _next = 1;
        Opened().ReplaceJournal(whole.Select(record => ToDocument(_next++, record.Span)));
        foreach (var document in documents) Opened().Put(Opened().Documents, document);
        return $"{cause}; it was set aside as {aside}, and the {whole.Count} records before the damage are used.";
    }

    private string SetAside()
    {
        var stem = $"{_file}.damaged-{_now:yyyyMMdd-HHmmss}";
        var aside = stem;
        for (var i = 1; File.Exists(aside); i++) aside = $"{stem}-{i}";
        var log = LiteDbFile.LogOf(_file);
        if (File.Exists(log)) File.Move(log, aside + "-log");
        File.Move(_file, aside);
        return aside;
    }

    /// <summary>LiteDB does not go on after a failed write, so the next one opens the file anew, which also undoes what was written in part.</summary>
    private void Durably(Action<LiteDbFile> write)
    {
        try
        {
            write(Opened());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || _isRebuilt)
        {
            Close();
            throw new IOException($"The state file cannot be written: {error.Message}", error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A file may be damaged where reading does not come by. It would never take a write again.
            Close();
            _isRebuilt = true;
            throw new IOException(RebuildAfter(error), error);
        }
    }

    private string RebuildAfter(Exception failure)
    {
        try
        {
            return Rebuild(ReadJournal().Whole, $"The state file cannot be written ({failure.Message})");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Close();
            return $"The state file cannot be written ({failure.Message}), nor read again ({error.Message}). A restart sets it aside.";
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
