using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Hosting.Tests.State;

public sealed class InMemoryStateStoreTests : StateStoreContract
{
    private readonly InMemoryStateStore _store = new();

    protected override IStateStore Open() => _store;
}

public sealed class LiteDbStateStoreTests : StateStoreContract
{
    private readonly TemporaryFolder _folder = new();

    protected override IStateStore Open() => LiteDbStateStore.Open(_folder.Path, "FilterModule", DateTimeOffset.UnixEpoch);

    protected override void CleanUp() => _folder.Dispose();

    [Fact]
    public void Open_DirectoryThatIsNotThere_IsMade()
    {
        var folder = _folder.File("a/b");
        LiteDbStateStore.Open(folder, "FilterModule", DateTimeOffset.UnixEpoch).Dispose();

        Assert.True(File.Exists(Path.Combine(folder, "FilterModule.db")));
    }

    [Fact]
    public void Open_FileThatIsOpenAlready_IsAConfigurationError()
    {
        Opened();
        var error = Assert.Throws<ModuleConfigurationException>(Open);

        Assert.StartsWith($"StateDirectory is \"{_folder.Path}\": ", error.Message);
        Assert.EndsWith("It must be a folder that this module, and no other process, can write.", error.Message);
    }

    [Theory]
    [InlineData("/proc/nowhere")]
    [InlineData("/dev/null/state")]
    public void Open_DirectoryThatCannotBeMade_IsAConfigurationError(string directory) =>
        Assert.StartsWith($"StateDirectory is \"{directory}\": ",
            Assert.Throws<ModuleConfigurationException>(() => LiteDbStateStore.Open(directory, "m", DateTimeOffset.UnixEpoch)).Message);

    [Theory]
    [InlineData("../other")]
    [InlineData("/etc/other")]
    [InlineData("..\\other")]
    [InlineData("a\0b")]
    public void Open_ModuleIdThatIsAPath_IsAConfigurationErrorAndMakesNoFile(string id)
    {
        var error = Assert.Throws<ModuleConfigurationException>(() => LiteDbStateStore.Open(_folder.File("state"), id, DateTimeOffset.UnixEpoch));
        Assert.StartsWith("The module's id is", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Open_StateDirectoryThatIsAFile_IsAConfigurationError()
    {
        File.WriteAllText(_folder.File("file"), "");

        Assert.Throws<ModuleConfigurationException>(() => LiteDbStateStore.Open(_folder.File("file"), "m", DateTimeOffset.UnixEpoch));
    }

    [SkippableFact]
    public void Open_DiskThatIsFull_IsAConfigurationErrorAndNothingIsSetAside()
    {
        Skip.IfNot(File.Exists("/dev/full"), "Needs /dev/full, a device that is always full.");
        File.CreateSymbolicLink(_folder.File("FilterModule.db"), "/dev/full");

        Assert.Contains("No space left", Assert.Throws<ModuleConfigurationException>(Open).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.Contains("damaged", StringComparison.Ordinal));
    }
}
