using LiteDB;
using LiteDB.Engine;

namespace EdgeModules.Hosting.State;

/// <summary>
/// One opening of a LiteDB file. After a failed write it is of no use: it must be closed and opened anew, which also undoes what was written in part.
/// </summary>
internal sealed class LiteDbFile : IDisposable
{
    private readonly LiteDbCommits _commits = new();
    private readonly LiteDbStream? _data;
    private readonly LiteDbStream? _log;
    private readonly LiteDatabase _database;

    /// <param name="path">Made when absent; the log beside it is <see cref="LogOf"/>.</param>
    public LiteDbFile(string path)
    {
        try
        {
            _data = new LiteDbStream(path, _commits);
            _log = new LiteDbStream(LogOf(path), _commits);
            _database = new LiteDatabase(new LiteEngine(new EngineSettings { DataStream = _data, LogStream = _log, Filename = path }));
            _commits.ThrowIfFailed();
            Snapshot = _database.GetCollection("journal", BsonAutoId.Int64);
            Head = _database.GetCollection("head");
            Documents = _database.GetCollection("documents");
        }
        catch
        {
            CloseFiles();
            // A disk that is full must not pass for a file that is damaged.
            _commits.ThrowIfFailed();
            throw;
        }
    }

    /// <summary>Numbered from one. It was the journal once, hence its name in the file.</summary>
    public ILiteCollection<BsonDocument> Snapshot { get; }

    /// <summary>One document that says how many records the snapshot has, and which journal follows it.</summary>
    public ILiteCollection<BsonDocument> Head { get; }

    public ILiteCollection<BsonDocument> Documents { get; }

    public static string LogOf(string path) => Path.ChangeExtension(path, null) + "-log.db";

    /// <summary>
    /// Reads in a transaction that ends here. Of a file that is damaged, LiteDB would leave one open, whose finalizer ends the process when the file has been
    /// closed before.
    /// </summary>
    public T Read<T>(Func<LiteDbFile, T> read)
    {
        _database.BeginTrans();
        try
        {
            return read(this);
        }
        finally
        {
            _database.Rollback();
        }
    }

    /// <summary>Puts one document, in a transaction of its own that is on disk when the call returns.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void Put(ILiteCollection<BsonDocument> collection, BsonDocument document)
    {
        var before = _commits.Written;
        collection.Upsert(document);
        _commits.AwaitMoreThan(before);
    }

    /// <summary>Puts these in the place of all records of the snapshot, in one transaction that is on disk when the call returns.</summary>
    /// <param name="headOf">Makes the head for that number of records.</param>
    /// <exception cref="IOException">It is not.</exception>
    public void ReplaceSnapshot(IEnumerable<BsonDocument> records, Func<long, BsonDocument> headOf)
    {
        _database.BeginTrans();
        try
        {
            var count = 0L;
            foreach (var record in records)
            {
                // In place: taken out and put in again, every page would be written twice.
                Snapshot.Upsert(record);
                count++;
            }

            Snapshot.DeleteMany(Query.GT("_id", count));
            Head.Upsert(headOf(count));
            _database.Commit();
        }
        catch
        {
            _database.Rollback();
            throw;
        }

        // Waits for the log, and the large transaction need not be read again at the next opening.
        _database.Checkpoint();
        _commits.ThrowIfFailed();
    }

    public void Dispose()
    {
        try
        {
            _database.Dispose();
        }
        finally
        {
            CloseFiles();
        }
    }

    private void CloseFiles()
    {
        _log?.Dispose();
        _data?.Dispose();
    }
}
