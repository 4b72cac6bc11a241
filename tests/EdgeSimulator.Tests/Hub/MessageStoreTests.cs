using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Tests.Hub;

public sealed class MessageStoreTests : IDisposable
{
    private static readonly RouteEndpoint Input = RouteEndpoint.ForInput("edge-1", "filter", "in");
    private static readonly DateTimeOffset Accepted = DateTimeOffset.UnixEpoch;
    private readonly string _directory = Directory.CreateTempSubdirectory("edgehub-store-").FullName;
    private Database _database;
    private MessageStore _store;

    public MessageStoreTests() => (_database, _store) = Open();

    [Fact]
    public void Peek_OfMoreThanMemoryHolds_KeepsOrderAndLosesNothing()
    {
        var endpoint = _store.Open(Input);
        const int Count = 2_500; // 25 MB, while 16 MB and 2,000 messages stay in memory
        for (var i = 0; i < Count; i++)
        {
            _store.Accept(Message($"{i}", new byte[10_000]), To(Input), null);
            if (i == 2_200) Work(endpoint, 0, 300);
        }

        Work(endpoint, 300, Count - 300);
        Assert.Empty(Take(endpoint, 10));
        Assert.Equal((Count, Count, 0), (endpoint.Book.AcceptedReadings, endpoint.Book.AcknowledgedReadings, endpoint.Book.QueuedMessages));
    }

    [Fact]
    public void Peek_AfterARestart_GoesOnWhereItWas()
    {
        var endpoint = _store.Open(Input);
        for (var i = 0; i < 500; i++) _store.Accept(Message($"{i}", new byte[10]), To(Input), null);
        Work(endpoint, 0, 123);
        Reopen();
        endpoint = _store.Open(Input);
        Assert.Equal(500 - 123, endpoint.Book.QueuedMessages);
        _store.Accept(Message("500", new byte[10]), To(Input), null);
        Work(endpoint, 123, 500 - 123 + 1);
        Assert.Empty(Take(endpoint, 10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Acknowledge_ByTheLastQueue_RemovesTheMessageFromTheStore(bool restartBetween)
    {
        var (input, upstream) = (_store.Open(Input), _store.Open(RouteEndpoint.Upstream));
        _store.Accept(Message("1", new byte[10]), To(Input, RouteEndpoint.Upstream), null);
        _store.Accept(Message("2", new byte[10]), To(Input, RouteEndpoint.Upstream), null);
        Work(input, 1, 2);
        Assert.Equal(2, StoredMessages());
        if (restartBetween)
        {
            Reopen();
            (input, upstream) = (_store.Open(Input), _store.Open(RouteEndpoint.Upstream));
        }

        _store.AcknowledgeUpstream(upstream, Arrivals(upstream), 100);
        Assert.Equal(1, StoredMessages());
        _store.AcknowledgeUpstream(upstream, Arrivals(upstream), 200);
        Assert.Equal(0, StoredMessages());
        Assert.Equal((2, 200), (_store.Cloud.Messages, _store.Cloud.FileBytes));
    }

    [Fact]
    public void Peek_PrefersTheQueueOfTheBetterPriority()
    {
        var endpoint = _store.Open(Input);
        _store.Accept(Message("low", new byte[1]), [new RouteTarget(Input, 5)], null);
        _store.Accept(Message("high", new byte[1]), [new RouteTarget(Input, 0)], null);
        Work(endpoint, ["high", "low"]);
    }

    [Fact]
    public void Accept_RemembersTheLastTenThousandIdsOfASender()
    {
        for (var i = 0; i <= RecentIds.UsualCapacity; i++) _store.Accept(Message($"{i}", new byte[1]), [], null);
        Reopen();
        _store.Accept(Message("1", new byte[1]), [], null); // the oldest still known
        _store.Accept(Message("0", new byte[1]), [], null); // forgotten, so new; takes the place of 1
        _store.Accept(Message("1", new byte[1]), [], null);
        var output = Assert.Single(_store.GetStatus().Outputs);
        Assert.Equal((RecentIds.UsualCapacity + 3, 1), (output.Messages, output.RepeatedMessages));
    }

    [Fact]
    public void Drop_CountsTheReadings()
    {
        var endpoint = _store.Open(Input);
        _store.Accept(Message("1", new byte[1], count: 3), To(Input), null);
        _store.Accept(Message("2", new byte[1], count: 4), To(Input), null);
        _store.Drop(endpoint, Take(endpoint, 1)[0]);
        Assert.Equal((7, 3, 4, 1), (endpoint.Book.AcceptedReadings, endpoint.Book.DroppedReadings, endpoint.Book.QueuedReadings, endpoint.Book.QueuedMessages));
        Assert.Equal(1, StoredMessages());
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static HubMessage Message(string id, byte[] body, int count = 1) =>
        new("source", "out", Accepted, [new("count", $"{count}")], [new("messageId", id)], body);

    private static RouteTarget[] To(params RouteEndpoint[] endpoints) => [.. endpoints.Select(endpoint => new RouteTarget(endpoint, Route.DefaultPriority))];

    private void Work(StoredEndpoint endpoint, int first, int count) => Work(endpoint, [.. Enumerable.Range(first, count).Select(i => $"{i}")]);

    private IReadOnlyList<CloudArrival> Arrivals(StoredEndpoint endpoint) => [.. Take(endpoint, 1).Select(CloudArrival.Of)];

    private IReadOnlyList<QueuedMessage> Take(StoredEndpoint endpoint, int max, int second = 0) => _store.Take(endpoint, max, At(second)).Messages;

    private static DateTimeOffset At(int second) => Accepted.AddSeconds(second);

    /// <summary>Takes and acknowledges, which must give these ids.</summary>
    private void Work(StoredEndpoint endpoint, string[] ids)
    {
        var worked = new List<string?>();
        while (worked.Count < ids.Length)
        {
            foreach (var queued in Take(endpoint, Math.Min(10, ids.Length - worked.Count)))
            {
                worked.Add(queued.Message.MessageId);
                _store.Acknowledge(endpoint, queued);
            }
        }

        Assert.Equal(ids, worked);
    }

    private int StoredMessages()
    {
        var messages = 0;
        _database.Scan(StoreKeys.Messages, (_, _) => messages++);
        return messages;
    }

    private void Reopen()
    {
        _database.Dispose();
        (_database, _store) = Open();
    }

    private (Database Database, MessageStore Store) Open()
    {
        var database = Database.Open(_directory);
        return (database, new MessageStore(database));
    }
}
