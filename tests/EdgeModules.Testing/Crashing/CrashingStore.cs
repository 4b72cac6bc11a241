using EdgeModules.Hosting.State;

namespace EdgeModules.Testing.Crashing;

/// <summary>The store of one process, which asks before it saves whether the process is killed there, and takes nothing from a dead one.</summary>
/// <param name="append">Does the save that it is given, or throws.</param>
/// <param name="replace">As <paramref name="append"/>, for a snapshot, which the module does not repeat when it fails.</param>
/// <param name="compactAfter">So many records look like a journal that is to be replaced by a snapshot.</param>
internal sealed class CrashingStore(IStateStore inner, Action<Action> append, Action<Action> replace, int compactAfter) : IStateStore
{
    private int _records;

    public long JournalBytes => _records < compactAfter ? 0 : long.MaxValue / 4;

    public string? Warning => inner.Warning;

    public IEnumerable<byte[]> Load() => inner.Load();

    public void Append(ReadOnlySpan<byte> record)
    {
        var bytes = record.ToArray();
        append(() => inner.Append(bytes));
        _records++;
    }

    public void Replace(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        replace(() => inner.Replace(records));
        _records = 0;
    }

    public string StartOver(string cause) => inner.StartOver(cause);

    public byte[]? GetDocument(string name) => inner.GetDocument(name);

    public void PutDocument(string name, ReadOnlySpan<byte> content) => inner.PutDocument(name, content);

    public void Dispose() => inner.Dispose();
}
