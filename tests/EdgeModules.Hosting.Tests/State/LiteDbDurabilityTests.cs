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
    public void Append_AfterManySnapshots_UsesTheSpaceOfTheJournalAgain()
    {
        using var store = Open(_folder);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 50; i++) store.Append(new byte[1000]);
            store.Replace([]);
        }

        store.Append("0"u8);
        using var crashed = _folder.Copy();
        using var after = Open(crashed);

        Assert.Equal(Numbers(1), Texts(after));
        Assert.Null(after.Warning);
        Assert.InRange(new FileInfo(_folder.File("m.journal")).Length, 50_000, 60_000);
    }

    /// <summary>A process that is killed while it writes leaves the journal up to any byte.</summary>
    [Fact]
    public void Open_JournalCutAtAnyPlace_GivesTheFirstRecordsWithoutDamage()
    {
        using var store = Open(_folder);
        for (var i = 0; i < 12; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
        store.Replace(Numbers(5).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        for (var i = 5; i < 9; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
        using var full = _folder.Copy();
        var seen = new HashSet<int>();
        var last = 4 * 29;
        for (var length = last; length >= 0; length--)
        {
            using var crashed = full.Copy();
            using (var journal = File.OpenWrite(crashed.File("m.journal"))) journal.SetLength(length);
            using var after = Open(crashed);
            var found = after.Load().Count();

            Assert.Equal(Numbers(found), Texts(after));
            Assert.Null(after.Warning);
            after.Append(Encoding.UTF8.GetBytes($"{found}"));
            Assert.Equal(Numbers(found + 1), Texts(after));
            seen.Add(found);
        }

        Assert.Equal([5, 6, 7, 8, 9], seen.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(400)]
    public void Replace_KilledOnTheWay_LeavesWhatWas(int records)
    {
        using var store = Open(_folder);
        store.Append("0"u8);
        store.Replace(Numbers(1).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        store.Append("1"u8);
        TemporaryFolder? crashed = null;
        store.Replace(Killed());
        using var folder = crashed!;
        using var after = Open(folder);

        Assert.Equal(Numbers(2), Texts(after));
        Assert.Null(after.Warning);

        IEnumerable<ReadOnlyMemory<byte>> Killed()
        {
            for (var i = 0; i < records; i++) yield return new byte[50_000];
            crashed = _folder.Copy();
            yield return new byte[10];
        }
    }

    [Fact]
    public void Replace_FailedButOnDiskAllTheSame_IsTakenForDone()
    {
        using var store = Open(_folder);
        store.Append("old"u8);
        store.AfterReplacing = () => throw new IOException("The disk went away.");

        Assert.Throws<IOException>(() => store.Replace([Encoding.UTF8.GetBytes("0")]));
        store.AfterReplacing = null;
        store.Append("1"u8);
        Assert.Equal(Numbers(2), Texts(store));
        using var crashed = _folder.Copy();
        using var after = Open(crashed);
        Assert.Equal(Numbers(2), Texts(after));
    }

    [SkippableTheory]
    [InlineData("m.journal")]
    [InlineData("m-log.db")]
    public void Append_DiskIsFullForAWhile_FailsAndGoesOnWithoutLoss(string file)
    {
        Skip.IfNot(File.Exists("/dev/full"), "Needs /dev/full, a device that is always full.");
        using (var store = Open(_folder)) store.Replace([Encoding.UTF8.GetBytes("0")]);
        File.Delete(_folder.File(file));
        File.CreateSymbolicLink(_folder.File(file), "/dev/full");

        using (var store = Open(_folder))
        {
            if (file == "m.journal")
            {
                for (var i = 0; i < 3; i++) Assert.Contains("No space left", Assert.Throws<IOException>(() => store.Append("1"u8)).Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Throws<IOException>(() => store.PutDocument("settings", "s"u8));
                Assert.Throws<IOException>(() => store.Replace([]));
            }

            File.Delete(_folder.File(file));
            store.Append("1"u8);
            store.Append("2"u8);
            store.PutDocument("settings", "s"u8);
        }

        using var after = Open(_folder);
        Assert.Equal(Numbers(3), Texts(after));
        Assert.Equal("s"u8.ToArray(), after.GetDocument("settings"));
    }

    [SkippableFact]
    public void PutDocument_DiskStaysFull_LeavesNoThreadBehind()
    {
        Skip.IfNot(File.Exists("/dev/full"), "Needs /dev/full, a device that is always full.");
        Open(_folder).Dispose();
        File.Delete(_folder.File("m-log.db"));
        File.CreateSymbolicLink(_folder.File("m-log.db"), "/dev/full");
        using var store = Open(_folder);
        Assert.Throws<IOException>(() => store.PutDocument("settings", "s"u8));
        var before = System.Diagnostics.Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < 40; i++) Assert.Throws<IOException>(() => store.PutDocument("settings", "s"u8));

        // Other tests run beside this one and have threads of their own.
        Assert.InRange(System.Diagnostics.Process.GetCurrentProcess().Threads.Count - before, -100, 20);
    }

    private static LiteDbStateStore Open(TemporaryFolder folder) => LiteDbStateStore.Open(folder.Path, "m", DateTimeOffset.UnixEpoch);

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i}")];

    private static string[] Texts(LiteDbStateStore store) => [.. store.Load().Select(Encoding.UTF8.GetString)];
}
