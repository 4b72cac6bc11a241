using System.Buffers.Binary;
using System.Text;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Routing;
using RocksDbSharp;

namespace EdgeSimulator.Hub.Storage;

/// <summary>
/// Messages, queues and books. Each event — accepted, acknowledged, expired, dropped — is one write batch, so that books and queues agree whenever the
/// process ends. A message is stored once, with an entry per queue; it goes with its last entry. Thread-safe.
/// </summary>
internal sealed class MessageStore
{
    private readonly Lock _gate = new();
    private readonly Database _database;
    private readonly Dictionary<string, StoredEndpoint> _endpoints = [];
    private readonly Dictionary<uint, EndpointQueue> _queues = [];
    private readonly Dictionary<(string Module, string Output), OutputBook> _outputs = [];
    private readonly RecentIds _sentIds;
    private readonly CloudBooks _cloud;
    private long _lastSequence;

    public MessageStore(Database database)
    {
        _database = database;
        _sentIds = new RecentIds(database, StoreKeys.SentIds);
        _cloud = new CloudBooks(database);
        _lastSequence = database.LastKey(StoreKeys.Messages) is { } last ? StoreKeys.SequenceIn(last) : 0;
        database.Scan(StoreKeys.Outputs, (key, value) =>
        {
            if (StoreKeys.NameIn(key).Split('\0') is [var module, var output]) _outputs[(module, output)] = OutputBook.Decode(value);
        });
        database.Scan(StoreKeys.Endpoints, (key, value) => Open(EndpointOf(StoreKeys.NameIn(key))).Book = EndpointBook.Decode(value));
        var queueNames = new List<(uint Number, string Endpoint, int Priority)>();
        database.Scan(StoreKeys.QueueNames, (key, value) =>
        {
            if (Encoding.UTF8.GetString(value).Split('\0') is [var endpoint, var priority])
                queueNames.Add((BinaryPrimitives.ReadUInt32BigEndian(key.AsSpan(1)), endpoint, int.Parse(priority)));
        });
        foreach (var (number, endpoint, priority) in queueNames) AddQueue(Open(EndpointOf(endpoint)), number, priority);
    }

    /// <summary>Every endpoint that was opened or holds something from before.</summary>
    public IReadOnlyList<StoredEndpoint> Endpoints
    {
        get
        {
            lock (_gate) return [.. _endpoints.Values];
        }
    }

    public CloudBook Cloud
    {
        get
        {
            lock (_gate) return _cloud.Sums;
        }
    }

    public StoredEndpoint Open(RouteEndpoint endpoint)
    {
        lock (_gate)
        {
            if (!_endpoints.TryGetValue(endpoint.Id, out var open)) _endpoints[endpoint.Id] = open = new StoredEndpoint(endpoint);
            return open;
        }
    }

