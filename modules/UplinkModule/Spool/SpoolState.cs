using EdgeModules.Hosting.Connectivity;
using EdgeModules.Uplink.Packing;
using EdgeModules.Uplink.Sending;

namespace EdgeModules.Uplink.Spool;

/// <summary>What waits for the cloud. Changed by events only, so that the same events give the same state after a restart.</summary>
internal sealed class SpoolState
{
    private readonly LaneState[] _lanes = [new(), new()];
    private readonly List<StoredBatch> _lastSent = [];

    public DayCost Cost { get; private set; } = DayCost.Empty;

    public ConnectivityState Connectivity { get; private set; } = ConnectivityState.Online;

    /// <summary>Unix milliseconds; 0 when it never changed.</summary>
    public long ConnectivitySince { get; private set; }

    /// <summary>Readings or items in messages and batches that wait.</summary>
    public long Items { get; private set; }

    /// <summary>Of the files of batches that wait.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Batches that were sent by the last row of events.</summary>
    public IReadOnlyList<StoredBatch> LastSent => _lastSent;

    public LaneState this[Lane lane] => _lanes[(int)lane];

    /// <summary>To be called before the events of a step.</summary>
    public void BeginStep() => _lastSent.Clear();

    /// <exception cref="InvalidDataException">It cannot follow the events before it.</exception>
    public void Apply(SpoolEvent happened)
    {
        switch (happened)
        {
            case SpoolEvent.Accepted accepted:
                this[accepted.Lane].Add(accepted.Member);
                Items += accepted.Member.Count;
                break;
            case SpoolEvent.Sealed isSealed:
                this[isSealed.Batch.Lane].Take(isSealed.Batch.Members);
                Store(isSealed.Batch);
                break;
            case SpoolEvent.Dropped dropped:
                Items -= this[dropped.Lane].Take(dropped.Members);
                break;
            case SpoolEvent.Sent sent:
                var batch = Remove(sent.Lane, sent.Number);
                Cost = Cost.With(batch, DateTimeOffset.FromUnixTimeMilliseconds(sent.At));
                Items -= batch.Count;
                _lastSent.Add(batch);
                break;
            case SpoolEvent.Removed removed:
                Items -= Remove(removed.Lane, removed.Number).Count;
                break;
            case SpoolEvent.Adopted adopted:
                Store(adopted.Batch);
                Items += adopted.Batch.Count;
                break;
            case SpoolEvent.Connectivity connectivity:
                (Connectivity, ConnectivitySince) = (connectivity.State, connectivity.Since);
                break;
            case SpoolEvent.Cost cost:
                Cost = cost.Day;
                break;
            case SpoolEvent.Numbered numbered:
                this[numbered.Lane].NextNumber = Math.Max(this[numbered.Lane].NextNumber, numbered.Next);
                break;
        }
    }

    /// <summary>Events that make this state from an empty one.</summary>
    public IEnumerable<SpoolEvent> ToEvents()
    {
        yield return new SpoolEvent.Cost(Cost);
        yield return new SpoolEvent.Connectivity(Connectivity, ConnectivitySince);
        foreach (var lane in Lanes.All)
        {
            foreach (var batch in this[lane].Stored) yield return new SpoolEvent.Adopted(batch);
            yield return new SpoolEvent.Numbered(lane, this[lane].NextNumber);
            foreach (var member in this[lane].Tail) yield return new SpoolEvent.Accepted(lane, member);
        }
    }

    private void Store(StoredBatch batch)
    {
        this[batch.Lane].Store(batch);
        StoredBytes += batch.Bytes;
    }

    private StoredBatch Remove(Lane lane, long number)
    {
        var batch = this[lane].Remove(number);
        StoredBytes -= batch.Bytes;
        return batch;
    }
}

/// <summary>What waits in one lane.</summary>
internal sealed class LaneState
{
    private readonly List<TailMember> _tail = [];
    private readonly SortedDictionary<long, StoredBatch> _stored = [];

    /// <summary>Messages that wait for their batch, in order.</summary>
    public IReadOnlyList<TailMember> Tail => _tail;

    /// <summary>Of the messages, not compressed.</summary>
    public long TailBytes { get; private set; }

    /// <summary>Batches that wait on the disk, the oldest first.</summary>
    public IReadOnlyCollection<StoredBatch> Stored => _stored.Values;

    public StoredBatch? Oldest => _stored.Count == 0 ? null : _stored.First().Value;

    /// <summary>Of the next batch, or a higher one; 0 before the first.</summary>
    public long NextNumber { get; set; }

    public bool IsStored(long number) => _stored.ContainsKey(number);

    public void Add(TailMember member)
    {
        _tail.Add(member);
        TailBytes += member.Encoded.Length;
    }

    /// <returns>Readings or items in them.</returns>
    public long Take(int members)
    {
        if (members > _tail.Count) throw new InvalidDataException($"The saved state takes {members} messages; {_tail.Count} wait.");
        var items = 0L;
        for (var i = 0; i < members; i++)
        {
            items += _tail[i].Count;
            TailBytes -= _tail[i].Encoded.Length;
        }

        _tail.RemoveRange(0, members);
        return items;
    }

    public void Store(StoredBatch batch)
    {
        if (!_stored.TryAdd(batch.Number, batch)) throw new InvalidDataException($"The saved state has batch {batch.Id} twice.");
        NextNumber = Math.Max(NextNumber, batch.Number + 1);
    }

    public StoredBatch Remove(long number) =>
        _stored.Remove(number, out var batch) ? batch : throw new InvalidDataException($"The saved state takes batch {number}, which does not wait.");
}
