namespace EdgeSimulator.Hub.Storage;

/// <summary>A message in one queue.</summary>
/// <param name="Repeat">Its sender sent the id before; it is delivered, and not counted.</param>
/// <param name="Queues">Numbers of all queues that got the message, this one too.</param>
internal sealed record QueuedMessage(long Sequence, HubMessage Message, bool Repeat, uint[] Queues)
{
    /// <summary>How often it was handed to the receiver by this process.</summary>
    public int Deliveries { get; set; }
}

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
    private readonly Queue<QueuedMessage> _window = [];
    private long _windowBytes;
    private long _lastInWindow;

    /// <summary>There are entries in the store behind the window.</summary>
    private bool _spilled;

    public EndpointQueue(Database database, uint number, int priority)
    {
        _database = database;
        (Number, Priority) = (number, priority);
        _spilled = true;
        Read();
        SetHead();
    }

    public uint Number { get; }

    public int Priority { get; }

    /// <summary>Sequence of the first message; <see cref="long.MaxValue"/> when empty. Every message of a smaller one is done here.</summary>
    public long Head { get; private set; }

    public bool IsEmpty => Head == long.MaxValue;

    /// <summary>Takes note of a message that was written to the store as the last of this queue.</summary>
    public void Append(QueuedMessage queued)
    {
        if (IsEmpty) Head = queued.Sequence;
        if (_spilled || _window.Count >= MaxMessages || _windowBytes + queued.Message.Body.Length > MaxBytes)
            _spilled = true;
        else
            AddToWindow(queued);
    }

    /// <returns>Up to <paramref name="max"/> messages from the head; they stay.</returns>
    public IReadOnlyList<QueuedMessage> Peek(int max)
    {
        if (_window.Count < max && _spilled) Read();
        return [.. _window.Take(max)];
    }

    /// <summary>Takes out the first message.</summary>
    public void RemoveHead()
    {
        var removed = _window.Dequeue();
        _windowBytes -= removed.Message.Body.Length;
        if (_window.Count == 0 && _spilled) Read();
        SetHead();
    }

    /// <returns>The other queues that got the same message, as stored with an entry.</returns>
    public static byte[] EncodeEntry(bool repeat, uint[] queues) => BookCodec.Encode([repeat ? 1 : 0, .. queues.Select(number => (long)number)]);

    private void SetHead() => Head = _window.TryPeek(out var first) ? first.Sequence : long.MaxValue;

    private void AddToWindow(QueuedMessage queued)
    {
        _window.Enqueue(queued);
        _windowBytes += queued.Message.Body.Length;
        _lastInWindow = queued.Sequence;
    }

    private void Read()
    {
        var entries = new List<(long Sequence, long[] Value)>();
        _database.Scan(StoreKeys.Queue(Number), StoreKeys.QueueEntry(Number, _lastInWindow + 1), (key, value) =>
        {
            entries.Add((StoreKeys.SequenceIn(key), BookCodec.Decode(value)));
            return entries.Count <= MaxRead;
        });
        var read = 0L;
        foreach (var (sequence, value) in entries.Take(MaxRead))
        {
            if (read > MaxReadBytes) return;
            var stored = _database.Get(StoreKeys.Message(sequence))
                ?? throw new InvalidDataException($"The store has no message {sequence}, though queue {Number} holds it.");
            AddToWindow(new QueuedMessage(sequence, HubMessageCodec.Decode(stored), value[0] != 0, [.. value.Skip(1).Select(number => (uint)number)]));
            read += stored.Length;
        }

        _spilled = entries.Count > MaxRead;
    }
}