    /// <summary>Stores a message for its targets; when this returns it survives the end of the process.</summary>
    /// <param name="targets">Of open endpoints; none: the message is counted as unrouted and gone.</param>
    /// <param name="timeToLive">For targets that name none; null: for ever.</param>
    /// <param name="dropped">Count it at its targets as dropped instead of queueing it.</param>
    public void Accept(HubMessage message, IReadOnlyList<RouteTarget> targets, TimeSpan? timeToLive, bool dropped = false)
    {
        lock (_gate)
        {
            using var batch = new WriteBatch();
            _cloud.Learn(message);
            var repeat = _sentIds.Contains(message.Module, message.MessageId);
            var forget = !repeat && message.MessageId is { } id ? _sentIds.Add(batch, message.Module, id) : null;
            // A notification is the hub's own: no output of a module sent it.
            var output = message.IsTwinChange ? null : Count(batch, message, routed: targets.Count > 0, repeat);
            var endpoints = targets.Select(target => _endpoints[target.Endpoint.Id]).ToArray();
            var books = endpoints.Select(endpoint => BookAfter(endpoint.Book, message.Readings, repeat, dropped)).ToArray();
            for (var i = 0; i < endpoints.Length; i++) Put(batch, endpoints[i], books[i]);
            var queues = dropped ? [] : targets.Select((target, i) => QueueOf(endpoints[i], target.Priority)).ToArray();
            var sequence = _lastSequence + 1;
            uint[] numbers = [.. queues.Select(queue => queue.Number)];
            var entries = queues.Select((_, i) => new QueueEntry(repeat, ExpiryOf(message, targets[i], timeToLive), numbers)).ToArray();
            if (queues.Length > 0) batch.PutVector(StoreKeys.Message(sequence), HubMessageCodec.EncodeHead(message), message.Body);
            for (var i = 0; i < queues.Length; i++) batch.Put(StoreKeys.QueueEntry(numbers[i], sequence), entries[i].Encode());
            WriteOr(batch, forget);

            if (output is not null) _outputs[(message.Module, message.Output ?? "")] = output;
            for (var i = 0; i < endpoints.Length; i++) endpoints[i].Book = books[i];
            if (queues.Length == 0) return;
            _lastSequence = sequence;
            for (var i = 0; i < queues.Length; i++) queues[i].Append(new QueuedMessage(sequence, message, entries[i]));
            foreach (var endpoint in endpoints) endpoint.Wake();
        }
    }

    /// <summary>
    /// Takes messages of the queue of the best priority that has any. What has expired on the way is removed, and counted as expired; what was taken
    /// is not looked at for that again, and stays in the queue until it is acknowledged or dropped.
    /// </summary>
    /// <returns>Up to <paramref name="max"/> messages in order; none when nothing is queued.</returns>
    public TakenBatch Take(StoredEndpoint endpoint, int max, DateTimeOffset now)
    {
        var expired = new ExpiredMessages();
        while (true)
        {
            // In steps, so that a long queue of expired messages does not keep senders waiting.
            lock (_gate)
            {
                if (endpoint.Queues.FirstOrDefault(queue => !queue.IsEmpty) is not { } queue) return new TakenBatch(0, [], expired);
                var (live, gone) = queue.Look(max, now);
                Expire(endpoint, queue, gone, expired);
                foreach (var queued in live) queued.Taken = true;
                if (live.Count > 0) return new TakenBatch(queue.Priority, live, expired);
            }
        }
    }

    /// <returns>The first messages of each queue, expired ones too, for comparison only.</returns>
    public IReadOnlyList<IReadOnlyList<QueuedMessage>> Peek(StoredEndpoint endpoint, int max)
    {
        lock (_gate) return [.. endpoint.Queues.Select(queue => queue.Peek(max)).Where(first => first.Count > 0)];
    }

    /// <summary>Removes what has expired and is not taken, and counts it as expired.</summary>
    /// <param name="entire">False: of each queue only up to the first message that has not expired.</param>
    public ExpiredMessages RemoveExpired(StoredEndpoint endpoint, DateTimeOffset now, bool entire)
    {
        var expired = new ExpiredMessages();
        EndpointQueue[] queues;
        lock (_gate) queues = [.. endpoint.Queues];
        foreach (var queue in queues)
        {
            for (long? from = 0; from is not null;)
            {
                lock (_gate)
                {
                    (var gone, from) = queue.FindExpired(from.Value, now, entire);
                    Expire(endpoint, queue, gone, expired);
                }
            }
        }

        return expired;
    }

    public void Acknowledge(StoredEndpoint endpoint, QueuedMessage queued)
    {
        lock (_gate) Finish(endpoint, endpoint.QueueWith(queued), [queued], BookAcknowledged, null);
    }

    public void Drop(StoredEndpoint endpoint, QueuedMessage queued)
    {
        lock (_gate) Finish(endpoint, endpoint.QueueWith(queued), [queued], BookDropped, null);
    }

