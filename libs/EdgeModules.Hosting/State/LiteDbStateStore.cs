using System.Buffers.Binary;
using System.Security.Cryptography;
using LiteDB;

namespace EdgeModules.Hosting.State;

/// <summary>
/// <see cref="IStateStore"/> of one module: snapshot and documents in LiteDB, and what was appended since the snapshot in a <see cref="JournalFile"/>, since
/// one small commit of LiteDB writes 28 KB and more. LiteDB's pages have no checksum, so a power cut may leave half a transaction: each record has a
/// checksum of its own, and all is used up to the first damaged record. Damaged files are set aside under a new name, never deleted.
/// </summary>
public sealed class LiteDbStateStore : IStateStore
{
    private readonly string _file;
    private readonly DateTimeOffset _now;
    private readonly JournalFile _journal;

    // Null after a write that failed, until the next one.
    private LiteDbFile? _open;
    private SnapshotHead _head;
    private long _snapshotBytes;

    // Of a replacement that failed: it may be on disk all the same.
    private (SnapshotHead Head, long Bytes)? _doubtful;
    private bool _isRebuilt;

    // Records were lost to damage while the module was running, which still knows what they did.
    private bool _isIncomplete;

    private LiteDbStateStore(string file, DateTimeOffset now) => (_file, _now, _journal) = (file, now, new JournalFile(Path.ChangeExtension(file, "journal")));

    public long JournalBytes => _isIncomplete ? long.MaxValue : _snapshotBytes + _journal.ContentBytes;

    public string? Warning { get; private set; }

    /// <summary>For tests: runs when a replacement is on disk and not yet confirmed.</summary>
    internal Action? AfterReplacing { get; set; }

    /// <param name="directory">Made when absent.</param>
    /// <param name="name">The file's name without extension.</param>
    /// <param name="now">Names a file that must be set aside.</param>
    /// <exception cref="ModuleConfigurationException">The directory cannot be written, or another process has the file open.</exception>
    public static LiteDbStateStore Open(string directory, string name, DateTimeOffset now)
    {
        var file = Path.Combine(directory, $"{name}.db");
        if (name.Contains('/') || name.Contains('\\') || name.Contains('\0'))
            throw new ModuleConfigurationException($"The module's id is \"{name}\"; it must be one that can be the name of a file in StateDirectory.");
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

    public IEnumerable<byte[]> Load()
    {
        Settle();
        for (var number = 1L; number <= _head.Records; number++)
            yield return SnapshotRecord(number) ?? throw new InvalidDataException($"Record {number} of {_file} cannot be read any more.");
        foreach (var record in _journal.Read()) yield return record;
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        Settle();
        _journal.Append(record);
    }

    public void Replace(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        Settle();
        var bytes = 0L;
        var head = new SnapshotHead(RandomGeneration(), 0);
        try
        {
            Durably(file =>
            {
                file.ReplaceSnapshot(
                    records.Select((record, index) =>
                    {
                        bytes += record.Length;
                        return CheckedDocument.Of(index + 1L, record.Span);
                    }),
                    count => (head = head with { Records = count }).ToDocument());
                AfterReplacing?.Invoke();
            });
        }
        catch
        {
            _doubtful = (head, bytes);
            throw;
        }

        Begin(head, bytes);
        _isIncomplete = false;
    }

    public string StartOver(string cause)
    {
        var warning = Rebuild([], cause);
        _isIncomplete = false;
        return warning;
    }

    public byte[]? GetDocument(string name) =>
        Opened().Read(file => file.Documents.FindById(name)) is { } document ? CheckedDocument.DataOf(document) : null;

    public void PutDocument(string name, ReadOnlySpan<byte> content)
    {
        var document = CheckedDocument.Of(name, content);
        Durably(file => file.Put(file.Documents, document));
    }

    public void Dispose()
    {
        Close();
        _journal.Dispose();
    }

    private LiteDbFile Opened() => _open ??= new LiteDbFile(_file);

    /// <summary>After a replacement that failed: which journal is to be continued, only the file can tell.</summary>
    /// <exception cref="IOException">The file cannot be opened yet.</exception>
    private void Settle()
    {
        if (_doubtful is not { } doubtful) return;
        var held = _head;
        Durably(file => held = file.Read(static opened => SnapshotHead.Read(opened.Head)) ?? held);
        if (held.Generation == doubtful.Head.Generation) Begin(doubtful.Head, doubtful.Bytes);
        _doubtful = null;
    }

    /// <summary>The snapshot is another one from here on.</summary>
    private void Begin(SnapshotHead head, long snapshotBytes)
    {
        (_head, _snapshotBytes) = (head, snapshotBytes);
        _journal.Restart(head.Generation, head.Records + 1);
    }

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
            store.Begin(new SnapshotHead(0, 0), 0);
            store.Check();
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
        if (Opened().Read(static file => SnapshotHead.Read(file.Head)) is not { } head)
        {
            // New, or of a time when the journal was in LiteDB too.
            BeginFirst();
            return;
        }

        if (FindDamage(head) is { } damage) RebuildAtStart(damage);
    }

