using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Testing.Crashing;

/// <summary>The disk of a module: what one process leaves, the next one finds.</summary>
public abstract class Volume : IDisposable
{
    /// <summary>As a new process does.</summary>
    public abstract IStateStore Open();

    /// <summary>The process is killed now: what its store writes from now on is not there for the next one.</summary>
    public abstract void Keep();

    /// <summary>As <see cref="Keep"/>, in the middle of what <paramref name="write"/> does.</summary>
    /// <param name="part">How much of it is on the disk, 0 to 1.</param>
    public abstract void KeepPart(Action write, double part);

    public abstract void Dispose();
}

/// <summary>For many runs: a save is there or not. Who is killed must not write any more.</summary>
public sealed class MemoryVolume : Volume
{
    private readonly InMemoryStateStore _store = new();

    public override IStateStore Open() => _store;

    public override void Keep()
    {
    }

    public override void KeepPart(Action write, double part)
    {
        if (part >= 1) write();
    }

    public override void Dispose() => _store.Dispose();
}

/// <summary>The real store on real files; LiteDB with the journal beside it.</summary>
public sealed class LiteDbVolume : Volume
{
    private const string Name = "module";
    private const string JournalName = $"{Name}.journal";

    private readonly List<TemporaryFolder> _folders = [new()];

    private TemporaryFolder Current => _folders[^1];

    public override IStateStore Open() => LiteDbStateStore.Open(Current.Path, Name, DateTimeOffset.UnixEpoch);

    /// <remarks>The killed process goes on, and ends, on files that nobody reads.</remarks>
    public override void Keep() => _folders.Add(Current.Copy());

    /// <remarks>A record of the journal is torn, over what lay in its place. Of a snapshot all is there or nothing: its writing has its own tests.</remarks>
    public override void KeepPart(Action write, double part)
    {
        var before = Current.Copy();
        _folders.Insert(0, before);
        write();
        var (old, written) = (Journal(before), Journal(Current));
        if (written.AsSpan().SequenceEqual(old))
        {
            if (part < 0.5) _folders.Add(before.Copy());
            else Keep();
            return;
        }

        Keep();
        var first = written.AsSpan().CommonPrefixLength(old);
        var torn = first + (int)((written.Length - first) * part);
        File.WriteAllBytes(Current.File(JournalName), [.. written.AsSpan(0, torn), .. old.AsSpan(Math.Min(torn, old.Length))]);
    }

    public override void Dispose() => _folders.ForEach(folder => folder.Dispose());

    private static byte[] Journal(TemporaryFolder folder) => File.Exists(folder.File(JournalName)) ? File.ReadAllBytes(folder.File(JournalName)) : [];
}