    /// <param name="delivered">Of one queue, in order.</param>
    /// <param name="fileBytes">Length of the cloud file now that it holds them.</param>
    public void AcknowledgeUpstream(StoredEndpoint endpoint, IReadOnlyList<CloudArrival> delivered, long fileBytes)
    {
        lock (_gate)
        {
            Action keep = () => { };
            var queue = endpoint.QueueWith(delivered[0].Queued);
            Finish(endpoint, queue, [.. delivered.Select(arrival => arrival.Queued)], BookAcknowledged, batch =>
            {
                (keep, var undo) = _cloud.Take(delivered, fileBytes, batch);
                return undo;
            });
            keep();
        }
    }

    public void SetCloudFile(long fileId, long fileBytes)
    {
        lock (_gate)
        {
            _cloud.SetFile(fileId, fileBytes);
        }
    }

    /// <summary>Reaches the disk with the next event of the endpoint.</summary>
    public void CountRedelivery(StoredEndpoint endpoint)
    {
        lock (_gate) endpoint.Book = endpoint.Book with { Redeliveries = endpoint.Book.Redeliveries + 1 };
    }

    public (IReadOnlyList<OutputStatus> Outputs, IReadOnlyList<EndpointStatus> Endpoints, CloudBook Cloud) GetStatus()
    {
        lock (_gate)
        {
            return (
                [.. _outputs.OrderBy(pair => pair.Key).Select(pair => new OutputStatus(
                    pair.Key.Module, pair.Key.Output, pair.Value.Messages, pair.Value.AcceptedReadings, pair.Value.UnroutedReadings,
                    pair.Value.RepeatedMessages, pair.Value.RepeatedReadings))],
                [.. _endpoints.Values.OrderBy(open => open.Endpoint.Id, StringComparer.Ordinal).Select(open => new EndpointStatus(
                    open.Endpoint.Id, open.Endpoint.Module, open.Endpoint.Input, open.Book.AcceptedReadings, open.Book.AcknowledgedReadings,
                    open.Book.QueuedReadings, open.Book.ExpiredReadings, open.Book.DroppedReadings, open.Book.AcknowledgedMessages,
                    open.Book.QueuedMessages, open.Book.Redeliveries))],
                _cloud.Sums);
        }
    }

    /// <returns>What the cloud was sent by output; what it was sent in batches, by output too; and the batches.</returns>
    public (IReadOnlyList<StreamStatus> Streams, IReadOnlyList<StreamStatus> Batched, IReadOnlyList<BatchStatus> Batches) GetStreams()
    {
        lock (_gate) return (_cloud.Streams, _cloud.BatchedStreams, _cloud.Batches);
    }

    public IReadOnlyList<(string Endpoint, int Priority, long Messages)> GetQueues()
    {
        lock (_gate)
        {
            return [.. _endpoints.Values.OrderBy(open => open.Endpoint.Id, StringComparer.Ordinal)
                .SelectMany(open => open.Queues.Select(queue => (open.Endpoint.Id, queue.Priority, queue.Count)))];
        }
    }

    private static EndpointBook BookAfter(EndpointBook book, long readings, bool repeat, bool dropped) => book with
    {
        AcceptedReadings = book.AcceptedReadings + (repeat ? 0 : readings),
        DroppedReadings = book.DroppedReadings + (dropped && !repeat ? readings : 0),
        QueuedMessages = book.QueuedMessages + (dropped ? 0 : 1),
    };

    private static EndpointBook BookAcknowledged(EndpointBook book, QueuedMessage queued) => book with
    {
        AcknowledgedReadings = book.AcknowledgedReadings + queued.CountedReadings,
        AcknowledgedMessages = book.AcknowledgedMessages + (queued.Entry.Repeat ? 0 : 1),
        QueuedMessages = book.QueuedMessages - 1,
    };

    private static EndpointBook BookExpired(EndpointBook book, QueuedMessage queued) => book with
    {
        ExpiredReadings = book.ExpiredReadings + queued.CountedReadings,
        QueuedMessages = book.QueuedMessages - 1,
    };

