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

/// <summary>The real store on real files.</summary>
public sealed class LiteDbVolume : Volume
{
    private const string Name = "module";

    private readonly List<TemporaryFolder> _folders = [new()];

    private TemporaryFolder Current => _folders[^1];

    public override IStateStore Open() => LiteDbStateStore.Open(Current.Path, Name, DateTimeOffset.UnixEpoch);

    /// <remarks>The killed process goes on, and ends, on files that nobody reads.</remarks>
    public override void Keep() => _folders.Add(Current.Copy());

    /// <remarks>LiteDB appends to its log; where it also moves the log into the file, the save counts as done.</remarks>
    public override void KeepPart(Action write, double part)
    {
        var before = LogBytes();
        write();
        var after = LogBytes();
        Keep();
        if (after <= before) return;
        using var log = new FileStream(LogFile, FileMode.Open, FileAccess.Write);
        log.SetLength(before + (long)((after - before) * part));
    }

    public override void Dispose() => _folders.ForEach(folder => folder.Dispose());

    private string LogFile => Current.File($"{Name}-log.db");

    private long LogBytes() => new FileInfo(LogFile) is { Exists: true } log ? log.Length : 0;
}
