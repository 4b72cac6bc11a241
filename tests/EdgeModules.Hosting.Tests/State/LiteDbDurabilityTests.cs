using System.Text;
using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Hosting.Tests.State;

/// <summary>
/// What a call has returned from survives kill -9: the files as they are at that moment, copied byte for byte, have it. LiteDB alone returns from a
/// commit before its log is written.
/// </summary>
public sealed class LiteDbDurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_HasReturned_TheFilesHaveTheRecord()
    {
        using var store = Open(_folder);
        for (var i = 0; i < 40; i++)
        {
            store.Append(Encoding.UTF8.GetBytes($"{i}"));
            using var crashed = _folder.Copy();
            using var after = Open(crashed);

            Assert.Equal(Numbers(i + 1), Texts(after));
            Assert.Null(after.Warning);
        }
    }

    [Fact]
    public void PutDocumentAndReplace_HaveReturned_TheFilesHaveThem()
    {
        using var store = Open(_folder);
        for (var i = 0; i < 15; i++)
        {
            store.Append("old"u8);
            store.PutDocument("settings", Encoding.UTF8.GetBytes($"{i}"));
            using (var crashed = _folder.Copy())
            using (var after = Open(crashed)) Assert.Equal($"{i}", Encoding.UTF8.GetString(after.GetDocument("settings")!));

            store.Replace(Numbers(i).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
            using (var crashed = _folder.Copy())
            using (var after = Open(crashed)) Assert.Equal(Numbers(i), Texts(after));
        }
    }

    [Fact]
    public void Append_ManyTimes_PassesTheLogIntoTheFileAndStaysDurable()
    {
        using var store = Open(_folder);
        for (var i = 0; i < 600; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
        using var crashed = _folder.Copy();
        using var after = Open(crashed);

        Assert.Equal(Numbers(600), Texts(after));
        Assert.InRange(new FileInfo(_folder.File("m-log.db")).Length, 0, 10_000_000);
    }

    /// <summary>A process that is killed while it writes leaves the log up to any byte.</summary>
    [Fact]
    public void Open_LogCutAtAnyPlace_GivesTheFirstRecordsWithoutDamage()
    {
        using (var store = Open(_folder))
        {
            for (var i = 0; i < 12; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
            store.Replace(Numbers(5).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
            for (var i = 5; i < 12; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
            using var full = _folder.Copy();
            var seen = new HashSet<int>();
            for (var length = new FileInfo(full.File("m-log.db")).Length; length >= 0; length -= 3_001)
            {
                using var crashed = full.Copy();
                using (var log = File.OpenWrite(crashed.File("m-log.db"))) log.SetLength(length);
                using var after = Open(crashed);
                var found = after.Load().Count;

                Assert.Equal(Numbers(found), Texts(after));
                Assert.Null(after.Warning);
                seen.Add(found);
            }

            Assert.Contains(12, seen);
            Assert.Contains(5, seen);
            Assert.DoesNotContain(seen, found => found < 5);
        }
    }

    [SkippableFact]
    public void Append_DiskIsFullForAWhile_FailsAndGoesOnWithoutLoss()
    {
        Skip.IfNot(File.Exists("/dev/full"), "Needs /dev/full, a device that is always full.");
        using (var store = Open(_folder)) store.Append("0"u8);
        File.Delete(_folder.File("m-log.db"));
        File.CreateSymbolicLink(_folder.File("m-log.db"), "/dev/full");

        using (var store = Open(_folder))
        {
            for (var i = 0; i < 3; i++) Assert.Contains("No space left", Assert.Throws<IOException>(() => store.Append("1"u8)).Message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => store.PutDocument("settings", "s"u8));
            Assert.Throws<IOException>(() => store.Replace([]));

            File.Delete(_folder.File("m-log.db"));
            store.Append("1"u8);
            store.Append("2"u8);
            store.PutDocument("settings", "s"u8);
        }

        using var after = Open(_folder);
        Assert.Equal(Numbers(3), Texts(after));
        Assert.Equal("s"u8.ToArray(), after.GetDocument("settings"));
    }

    [SkippableFact]
    public void Append_DiskStaysFull_LeavesNoThreadBehind()
    {
        Skip.IfNot(File.Exists("/dev/full"), "Needs /dev/full, a device that is always full.");
        File.CreateSymbolicLink(_folder.File("m-log.db"), "/dev/full");
        using var store = Open(_folder);
        Assert.Throws<IOException>(() => store.Append("0"u8));
        var before = System.Diagnostics.Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < 40; i++) Assert.Throws<IOException>(() => store.Append("0"u8));

        // Other tests run beside this one and have threads of their own.
        Assert.InRange(System.Diagnostics.Process.GetCurrentProcess().Threads.Count - before, -100, 20);
    }

    private static LiteDbStateStore Open(TemporaryFolder folder) => LiteDbStateStore.Open(folder.Path, "m", DateTimeOffset.UnixEpoch);

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i}")];

    private static string[] Texts(LiteDbStateStore store) => [.. store.Load().Select(Encoding.UTF8.GetString)];
}