    /// <returns>What is damaged; null when nothing is.</returns>
    private string? FindDamage(SnapshotHead head)
    {
        CheckSnapshot(head);
        if (_head.Records < head.Records) return $"{head.Records - _head.Records} records of the state file are damaged";
        return _journal.Find(head.Generation, head.Records + 1) ? null : "The journal of the state is damaged";
    }

    private void BeginFirst()
    {
        var head = new SnapshotHead(RandomGeneration(), Opened().Read(static file => file.Snapshot.LongCount()));
        var damage = FindDamage(head);
        // A journal without a head is of a file that is gone.
        if (_journal.HasBytes) damage ??= "The head of the state file is damaged";
        if (damage is not null) RebuildAtStart(damage);
        else Opened().Put(Opened().Head, head.ToDocument());
    }

    private void RebuildAtStart(string cause) => Warning = Rebuild(Whole(), cause);

    /// <summary>Begins with as many records of the snapshot as are whole.</summary>
    private void CheckSnapshot(SnapshotHead head)
    {
        var (whole, bytes) = (0L, 0L);
        while (whole < head.Records && SnapshotRecord(whole + 1) is { } record)
        {
            whole++;
            bytes += record.Length;
        }

        Begin(head with { Records = whole }, bytes);
    }

    private byte[]? SnapshotRecord(long number) =>
        Opened().Read(file => file.Snapshot.FindById(number)) is { } document ? CheckedDocument.DataOf(document) : null;

    private List<ReadOnlyMemory<byte>> Whole() => [.. Load().Select(record => (ReadOnlyMemory<byte>)record)];

    /// <summary>Begins new files with what is whole of the old ones, which are set aside.</summary>
    /// <returns>What the operator should know.</returns>
    private string Rebuild(List<ReadOnlyMemory<byte>> whole, string cause)
    {
        var documents = Opened().Read(static file => file.Documents.FindAll().Where(document => CheckedDocument.DataOf(document) is not null).ToList());
        Close();
        // Made whole first: on a disk that is full, the old one must stay.
        var fresh = Path.ChangeExtension(_file, "rebuilt.db");
        DeleteBoth(fresh);
        var head = new SnapshotHead(RandomGeneration(), whole.Count);
        using (var file = new LiteDbFile(fresh))
        {
            file.ReplaceSnapshot(whole.Select((record, index) => CheckedDocument.Of(index + 1L, record.Span)), _ => head.ToDocument());
            foreach (var document in documents) file.Put(file.Documents, document);
        }

        var aside = SetAside();
        File.Move(fresh, _file);
        DeleteBoth(fresh);
        Begin(head, whole.Sum(record => (long)record.Length));
        return $"{cause}; it was set aside as {aside}, and the {whole.Count} records before the damage are used.";
    }

    private static void DeleteBoth(string file)
    {
        File.Delete(file);
        File.Delete(LiteDbFile.LogOf(file));
    }

    private string SetAside()
    {
        var stem = $"{_file}.damaged-{_now:yyyyMMdd-HHmmss}";
        var aside = stem;
        for (var i = 1; File.Exists(aside); i++) aside = $"{stem}-{i}";
        var log = LiteDbFile.LogOf(_file);
        if (File.Exists(log)) File.Move(log, aside + "-log");
        _journal.Dispose();
        if (File.Exists(_journal.Path)) File.Move(_journal.Path, aside + "-journal");
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
            _isIncomplete |= FindDamage(_head) is not null;
            return Rebuild(Whole(), $"The state file cannot be written ({failure.Message})");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Close();
            return $"The state file cannot be written ({failure.Message}), nor read again ({error.Message}). A restart sets it aside.";
        }
    }

    private static long RandomGeneration() => BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
}
