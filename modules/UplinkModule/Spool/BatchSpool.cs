using EdgeModules.Hosting.State;

namespace EdgeModules.Uplink.Spool;

/// <summary>
/// What waits for the cloud: messages and the index of batches in the module's journal, the batches themselves as files. A file is on the disk before the
/// journal tells of it, and is deleted after the journal has told that it is not needed, so a crash between leaves at most a file too many.
/// </summary>
internal sealed class BatchSpool(IFileFolder folder)
{
    // Of one state change of a snapshot.
    private const int SnapshotBytes = 64 << 10;

    private readonly CompactWriter _change = new();
    private readonly List<string> _obsolete = [];

    public SpoolState State { get; private set; } = new();

    /// <summary>What the events since <see cref="BeginStep"/> are saved as; holds until the next of them.</summary>
    public ReadOnlyMemory<byte> Change => _change.Written;

    public long FreeBytes => folder.FreeBytes;

    /// <summary>What the step before sent has arrived at edgeHub.</summary>
    public void BeginStep()
    {
        _change.Clear();
        foreach (var batch in State.LastSent) _obsolete.Add(BatchFile.NameOf(batch.Lane, batch.Number));
        State.BeginStep();
        _obsolete.RemoveAll(TryDelete);
    }

    public void Do(SpoolEvent happened)
    {
        State.Apply(happened);
        happened.Write(_change);
    }

    public void Restore(ReadOnlySpan<byte> change)
    {
        State.BeginStep();
        var reader = new CompactReader(change);
        while (!reader.IsAtEnd) State.Apply(SpoolEvent.Read(ref reader));
    }

    public IEnumerable<ReadOnlyMemory<byte>> Snapshot()
    {
        var writer = new CompactWriter();
        foreach (var happened in State.ToEvents())
        {
            happened.Write(writer);
            if (writer.Length < SnapshotBytes) continue;
            yield return writer.Written;
            writer.Clear();
        }

        if (writer.Length > 0) yield return writer.Written;
    }

    /// <summary>Forgets all. The files go with the next step, when the journal has told of it; numbers are not used again.</summary>
    public void Reset()
    {
        var before = State;
        foreach (var lane in Lanes.All) _obsolete.AddRange(before[lane].Stored.Select(batch => BatchFile.NameOf(lane, batch.Number)));
        State = new SpoolState();
        State.Apply(new SpoolEvent.Cost(before.Cost));
        State.Apply(new SpoolEvent.Connectivity(before.Connectivity, before.ConnectivitySince));
        foreach (var lane in Lanes.All) State.Apply(new SpoolEvent.Numbered(lane, before[lane].NextNumber));
    }

    /// <summary>Forgets what a journal said that could not be read; the files are left to <see cref="Reconcile"/>.</summary>
    public void Forget() => State = new SpoolState();

    /// <exception cref="IOException">The disk refuses; nothing has changed.</exception>
    public StoredBatch Seal(StoredBatch batch, ReadOnlyMemory<byte> body)
    {
        var file = BatchFile.Encode(batch, body.Span);
        folder.Replace(BatchFile.NameOf(batch.Lane, batch.Number), file);
        batch = batch with { Bytes = file.Length };
        Do(new SpoolEvent.Sealed(batch));
        return batch;
    }

    /// <returns>Null when it is not there any more, or damaged.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public ReadOnlyMemory<byte>? Load(StoredBatch batch) =>
        folder.Read(BatchFile.NameOf(batch.Lane, batch.Number)) is { } file && BatchFile.Decode(file) is { } found && found.Batch.FirstId == batch.FirstId
            ? found.Body
            // Null alone would be taken for empty memory.
            : default(ReadOnlyMemory<byte>?);

    /// <summary>Takes a batch out that was not sent. Its space is there at once.</summary>
    public void Remove(StoredBatch batch)
    {
        Do(new SpoolEvent.Removed(batch.Lane, batch.Number));
        var name = BatchFile.NameOf(batch.Lane, batch.Number);
        if (!TryDelete(name)) _obsolete.Add(name);
    }

    /// <summary>After a start: files and journal may differ by what a crash came between, and by what damage took from either.</summary>
    /// <exception cref="IOException">The disk refuses; nothing has changed.</exception>
    public Reconciliation Reconcile()
    {
        var files = folder.List().ToHashSet();
        var lost = Lanes.All.SelectMany(lane => State[lane].Stored).Where(batch => !files.Contains(BatchFile.NameOf(batch.Lane, batch.Number))).ToList();
        var (adopted, damaged, obsolete) = (new List<StoredBatch>(), new List<string>(), new List<string>());
        foreach (var name in files)
        {
            if (BatchFile.ParseName(name) is not { } found || State[found.Lane].IsStored(found.Number)) continue;
            if (State.LastSent.Any(batch => (batch.Lane, batch.Number) == found)) continue;
            // It was sent or evicted before, and the crash came before its deletion.
            if (found.Number < State[found.Lane].NextNumber) obsolete.Add(name);
            else if (folder.Read(name) is not { } file || BatchFile.Decode(file) is not { } sealedBatch) damaged.Add(name);
            // The crash came before the journal could tell that its messages are a batch: they will be one again.
            else if (IsWaiting(sealedBatch.Batch)) obsolete.Add(name);
            else adopted.Add(sealedBatch.Batch);
        }

        _obsolete.AddRange(obsolete.Where(name => !TryDelete(name)));
        foreach (var batch in lost) Do(new SpoolEvent.Removed(batch.Lane, batch.Number));
        // In order, since each raises the number below which a file is an old one.
        foreach (var batch in adopted.OrderBy(batch => batch.Number)) Do(new SpoolEvent.Adopted(batch));
        return new Reconciliation(lost, adopted, damaged);
    }

    /// <summary>Whether all its messages wait for a batch.</summary>
    private bool IsWaiting(StoredBatch batch)
    {
        var tail = State[batch.Lane].Tail;
        return batch.Members > 0 && tail.Count >= batch.Members && tail[0].Id == batch.FirstId;
    }

    private bool TryDelete(string name)
    {
        try
        {
            folder.Delete(name);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next step tries again, and the next start finds it.
            return false;
        }
    }
}

/// <param name="Lost">The journal knew them, and there is no file.</param>
/// <param name="Adopted">The journal did not know them.</param>
/// <param name="Damaged">Files that cannot be read; they stay where they are.</param>
internal sealed record Reconciliation(IReadOnlyList<StoredBatch> Lost, IReadOnlyList<StoredBatch> Adopted, IReadOnlyList<string> Damaged);
