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
            Journal = _database.GetCollection("journal", BsonAutoId.Int64);
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

    public ILiteCollection<BsonDocument> Journal { get; }

    public ILiteCollection<BsonDocument> Documents { get; }

    public static string LogOf(string path) => Path.ChangeExtension(path, null) + "-log.db";

    /// <summary>Puts one document, in a transaction of its own that is on disk when the call returns.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void Put(ILiteCollection<BsonDocument> collection, BsonDocument document)
    {
        var before = _commits.Written;
        collection.Upsert(document);
        _commits.AwaitMoreThan(before);
    }

    /// <summary>Puts these in the place of all records of the journal, in one transaction that is on disk when the call returns.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void ReplaceJournal(IEnumerable<BsonDocument> records)
    {
        _database.BeginTrans();
        try
        {
            Journal.DeleteAll();
            foreach (var record in records) Journal.Insert(record);
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
