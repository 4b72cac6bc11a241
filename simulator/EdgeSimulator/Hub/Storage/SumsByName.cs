using RocksDbSharp;

namespace EdgeSimulator.Hub.Storage;

/// <summary>Books that change with a write batch, and are kept when it was written.</summary>
internal interface ISums
{
    void Write(WriteBatch batch);

    void Keep();

    void Drop();
}

/// <summary>Books by a name. Not thread-safe.</summary>
internal sealed class SumsByName<TBook> : ISums
{
    private readonly byte[] _kind;
    private readonly TBook _empty;
    private readonly Func<TBook, byte[]> _encode;
    private readonly Dictionary<string, TBook> _kept = [];
    private readonly Dictionary<string, TBook> _changed = [];

    /// <param name="kind">The kind of their keys.</param>
    public SumsByName(Database database, byte[] kind, TBook empty, Func<byte[], TBook> decode, Func<TBook, byte[]> encode)
    {
        (_kind, _empty, _encode) = (kind, empty, encode);
        database.Scan(kind, (key, value) => _kept[StoreKeys.NameIn(key)] = decode(value));
    }

    /// <summary>By name, as they were kept.</summary>
    public IEnumerable<(string Name, TBook Book)> All => _kept.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    public void Change(string name, Func<TBook, TBook> change)
    {
        var book = _changed.TryGetValue(name, out var changed) || _kept.TryGetValue(name, out changed) ? changed : _empty;
        _changed[name] = change(book);
    }

    public void Write(WriteBatch batch)
    {
        foreach (var (name, book) in _changed) batch.Put(StoreKeys.Named(_kind, name), _encode(book));
    }

    public void Keep()
    {
        foreach (var (name, book) in _changed) _kept[name] = book;
        _changed.Clear();
    }

    public void Drop() => _changed.Clear();
}
