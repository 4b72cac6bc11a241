using System.Buffers.Binary;
using System.Text;
using RocksDbSharp;

namespace EdgeSimulator.Hub.Storage;

/// <summary>
/// The last message ids of every module, in memory and in the store: a ring, so both are bounded.
/// Not thread-safe; the store's lock is held around it.
/// </summary>
internal sealed class RecentIds
{
    public const int UsualCapacity = 10_000;
    private readonly byte[] _kind;
    private readonly int _capacity;
    private readonly Dictionary<string, Ring> _rings = [];

    /// <param name="kind">The kind of its keys.</param>
    /// <param name="capacity">Ids that are kept of a module; always the same for a kind.</param>
    public RecentIds(Database database, byte[] kind, int capacity = UsualCapacity)
    {
        (_kind, _capacity) = (kind, capacity);
        var stored = new List<(string Module, long Count, string Id)>();
        database.Scan(kind, (key, value) => stored.Add((
            Encoding.UTF8.GetString(key.AsSpan(1, key.Length - 1 - 1 - sizeof(uint))),
            BinaryPrimitives.ReadInt64BigEndian(value),
            Encoding.UTF8.GetString(value.AsSpan(sizeof(long))))));
        foreach (var (module, count, id) in stored.OrderBy(entry => entry.Count)) RingOf(module).Add(count, id);
    }

    public bool Contains(string module, string? id) => id is not null && _rings.TryGetValue(module, out var ring) && ring.Contains(id);

    /// <summary>Adds an id that is not contained, to memory and to the batch.</summary>
    /// <returns>Takes it out of memory again, for when the batch could not be written.</returns>
    public Action Add(WriteBatch batch, string module, string id)
    {
        var ring = RingOf(module);
        var count = ring.Count;
        var value = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(id)];
        BinaryPrimitives.WriteInt64BigEndian(value, count);
        Encoding.UTF8.GetBytes(id, value.AsSpan(sizeof(long)));
        batch.Put(StoreKeys.Slot(_kind, module, (int)(count % _capacity)), value);
        ring.Add(count, id);
        return () => ring.Forget(id);
    }

    private Ring RingOf(string module)
    {
        if (!_rings.TryGetValue(module, out var ring)) _rings[module] = ring = new Ring(_capacity);
        return ring;
    }

    private sealed class Ring(int capacity)
    {
        private readonly List<string?> _slots = [];
        private readonly HashSet<string> _ids = [];

        public long Count { get; private set; }

        public bool Contains(string id) => _ids.Contains(id);

        public void Add(long count, string id)
        {
            var slot = (int)(count % capacity);
            while (_slots.Count <= slot) _slots.Add(null);
            if (_slots[slot] is { } evicted) _ids.Remove(evicted);
            _slots[slot] = id;
            _ids.Add(id);
            Count = count + 1;
        }

        /// <summary>The slot stays used; only the id is no longer known.</summary>
        public void Forget(string id) => _ids.Remove(id);
    }
}
