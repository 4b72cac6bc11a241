using EdgeModules.Hosting.State;

namespace EdgeModules.Testing.Fakes;

/// <summary>Outlives the pumps that use it, as a file outlives processes; and fails where a test wants it to.</summary>
public sealed class InMemoryStateStore : IStateStore
{
    private readonly List<byte[]> _journal = [];
    private readonly Dictionary<string, byte[]> _documents = [];

    /// <summary>Runs before anything is written; what it throws, the caller gets, and nothing was written.</summary>
    public Action BeforeWrite { get; set; } = static () => { };

    /// <summary>Runs when all is written; what it throws, the caller gets.</summary>
    public Action AfterWrite { get; set; } = static () => { };

    public int Appends { get; private set; }

    public int Replacements { get; private set; }

    public long JournalBytes => _journal.Sum(record => (long)record.Length);

    public string? Warning { get; init; }

    /// <summary>The records as the module understands them.</summary>
    public IReadOnlyList<JournalRecord> Records => [.. _journal.Select(JournalRecord.Read)];

    public IEnumerable<byte[]> Load() => [.. _journal.Select(record => record.ToArray())];

    public void Append(ReadOnlySpan<byte> record)
    {
        BeforeWrite();
        _journal.Add(record.ToArray());
        Appends++;
        AfterWrite();
    }

    public void Replace(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        BeforeWrite();
        var all = records.Select(record => record.ToArray()).ToList();
        _journal.Clear();
        _journal.AddRange(all);
        Replacements++;
        AfterWrite();
    }

    public string StartOver(string cause)
    {
        Replace([]);
        return cause;
    }

    public byte[]? GetDocument(string name) => _documents.GetValueOrDefault(name)?.ToArray();

    public void PutDocument(string name, ReadOnlySpan<byte> content)
    {
        BeforeWrite();
        _documents[name] = content.ToArray();
        AfterWrite();
    }

    public void Dispose()
    {
    }
}
