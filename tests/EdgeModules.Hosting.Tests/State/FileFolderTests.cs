using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Hosting.Tests.State;

public sealed class FileFolderTests : IDisposable
{
    private readonly TemporaryFolder _disk = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Replace_OfAFile_PutsTheNewContentInItsPlace()
    {
        var folder = new FileFolder(_disk.File("batches"));
        Assert.Empty(folder.List());
        folder.Replace("a", [1, 2]);
        folder.Replace("a", [3]);

        Assert.Equal(["a"], folder.List());
        Assert.Equal([3], folder.Read("a"));
        Assert.Equal(1, folder.LengthOf("a"));
    }

    [Fact]
    public void Read_NoSuchFile_IsNull()
    {
        var folder = new FileFolder(_disk.File("batches"));
        Assert.Null(folder.Read("a"));
        Assert.Null(folder.LengthOf("a"));
    }

    [Fact]
    public void Delete_OfAFile_TakesItAway()
    {
        var folder = new FileFolder(_disk.Path);
        folder.Replace("a", [1]);
        folder.Delete("a");
        folder.Delete("a");
        Assert.Empty(folder.List());
    }

    [Fact]
    public void FreeBytes_OfADisk_AreWhatItHasLeft() => Assert.InRange(new FileFolder(_disk.File("batches")).FreeBytes, 1, long.MaxValue - 1);

    [Fact]
    public void Replace_FolderCannotBeMade_Throws()
    {
        File.WriteAllText(_disk.File("batches"), "not a folder");
        var folder = new FileFolder(_disk.File("batches"));
        Assert.ThrowsAny<IOException>(() => folder.Replace("a", [1]));
        Assert.Equal(long.MaxValue, folder.FreeBytes);
    }
}
