namespace EdgeModules.Hosting.State;

/// <summary>What a module remembers over restarts, kept in step with its store: the books, the keys of recent messages, and the journal of state changes.</summary>
public sealed class ModuleMemory(IStateStore store)
{
    /// <summary>The journal is replaced by a snapshot when both together have grown to this, or to five times the last snapshot.</summary>
    private const long CompactAtBytes = 4 << 20;

    private readonly RecentKeys _keys = new();
    private volatile IReadOnlyList<LedgerEntry> _savedBooks = [];
    private long _compactAt = CompactAtBytes;

    public Ledger Ledger { get; } = new();

    /// <summary>The books as they were saved last; for any thread.</summary>
    public IReadOnlyList<LedgerEntry> SavedBooks => _savedBooks;

    public bool Knows(string input, MessageKey key) => _keys.Contains(input, key);

    /// <param name="applyChange">Takes the state changes in order.</param>
    /// <returns>The last transaction, whose outputs may not have been sent; null when there is none.</returns>
    public JournalRecord? Restore(SpanAction applyChange)
    {
        JournalRecord? last = null;
        foreach (var bytes in store.Load())
        {
            last = JournalRecord.Read(bytes);
            foreach (var (input, key) in last.Messages) _keys.Add(input, key);
            if (last.Ledger is not null) Ledger.Restore(last.Ledger);
            if (!last.StateChange.IsEmpty) applyChange(last.StateChange.Span);
        }

        _savedBooks = Ledger.Entries();
        return last;
    }

    /// <summary>After a <see cref="Restore"/> that failed: goes on with the books and keys as far as they could be read, and without state.</summary>
    /// <returns>What the operator should know.</returns>
    public string StartOver(string cause)
    {
        var warning = store.StartOver(cause);
        Commit(new JournalRecord { Messages = _keys.All(), Ledger = Ledger.Entries() });
        return warning;
    }

    /// <exception cref="IOException">Nothing was saved.</exception>
    public void Commit(JournalRecord record)
    {
        store.Append(record.Encode().Span);
        foreach (var (input, key) in record.Messages) _keys.Add(input, key);
        if (record.Ledger is not null) _savedBooks = record.Ledger;
    }

    /// <summary>The state in memory may not be what the journal says: the next chance for a snapshot is to be taken, however short the journal is.</summary>
    public void WantSnapshot() => _compactAt = 0;

    /// <summary>Between two transactions, when all outputs of the last one have been sent.</summary>
    public void CompactIfDue(Func<IEnumerable<ReadOnlyMemory<byte>>> snapshot)
    {
        if (store.JournalBytes < _compactAt) return;
        try
        {
            Compact(snapshot());
        }
        catch (IOException)
        {
            // The journal is whole as it is; it is only longer than it need be. A full disk shows at the next transaction.
        }
    }

    /// <exception cref="IOException">Nothing changed.</exception>
    public void Compact(IEnumerable<ReadOnlyMemory<byte>> snapshot)
    {
        store.Replace(Records().Select(record => record.Encode()));
        _compactAt = Math.Max(CompactAtBytes, 5 * store.JournalBytes);

        IEnumerable<JournalRecord> Records()
        {
            foreach (var change in snapshot) yield return new JournalRecord { StateChange = change };
            yield return new JournalRecord { Messages = _keys.All(), Ledger = Ledger.Entries() };
        }
    }

    /// <summary>Takes the bytes of one state change.</summary>
    public delegate void SpanAction(ReadOnlySpan<byte> change);
}
