namespace EdgeSimulator.Running;

/// <summary>Where a run keeps what outlives its processes: the hub's store, the modules' state, logs, and <c>cloud.jsonl</c>.</summary>
public sealed class RunDirectory : IDisposable
{
    private const string LockName = "lock";
    private const int Kept = 5;

    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream heldLock) => (FullPath, _lock) = (path, heldLock);

    public string FullPath { get; }

    public string CloudFile => Path.Combine(FullPath, "cloud.jsonl");

    /// <summary>A directory that the user named: kept, and used again by a later run.</summary>
    /// <exception cref="SimulatorException">It cannot be used, or another simulator uses it.</exception>
    public static RunDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The state directory {path} (--state) cannot be used: {error.Message}", error);
        }

        return new RunDirectory(
            path, TryLock(path) ?? throw new SimulatorException($"The state directory {path} (--state) is in use by another simulator, or cannot be written."));
    }

    /// <summary>A fresh one under <c>.edgesimulator</c>; of those that no simulator uses any more the newest are kept, five with this one.</summary>
    public static RunDirectory CreateFresh(string root, DateTimeOffset now)
    {
        var parent = Path.Combine(root, ".edgesimulator");
        var fresh = Open(Path.Combine(parent, $"{now:yyyyMMdd-HHmmss}-{Environment.ProcessId}"));
        foreach (var old in Directory.GetDirectories(parent).Order(StringComparer.Ordinal).SkipLast(Kept)) TryDelete(old);
        return fresh;
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream? TryLock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryDelete(string directory)
    {
        using (var unused = TryLock(directory))
        {
            if (unused is null) return;
        }

        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be deleted now is tried again by the next run.
        }
    }
}
