using System.Security.Cryptography;
using EdgeModules.Hosting.State;
using EdgeModules.Inference.Swap;

namespace EdgeModules.Inference.Models;

/// <summary>
/// Models as files named by their SHA-256, which never change; a journal that says which of them are in use; the last reports. Everything is put in place
/// whole or not at all. When the disk is full, models that the journal does not name are dropped; the active one and the one before never.
/// </summary>
public sealed class ModelStore(IFileFolder folder)
{
    public const string JournalFile = "journal.json";
    public const string ReportsFile = "reports.json";
    public const string ToldFile = "told";
    private const string ModelEnd = ".onnx";
    private const string PartEnd = ".part";

    private readonly Lock _lock = new();
    private HashSet<string> _kept = [];
    private HashSet<string> _inUse = [];

    /// <summary>The model file under its name.</summary>
    public static string FileOf(string sha256) => sha256 + ModelEnd;

    /// <summary>What has come of it so far.</summary>
    public static string PartOf(string sha256) => sha256 + PartEnd;

    /// <returns>The journal, the empty one where there is none; and what is wrong with it, or null. A damaged one is set aside.</returns>
    public (ModelJournal Journal, string? Problem) Open()
    {
        if (folder.Read(JournalFile) is not { } saved) return (ModelJournal.Empty, null);
        try
        {
            var journal = ModelJournal.Read(saved);
            _kept = [.. journal.Kept];
            return (journal, null);
        }
        catch (FormatException error)
        {
            folder.Replace($"{JournalFile}.damaged", saved);
            return (ModelJournal.Empty, error.Message);
        }
    }

    /// <exception cref="IOException">It could not be saved; the one before stands.</exception>
    public void Save(ModelJournal journal)
    {
        var utf8 = journal.ToUtf8();
        // Both the old and the new journal's models stay until the new one is on the disk.
        var kept = journal.Kept.ToHashSet();
        lock (_lock) _kept = [.. _kept, .. kept];
        WithRoom(() => folder.Replace(JournalFile, utf8));
        lock (_lock) _kept = kept;
    }

    /// <exception cref="IOException">It could not be saved.</exception>
    public void SaveReports(byte[] utf8) => WithRoom(() => folder.Replace(ReportsFile, utf8));

    public byte[]? ReadReports() => folder.Read(ReportsFile);

    /// <summary>The last report has been sent.</summary>
    /// <exception cref="IOException">It could not be saved.</exception>
    public void SaveTold(byte[] utf8) => WithRoom(() => folder.Replace(ToldFile, utf8));

    public byte[]? ReadTold() => folder.Read(ToldFile);

    /// <summary>The model being brought in: kept, too, when the disk is full.</summary>
    public void Use(string? sha256)
    {
        lock (_lock) _inUse = sha256 is null ? [] : [sha256];
    }

    public long PartLength(string sha256) => folder.LengthOf(PartOf(sha256)) ?? 0;

    public bool Has(string sha256) => folder.LengthOf(FileOf(sha256)) is not null;

    /// <summary>For adding to what has come so far.</summary>
    public Stream AppendPart(string sha256) => folder.Append(PartOf(sha256));

    public void DeletePart(string sha256) => folder.Delete(PartOf(sha256));

    /// <summary>The bytes of a model, hashed again: a file that is not what its name says is deleted.</summary>
    /// <returns>Null when there is no such file, or there was.</returns>
    public byte[]? Read(string sha256)
    {
        if (folder.Read(FileOf(sha256)) is not { } model) return null;
        if (Hash(model) == sha256) return model;
        folder.Delete(FileOf(sha256));
        return null;
    }

    /// <summary>Takes what has come as the whole: hashes it and gives it its name.</summary>
    /// <returns>Its bytes; null when it is another file than its name says, and is deleted now.</returns>
    public byte[]? Complete(string sha256)
    {
        if (Read(sha256) is { } there) return there;
        if (folder.Read(PartOf(sha256)) is not { } model) return null;
        if (Hash(model) != sha256)
        {
            folder.Delete(PartOf(sha256));
            return null;
        }

        WithRoom(() => folder.Commit(PartOf(sha256), FileOf(sha256)));
        return model;
    }

    /// <summary>Deletes every model, whole or in part, that neither the journal names nor is being brought in.</summary>
    public int DropUnreferenced()
    {
        HashSet<string> kept;
        lock (_lock) kept = [.. _kept, .. _inUse];
        var dropped = 0;
        foreach (var name in folder.List())
        {
            var sha256 = Path.GetFileNameWithoutExtension(name);
            if (!(name.EndsWith(ModelEnd, StringComparison.Ordinal) || name.EndsWith(PartEnd, StringComparison.Ordinal)) || kept.Contains(sha256)) continue;
            folder.Delete(name);
            dropped++;
        }

        return dropped;
    }

    /// <summary>Does it again, once, when the disk was full and something could be dropped.</summary>
    public void WithRoom(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            if (DropUnreferenced() == 0) throw;
            write();
        }
    }

    public static bool IsDiskFull(IOException error) => (error.HResult & 0xFFFF) is NoSpaceLinux or NoQuotaLinux or DiskFullWindows or HandleDiskFullWindows;

    public static string Hash(ReadOnlySpan<byte> model) => Convert.ToHexStringLower(SHA256.HashData(model));

    private const int NoSpaceLinux = 28;
    private const int NoQuotaLinux = 122;
    private const int DiskFullWindows = 112;
    private const int HandleDiskFullWindows = 39;
}
