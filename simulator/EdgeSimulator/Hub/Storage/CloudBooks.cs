using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Delivery;
using RocksDbSharp;

namespace EdgeSimulator.Hub.Storage;

/// <summary>What the cloud has taken in: in sums, by output, and by what came in batches. Not thread-safe; the store's lock is held around it.</summary>
internal sealed class CloudBooks
{
    /// <summary>Of a module: what waited for days may come long after what is new.</summary>
    private const int BatchedIdsKept = 100_000;

    private readonly Database _database;
    private readonly RecentIds _ids;
    private readonly RecentIds _batchedIds;
    private readonly SumsByName<CloudBook> _streams;
    private readonly SumsByName<CloudBook> _batchedStreams;
    private readonly SumsByName<BatchBook> _batches;
    private readonly Dictionary<string, string> _outputs = [];

    public CloudBooks(Database database)
    {
        _database = database;
        _ids = new RecentIds(database, StoreKeys.CloudIds);
        _batchedIds = new RecentIds(database, StoreKeys.BatchedIds, BatchedIdsKept);
        _streams = new SumsByName<CloudBook>(database, StoreKeys.CloudStreams, CloudBook.Empty, CloudBook.Decode, book => book.Encode());
        _batchedStreams = new SumsByName<CloudBook>(database, StoreKeys.BatchedStreams, CloudBook.Empty, CloudBook.Decode, book => book.Encode());
        _batches = new SumsByName<BatchBook>(database, StoreKeys.Batches, BatchBook.Empty, BatchBook.Decode, book => book.Encode());
        database.Scan(StoreKeys.OutputNames, (key, value) => _outputs[StoreKeys.NameIn(key)] = Encoding.UTF8.GetString(value));
        Sums = database.Get(StoreKeys.Cloud) is { } cloud ? CloudBook.Decode(cloud) : CloudBook.Empty;
    }

    public CloudBook Sums { get; private set; }

    public IReadOnlyList<StreamStatus> Streams => ToStreams(_streams);

    public IReadOnlyList<StreamStatus> BatchedStreams => ToStreams(_batchedStreams);

    public IReadOnlyList<BatchStatus> Batches =>
    [
        .. _batches.All.Select(pair => new BatchStatus(
            pair.Name, pair.Book.Batches, pair.Book.Items, pair.Book.Bytes, pair.Book.BodyBytes, pair.Book.MeteredUnits, pair.Book.Unreadable, pair.Book.Members,
            pair.Book.MemberItems, pair.Book.DuplicateMembers, pair.Book.DuplicateItems, pair.Book.MeteredUnitsAlone)),
    ];

    public void SetFile(long fileId, long fileBytes)
    {
        var sums = Sums with { FileId = fileId, FileBytes = fileBytes };
        _database.Put(StoreKeys.Cloud, sums.Encode());
        Sums = sums;
    }

    /// <summary>Keeps which output of a module sends which type: a message in a batch tells the type alone. Two that send the same are told apart by nothing.</summary>
    public void Learn(HubMessage message)
    {
        if (message is not { Output: { } output, MessageType: { } type }) return;
        var name = $"{message.Module}\0{type}";
        if (!_outputs.TryGetValue(name, out var known)) known = output;
        else if (known == output || known.Length == 0) return;
        else known = "";
        _database.Put(StoreKeys.Named(StoreKeys.OutputNames, name), Encoding.UTF8.GetBytes(known));
        _outputs[name] = known;
    }

    /// <summary>Adds to the books and to the batch.</summary>
    /// <param name="fileBytes">Length of the cloud file now that it holds them.</param>
    /// <returns>What is to be done when the batch is written, and what when it could not be.</returns>
    public (Action Keep, Action Undo) Take(IReadOnlyList<CloudArrival> arrivals, long fileBytes, WriteBatch batch)
    {
        var sums = Sums with { FileBytes = fileBytes };
        Action undo = () => { };
        foreach (var arrival in arrivals)
        {
            var message = arrival.Message;
            var isDuplicate = IsKnown(_ids, message);
            // In a message sent again is nothing new.
            var readings = message.IsTwinChange && !isDuplicate ? 0 : message.Readings;
            if (arrival.Batch is { } unpacked && !isDuplicate) readings = TakeBatch(message, unpacked);
            sums = sums.With(readings, message.MeteredBytes, isDuplicate);
            _streams.Change($"{message.Module}\0{message.Output}", book => book.With(readings, message.MeteredBytes, isDuplicate));
        }

        batch.Put(StoreKeys.Cloud, sums.Encode());
        IReadOnlyList<ISums> books = [_streams, _batchedStreams, _batches];
        foreach (var book in books) book.Write(batch);
        return (
            () =>
            {
                Sums = sums;
                foreach (var book in books) book.Keep();
            },
            () =>
            {
                foreach (var book in books) book.Drop();
                undo();
            });

        bool IsKnown(RecentIds ids, HubMessage message)
        {
            if (message.MessageId is not { } id) return false;
            if (ids.Contains(message.Module, id)) return true;
            undo += ids.Add(batch, message.Module, id);
            return false;
        }

        long TakeBatch(HubMessage message, CloudBatch unpacked)
        {
            var fresh = unpacked.Members.ToLookup(member => !IsKnown(_batchedIds, member));
            var items = fresh[true].Sum(member => member.Readings);
            foreach (var (isNew, member) in fresh.SelectMany(group => group.Select(member => (group.Key, member))))
                _batchedStreams.Change(NameOf(member), book => book.With(member.Readings, CloudBatch.BytesAlone(member), !isNew));
            _batches.Change(PriorityOf(message), book => new BatchBook(
                book.Batches + 1,
                book.Items + message.Readings,
                book.Bytes + message.MeteredBytes,
                book.BodyBytes + message.Body.Length,
                book.MeteredUnits + MeteredUnit.CountOf(message.MeteredBytes),
                book.Unreadable + (unpacked.Error is null ? 0 : 1),
                book.Members + fresh[true].Count(),
                book.MemberItems + items,
                book.DuplicateMembers + fresh[false].Count() + unpacked.DoubleMembers,
                book.DuplicateItems + fresh[false].Sum(member => member.Readings) + unpacked.DoubleItems,
                book.MeteredUnitsAlone + fresh[true].Sum(member => MeteredUnit.CountOf(CloudBatch.BytesAlone(member)))));
            return items;
        }
    }

    private static string PriorityOf(HubMessage message) =>
        message.ApplicationProperties.FirstOrDefault(property => property.Key == ApplicationProperties.Priority).Value ?? "";

    private static IReadOnlyList<StreamStatus> ToStreams(SumsByName<CloudBook> books) =>
    [
        .. from pair in books.All
           let name = pair.Name.Split('\0')
           orderby name[0], name[1]
           select new StreamStatus(name[0], name[1], pair.Book.Messages, pair.Book.Readings, pair.Book.Bytes, pair.Book.MeteredUnits),
    ];

    private string NameOf(HubMessage member)
    {
        var output = _outputs.GetValueOrDefault($"{member.Module}\0{member.MessageType}");
        return $"{member.Module}\0{(string.IsNullOrEmpty(output) ? member.MessageType : output)}";
    }
}
