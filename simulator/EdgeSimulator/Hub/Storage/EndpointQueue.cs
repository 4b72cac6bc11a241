namespace EdgeSimulator.Hub.Storage;

/// <summary>
/// One queue, first in first out, of one endpoint and priority. Its head is in memory, bounded in number and bytes; the rest only in the store.
/// Not thread-safe; the store's lock is held around it.
/// </summary>
internal sealed class EndpointQueue
{
    private const int MaxMessages = 2_000;
    private const long MaxBytes = 16 << 20;
    private const int MaxRead = 200;
    private const long MaxReadBytes = 2 << 20;
    private readonly Database _database;
    private readonly LinkedList<QueuedMessage> _window = [];
    private long _windowBytes;
    private long _lastInWindow;

    /// <summary>There are entries in the store behind the window.</summary>
    private bool _spilled;

    public EndpointQueue(Database database, uint number, int priority)
    {
        _database = database;
        (Number, Priority) = (number, priority);
        Count = database.Count(StoreKeys.Queue(number));
        _spilled = Count > 0;
        Refill(1);
    }

    public uint Number { get; }

    public int Priority { get; }

    /// <summary>Messages in the queue, in memory or not.</summary>
    public long Count { get; private set; }

    public bool IsEmpty => _window.Count == 0;

    /// <summary>Takes note of a message that was written to the store as the last of this queue.</summary>
    public void Append(QueuedMessage queued)
    {
        Count++;
        if (_spilled || _window.Count >= MaxMessages || _windowBytes + queued.Message.Body.Length > MaxBytes)
            _spilled = true;
        else
            AddToWindow(queued);
    }

    /// <returns>Up to <paramref name="max"/> messages from the head, expired ones too; all stay.</returns>
    public IReadOnlyList<QueuedMessage> Peek(int max)
    {
        Refill(max);
        return [.. _window.Take(max)];
    }

    /// <summary>Looks for what to deliver next; all stay.</summary>
    /// <returns>Up to <paramref name="max"/> messages that are to be delivered, and those between them that have expired.</returns>
    public (IReadOnlyList<QueuedMessage> Live, IReadOnlyList<QueuedMessage> Expired) Look(int max, DateTimeOffset now)
    {
        Refill(max);
        var (live, expired) = (new List<QueuedMessage>(max), new List<QueuedMessage>());
        foreach (var queued in _window)
        {
            if (queued.Taken || !queued.IsExpired(now)) live.Add(queued);
            else expired.Add(queued);
            if (live.Count == max) break;
        }

        return (live, expired);
    }

    /// <summary>Looks for expired messages that no pump has taken, in steps of bounded size; all stay.</summary>
    /// <param name="from">Sequence to begin with.</param>
    /// <param name="entire">False: not beyond the first message that has not expired.</param>
    /// <returns>What has expired, and where the next step begins; null after the last.</returns>
    public (IReadOnlyList<QueuedMessage> Expired, long? Next) FindExpired(long from, DateTimeOffset now, bool entire)
    {
        var taken = _window.Where(queued => queued.Taken).Select(queued => queued.Sequence).ToHashSet();
        var entries = ReadEntries(from);
        var expired = new List<QueuedMessage>();
        var read = 0L;
        foreach (var (sequence, entry) in entries.Take(MaxRead))
        {
            if (taken.Contains(sequence)) continue;
            if (now.UtcTicks < entry.ExpiryTicks)
            {
                if (entire) continue;
                return (expired, null);
            }

            if (read > MaxReadBytes) return (expired, sequence);
            expired.Add(Load(sequence, entry, ref read));
        }

        return (expired, entries.Count > MaxRead ? entries[^1].Sequence : null);
    }

    /// <summary>Takes out messages whose entries the store does not have any more.</summary>
    /// <param name="gone">In the order of the queue.</param>
    public void Remove(IReadOnlyList<QueuedMessage> gone)
    {
        var node = _window.First;
        foreach (var queued in gone)
        {
            while (node is not null && node.Value.Sequence < queued.Sequence) node = node.Next;
            if (node is null) break;
            if (node.Value.Sequence != queued.Sequence) continue;
            var next = node.Next;
            _windowBytes -= node.Value.Message.Body.Length;
            _window.Remove(node);
            node = next;
        }

        Count -= gone.Count;
        Refill(1);
    }

    public bool Holds(long sequence) =>
        _window.First is { } first && first.Value.Sequence <= sequence
        && (first.Value.Sequence == sequence || _database.Get(StoreKeys.QueueEntry(Number, sequence)) is not null);

    private void AddToWindow(QueuedMessage queued)
    {
        _window.AddLast(queued);
        _windowBytes += queued.Message.Body.Length;
        _lastInWindow = queued.Sequence;
    }

    /// <summary>Reads from the store when fewer than <paramref name="least"/> messages are in memory.</summary>
    private void Refill(int least)
    {
        if (!_spilled || _window.Count >= least) return;
        var entries = ReadEntries(_lastInWindow + 1);
        var read = 0L;
        foreach (var (sequence, entry) in entries.Take(MaxRead))
        {
            if (read > MaxReadBytes) return;
            AddToWindow(Load(sequence, entry, ref read));
        }

        _spilled = entries.Count > MaxRead;
    }

    private QueuedMessage Load(long sequence, QueueEntry entry, ref long read)
    {
        var stored = _database.Get(StoreKeys.Message(sequence))
            ?? throw new InvalidDataException($"The store has no message {sequence}, though queue {Number} holds it.");
        read += stored.Length;
        return new QueuedMessage(sequence, HubMessageCodec.Decode(stored), entry);
    }

    /// <returns>One more than a step takes, when there are so many: then it is not the last step.</returns>
    private List<(long Sequence, QueueEntry Entry)> ReadEntries(long from)
    {
        var entries = new List<(long, QueueEntry)>();
        _database.Scan(StoreKeys.Queue(Number), StoreKeys.QueueEntry(Number, from), (key, value) =>
        {
            entries.Add((StoreKeys.SequenceIn(key), QueueEntry.Decode(value)));
            return entries.Count <= MaxRead;
        });
        return entries;
    }
}
