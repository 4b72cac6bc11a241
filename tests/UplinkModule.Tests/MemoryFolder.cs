using EdgeModules.Hosting.State;

namespace EdgeModules.Uplink.Tests;

/// <summary>A folder whose disk is as large, and as willing, as a test says.</summary>
internal sealed class MemoryFolder : IFileFolder
{
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What the disk holds in all, others' files included.</summary>
    public long DiskBytes { get; set; } = long.MaxValue;

    /// <summary>What the disk says to every write; null when it obeys.</summary>
    public string? Refusal { get; set; }

    /// <summary>What the disk says to every look at the folder; null when it obeys.</summary>
    public string? ListRefusal { get; set; }

    public long FreeBytes => DiskBytes - Files.Values.Sum(file => (long)file.Length);

    public IReadOnlyList<string> List() => ListRefusal is { } refusal ? throw new IOException(refusal) : [.. Files.Keys];

    public byte[]? Read(string name) => Files.GetValueOrDefault(name);

    public long? LengthOf(string name) => Files.GetValueOrDefault(name)?.Length;

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        if (Refusal is { } refusal) throw new IOException(refusal);
        Files[name] = content.ToArray();
    }

    public void Delete(string name) => Files.Remove(name);

    public Stream Append(string name) => throw new NotSupportedException("Batches are written whole.");

    public void Commit(string from, string to) => throw new NotSupportedException("Batches are written whole.");
}
