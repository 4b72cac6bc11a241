namespace EdgeModules.Hosting.State;

/// <summary>The folder on a disk.</summary>
public sealed class FileFolder(string path) : IFileFolder
{
    private const string Fresh = ".new";

    public long FreeBytes
    {
        get
        {
            try
            {
                Directory.CreateDirectory(path);
                return new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return long.MaxValue;
            }
        }
    }

    public IReadOnlyList<string> List() => Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))] : [];

    public byte[]? Read(string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public long? LengthOf(string name) => new FileInfo(PathOf(name)) is { Exists: true } file ? file.Length : null;

    public Stream Append(string name)
    {
        Directory.CreateDirectory(path);
        var file = new FileStream(PathOf(name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(path);
        var fresh = PathOf(name + Fresh);
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, PathOf(name), overwrite: true);
        FlushNames();
    }

    public void Commit(string from, string to)
    {
        using (var file = new FileStream(PathOf(from), FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        FlushNames();
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    /// <summary>
    /// A rename is in the folder, which the disk may write later than the file. Where a folder cannot be opened, as on Windows, the rename is durable by
    /// itself.
    /// </summary>
    private void FlushNames()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            using var folder = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
            RandomAccess.FlushToDisk(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The rename has happened; at worst a power cut within the next seconds takes it back, to the old content, which is whole too.
        }
    }

    private string PathOf(string name) => Path.Combine(path, name);
}