    private static EndpointBook BookDropped(EndpointBook book, QueuedMessage queued) => book with
    {
        DroppedReadings = book.DroppedReadings + queued.CountedReadings,
        QueuedMessages = book.QueuedMessages - 1,
    };

    private static long ExpiryOf(HubMessage message, RouteTarget target, TimeSpan? timeToLive)
    {
        var own = target.TimeToLiveSeconds > 0 ? TimeSpan.FromSeconds(target.TimeToLiveSeconds) : timeToLive;
        return own is { } lifetime ? (message.EnqueuedTime + lifetime).UtcTicks : QueueEntry.Never;
    }

    private static RouteEndpoint EndpointOf(string id) =>
        id.Split('/') is [var device, var module, var input] ? RouteEndpoint.ForInput(device, module, input) : RouteEndpoint.Upstream;

    private static void Put(WriteBatch batch, StoredEndpoint endpoint, EndpointBook book) =>
        batch.Put(StoreKeys.Named(StoreKeys.Endpoints, endpoint.Endpoint.Id), book.Encode());

    private OutputBook Count(WriteBatch batch, HubMessage message, bool routed, bool repeat)
    {
        var name = (message.Module, Output: message.Output ?? "");
        var book = _outputs.GetValueOrDefault(name, OutputBook.Empty);
        var after = repeat
            ? book with { RepeatedMessages = book.RepeatedMessages + 1, RepeatedReadings = book.RepeatedReadings + message.Readings }
            : book with
            {
                Messages = book.Messages + 1,
                AcceptedReadings = book.AcceptedReadings + (routed ? message.Readings : 0),
                UnroutedReadings = book.UnroutedReadings + (routed ? 0 : message.Readings),
            };
        batch.Put(StoreKeys.Named(StoreKeys.Outputs, $"{name.Module}\0{name.Output}"), after.Encode());
        return after;
    }

    private void Expire(StoredEndpoint endpoint, EndpointQueue queue, IReadOnlyList<QueuedMessage> gone, ExpiredMessages expired)
    {
        if (gone.Count == 0) return;
        Finish(endpoint, queue, gone, BookExpired, null);
        expired.Add(gone);
    }

    private void Finish(
        StoredEndpoint endpoint, EndpointQueue queue, IReadOnlyList<QueuedMessage> done, Func<EndpointBook, QueuedMessage, EndpointBook> count,
        Func<WriteBatch, Action?>? alsoWrite)
    {
        using var batch = new WriteBatch();
        foreach (var queued in done)
        {
            batch.Delete(StoreKeys.QueueEntry(queue.Number, queued.Sequence));
            if (queued.Entry.Queues.All(number => number == queue.Number || !_queues[number].Holds(queued.Sequence)))
                batch.Delete(StoreKeys.Message(queued.Sequence));
        }

        var book = done.Aggregate(endpoint.Book, count);
        Put(batch, endpoint, book);
        WriteOr(batch, alsoWrite?.Invoke(batch));
        endpoint.Book = book;
        queue.Remove(done);
    }

    private EndpointQueue QueueOf(StoredEndpoint endpoint, int priority)
    {
        if (endpoint.QueueOf(priority) is { } queue) return queue;
        var number = _queues.Count == 0 ? 1 : _queues.Keys.Max() + 1;
        _database.Put(StoreKeys.QueueName(number), Encoding.UTF8.GetBytes($"{endpoint.Endpoint.Id}\0{priority}"));
        return AddQueue(endpoint, number, priority);
    }

    private EndpointQueue AddQueue(StoredEndpoint endpoint, uint number, int priority)
    {
        var queue = new EndpointQueue(_database, number, priority);
        endpoint.Add(queue);
        _queues.Add(number, queue);
        return queue;
    }

    private void WriteOr(WriteBatch batch, Action? undo)
    {
        try
        {
            _database.Write(batch);
        }
        catch
        {
            undo?.Invoke();
            throw;
        }
    }
}
