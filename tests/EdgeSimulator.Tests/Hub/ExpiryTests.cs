using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Delivery;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Time to live in the store: who expires when, what is removed, and that the books agree.</summary>
public sealed class ExpiryTests : IDisposable
{
    private const int Priority = 5;
    private static readonly RouteEndpoint Input = RouteEndpoint.ForInput("edge-1", "filter", "in");
    private static readonly DateTimeOffset Accepted = DateTimeOffset.UnixEpoch;
    private readonly string _directory = Directory.CreateTempSubdirectory("edgehub-expiry-").FullName;
    private Database _database;
    private MessageStore _store;
    private StoredEndpoint _input;

    public ExpiryTests() => (_database, _store, _input) = Open();

    /// <summary>Time to live of the route (0: none) and of the hub (null: for ever), the second of the look, and whether the message is still there.</summary>
    public static TheoryData<uint, int?, int, bool> Lifetimes => new()
    {
        { 0, 10, 9, true },
        { 0, 10, 10, false },
        { 20, 10, 19, true },
        { 20, 10, 20, false },
        { 5, 10, 5, false },
        { 5, null, 5, false },
        { 0, null, int.MaxValue, true },
        { 0, 0, 0, false },
        { uint.MaxValue, 0, int.MaxValue, true },
    };

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void Take_AfterSomeSeconds_GivesWhatHasNotExpired(uint ofRoute, int? ofHub, int second, bool there)
    {
        _store.Accept(Message("1"), [new RouteTarget(Input, Priority, ofRoute)], ofHub is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        var batch = _store.Take(_input, 10, At(second));
        Assert.Equal(there ? 1 : 0, batch.Messages.Count);
        Assert.Equal((there ? 0 : 1, there ? 0 : 3), (batch.Expired.Messages, batch.Expired.Readings));
        Assert.Equal((3, there ? 0 : 3, there ? 3 : 0, there ? 1 : 0), Book());
        Assert.Equal(there ? 1 : 0, StoredMessages());
    }

    [Fact]
    public void Take_ExpiredBetweenOthers_SkipsAndRemovesOnlyThem()
    {
        foreach (var (id, seconds) in new[] { ("1", 5u), ("2", 50u), ("3", 5u), ("4", 50u) }) Accept(id, seconds);
        Assert.Equal(["2", "4"], Take(10, second: 10));
        Assert.Equal((12, 6, 6, 2), Book());
        Reopen();
        Assert.Equal(["2", "4"], Take(10, second: 10));
        Assert.Equal(2, StoredMessages());
    }

    [Fact]
    public void Take_QueueOfTheBestPriorityExpiredWhole_GoesOnToTheNext()
    {
        _store.Accept(Message("1"), [new RouteTarget(Input, 0, 5)], null);
        _store.Accept(Message("2"), [new RouteTarget(Input, 9)], null);
        var batch = _store.Take(_input, 10, At(6));
        Assert.Equal((9, 1), (batch.Priority, batch.Expired.Messages));
        Assert.Equal(["2"], batch.Messages.Select(queued => queued.Message.MessageId));
    }

    [Fact]
    public void Take_MessageInHand_IsNotLookedAtAgain()
    {
        Accept("1", 5);
        Accept("2", 5);
        Assert.Equal(["1"], Take(1, second: 0));
        Assert.Equal(["1"], Take(10, second: 10));
        Assert.Equal((6, 3, 3, 1), Book());
    }

    [Theory]
    [InlineData(false, new[] { "3", "4", "5" })]
    [InlineData(true, new[] { "3", "5" })]
    public void RemoveExpired_FromTheHeadOrEverywhere_RemovesTheRightOnes(bool entire, string[] left)
    {
        foreach (var (id, seconds) in new[] { ("1", 5u), ("2", 5u), ("3", 50u), ("4", 5u), ("5", 50u) }) Accept(id, seconds);
        var expired = _store.RemoveExpired(_input, At(10), entire);
        Assert.Equal(5 - left.Length, expired.Messages);
        Assert.Equal(new Dictionary<(string, string?), long> { [("source", "out")] = expired.Messages }, expired.BySender);
        Assert.Equal((15, 3 * expired.Messages, 3 * left.Length, left.Length), Book());
        Assert.Equal(left.Length, StoredMessages());
        Reopen();
        Assert.Equal(left, Take(10, second: 0));
    }

    [Fact]
    public void RemoveExpired_MessageInHand_StaysAndIsNoEndOfTheLook()
    {
        foreach (var id in new[] { "1", "2", "3" }) Accept(id, 5);
        var taken = _store.Take(_input, 1, At(0)).Messages[0];
        Assert.Equal(2, _store.RemoveExpired(_input, At(10), entire: false).Messages);
        _store.Acknowledge(_input, taken);
        Assert.Equal((9, 6, 0, 0), Book());
        Assert.Equal(0, StoredMessages());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RemoveExpired_MoreThanMemoryHolds_RemovesAll(bool entire)
    {
        const int Count = 2_500;
        for (var i = 0; i < Count; i++) Accept($"{i}", i % 2 == 0 || !entire ? 5u : 50u);
        Accept("last", 50);
        _store.RemoveExpired(_input, At(10), entire);
        var left = entire ? Count / 2 + 1 : 1;
        Assert.Equal((left, left), (StoredMessages(), Book().Messages));
        Assert.Equal("last", TakeAll().Last());
    }

    [Fact]
    public void RemoveExpired_MessageOfTwoEndpoints_GoesWithTheLastOfThem()
    {
        var upstream = _store.Open(RouteEndpoint.Upstream);
        RouteTarget[] both = [new(Input, Priority, 5), new(RouteEndpoint.Upstream, Priority, 50)];
        _store.Accept(Message("1"), [both[0], both[1] with { TimeToLiveSeconds = 500 }], null);
        _store.Accept(Message("2"), both, null);
        _store.RemoveExpired(_input, At(10), entire: false);
        Assert.Equal(2, StoredMessages());
        // Out of the middle of one queue, then by the other: nothing may stay behind.
        _store.Accept(Message("3"), both, null);
        _store.RemoveExpired(upstream, At(60), entire: true);
        Assert.Equal(2, StoredMessages());
        _store.RemoveExpired(_input, At(60), entire: true);
        Assert.Equal(1, StoredMessages());
        _store.AcknowledgeUpstream(upstream, [.. _store.Take(upstream, 10, At(60)).Messages.Select(CloudArrival.Of)], 1);
        Assert.Equal(0, StoredMessages());
        Assert.Equal((9, 6, 0, 0), (upstream.Book.AcceptedReadings, upstream.Book.ExpiredReadings, upstream.Book.QueuedReadings, upstream.Book.QueuedMessages));
    }

    [Fact]
    public void Take_RepeatThatExpired_IsNotCounted()
    {
        Accept("1", 5);
        Accept("1", 5);
        var batch = _store.Take(_input, 10, At(10));
        Assert.Equal((2, 3), (batch.Expired.Messages, batch.Expired.Readings));
        Assert.Equal((3, 3, 0, 0), Book());
    }

    [Fact]
    public void Open_EntriesOfAVersionWithoutExpiry_AreKeptForEver()
    {
        Accept("1", 5);
        var key = StoreKeys.QueueEntry(1, 1);
        _database.Put(key, BookCodec.Encode(0, 1)); // not a repeat, in queue 1
        Reopen();
        Assert.Equal(["1"], Take(10, second: int.MaxValue));
        _store.Acknowledge(_input, _store.Take(_input, 1, At(0)).Messages[0]);
        Assert.Equal(0, StoredMessages());
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static HubMessage Message(string id) => new("source", "out", Accepted, [new("count", "3")], [new("messageId", id)], new byte[10]);

    private static DateTimeOffset At(int second) => Accepted.AddSeconds(second);

    private void Accept(string id, uint seconds) => _store.Accept(Message(id), [new RouteTarget(Input, Priority, seconds)], TimeSpan.FromSeconds(1));

    private IEnumerable<string?> Take(int max, int second) => _store.Take(_input, max, At(second)).Messages.Select(queued => queued.Message.MessageId);

    private List<string?> TakeAll()
    {
        var all = new List<string?>();
        while (_store.Take(_input, 100, At(0)).Messages is { Count: > 0 } batch)
        {
            foreach (var queued in batch)
            {
                all.Add(queued.Message.MessageId);
                _store.Acknowledge(_input, queued);
            }
        }

        return all;
    }

    private (long Accepted, long Expired, long Queued, long Messages) Book()
    {
        var book = _input.Book;
        Assert.Equal(book.QueuedMessages, _input.Queues.Sum(queue => queue.Count));
        return (book.AcceptedReadings, book.ExpiredReadings, book.QueuedReadings, book.QueuedMessages);
    }

    private int StoredMessages() => (int)_database.Count(StoreKeys.Messages);

    private void Reopen()
    {
        _database.Dispose();
        (_database, _store, _input) = Open();
    }

    private (Database Database, MessageStore Store, StoredEndpoint Input) Open()
    {
        var database = Database.Open(_directory);
        var store = new MessageStore(database);
        return (database, store, store.Open(Input));
    }
}
