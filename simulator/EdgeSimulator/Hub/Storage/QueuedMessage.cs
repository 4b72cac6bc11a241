namespace EdgeSimulator.Hub.Storage;

/// <summary>A message in one queue.</summary>
internal sealed record QueuedMessage(long Sequence, HubMessage Message, QueueEntry Entry)
{
    /// <summary>Readings that the books count for it: none for a repeat.</summary>
    public long CountedReadings => Entry.Repeat ? 0 : Message.Readings;

    /// <summary>It is in the batch of a pump, where nothing but its delivery ends it.</summary>
    public bool Taken { get; set; }

    /// <summary>How often it was handed to the receiver by this process.</summary>
    public int Deliveries { get; set; }

    public bool IsExpired(DateTimeOffset now) => now.UtcTicks >= Entry.ExpiryTicks;
}

/// <summary>Messages of one queue, in order, taken to be delivered before anything else.</summary>
/// <param name="Expired">What was removed on the way to them.</param>
internal sealed record TakenBatch(int Priority, IReadOnlyList<QueuedMessage> Messages, ExpiredMessages Expired);

/// <summary>A sum of messages that outlived their time in a queue.</summary>
internal sealed class ExpiredMessages
{
    private readonly Dictionary<(string Module, string? Output), long> _messages = [];

    public long Readings { get; private set; }

    public long Messages => _messages.Values.Sum();

    /// <summary>How many of which sender.</summary>
    public IReadOnlyDictionary<(string Module, string? Output), long> BySender => _messages;

    public void Add(IEnumerable<QueuedMessage> expired)
    {
        foreach (var queued in expired)
        {
            var sender = (queued.Message.Module, queued.Message.Output);
            _messages[sender] = _messages.GetValueOrDefault(sender) + 1;
            Readings += queued.CountedReadings;
        }
    }
}
