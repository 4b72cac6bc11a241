using System.Text;
using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;
using LiteDB;

namespace EdgeModules.Hosting.Tests.State;

/// <summary>A state file that is damaged is set aside, never deleted, and the module starts.</summary>
public sealed class LiteDbDamageTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no database at all")]
    [InlineData("")]
    public void Open_FileOfAnotherKind_IsSetAsideWhole(string start)
    {
        var content = Encoding.UTF8.GetBytes((start + new string('x', 16_384))[..16_384]);
        File.WriteAllBytes(_folder.File("m.db"), content);
        File.WriteAllText(_folder.File("m-log.db"), "its log");
        using var store = Open();
        store.Append("new"u8);

        Assert.Single(store.Load());
        Assert.EndsWith($"it was set aside as {_folder.File("m.db.damaged-20260131-120000")} and the module starts without state.", store.Warning);
        Assert.Equal(content, File.ReadAllBytes(_folder.File("m.db.damaged-20260131-120000")));
        Assert.True(File.Exists(_folder.File("m.db.damaged-20260131-120000-log")));
    }

    [Fact]
    public void Open_SecondDamageInTheSameSecond_HasAnotherName()
    {
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllText(_folder.File("m.db"), new string((char)('a' + i), 9_000));
            Open().Dispose();
        }

        Assert.Equal(
            ["m.db.damaged-20260131-120000", "m.db.damaged-20260131-120000-1", "m.db.damaged-20260131-120000-2"],
            Directory.GetFiles(_folder.Path, "*.damaged-*").Select(Path.GetFileName).Where(name => !name!.EndsWith("-log", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Open_OneDamagedRecord_UsesThoseBeforeItAndKeepsACopy()
    {
        FillSnapshot(10);
        using (var database = new LiteDatabase(_folder.File("m.db")))
        {
            var journal = database.GetCollection("journal");
            var fifth = journal.FindById(5);
            fifth["data"] = "five"u8.ToArray();
            journal.Update(fifth);
        }

        using (var store = Open())
        {
            Assert.Equal(["1", "2", "3", "4"], Texts(store));
            Assert.Equal(
                $"6 records of the state file are damaged; it was set aside as {_folder.File("m.db.damaged-20260131-120000")}, and the 4 records before the damage are used.",
                store.Warning);
            store.Append("next"u8);
        }

        using var again = Open();
        Assert.Equal(["1", "2", "3", "4", "next"], Texts(again));
        Assert.Null(again.Warning);
        Assert.True(new FileInfo(_folder.File("m.db.damaged-20260131-120000")).Length > 0);
    }

    [Fact]
    public void Open_RecordThatIsMissing_UsesThoseBeforeIt()
    {
        FillSnapshot(10);
        using (var database = new LiteDatabase(_folder.File("m.db"))) database.GetCollection("journal").Delete(5);
        using var store = Open();

        Assert.Equal(["1", "2", "3", "4"], Texts(store));
        Assert.NotNull(store.Warning);
    }

    [Fact]
    public void Open_LastRecordsOfTheSnapshotMissing_DoesNotGoOnWithTheJournal()
    {
        FillSnapshot(10);
        using (var database = new LiteDatabase(_folder.File("m.db"))) database.GetCollection("journal").DeleteMany("_id > 7");
        using var store = Open();

        Assert.Equal(Numbers(7), Texts(store));
        Assert.StartsWith("3 records of the state file are damaged; ", store.Warning);
    }

    [Fact]
    public void Open_RecordInTheMiddleOfTheJournalDamaged_UsesThoseBeforeItAndKeepsACopy()
    {
        using (var store = Open())
        {
            for (var i = 1; i <= 6; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
        }

        using (var journal = File.OpenWrite(_folder.File("m.journal")))
        {
            journal.Position = 3 * 29 + 28;
            journal.WriteByte((byte)'x');
        }

        using (var store = Open())
        {
            var aside = _folder.File("m.db.damaged-20260131-120000");
            Assert.Equal($"The journal of the state is damaged; it was set aside as {aside}, and the 3 records before the damage are used.", store.Warning);
            Assert.Equal(Numbers(3), Texts(store));
            Assert.Equal(6 * 29, new FileInfo(aside + "-journal").Length);
            store.Append("4"u8);
        }

        using var again = Open();
        Assert.Equal(Numbers(4), Texts(again));
        Assert.Null(again.Warning);
    }

    /// <summary>There is no record left in it that would tell that there was one.</summary>
    [Fact]
    public void Open_JournalOfGarbage_UsesTheSnapshotAndKeepsACopy()
    {
        FillSnapshot(3);
        using (var store = Open()) store.Append("4"u8);
        File.WriteAllText(_folder.File("m.journal"), new string('x', 200));
        using var after = Open();

        Assert.Equal(Numbers(3), Texts(after));
        Assert.StartsWith("The journal of the state is damaged; ", after.Warning);
        Assert.Equal(new string('x', 200), File.ReadAllText(_folder.File("m.db.damaged-20260131-120000-journal")));
    }

    /// <summary>As a power cut leaves a first record: its place is there, or a part of it, and its bytes are not.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("EM")]
    [InlineData("\0\0\0\0\0\0")]
    public void Open_JournalWhoseFirstRecordIsNotThereYet_IsNoDamage(string content)
    {
        FillSnapshot(3);
        File.WriteAllText(_folder.File("m.journal"), content);
        using var store = Open();

        Assert.Equal(Numbers(3), Texts(store));
        Assert.Null(store.Warning);
    }

    [Fact]
    public void Open_WithoutTheDatabase_SetsTheJournalAside()
    {
        FillSnapshot(3);
        File.Delete(_folder.File("m.db"));
        using var store = Open();

        Assert.Empty(store.Load());
        Assert.StartsWith("The head of the state file is damaged; ", store.Warning);
        Assert.True(File.Exists(_folder.File("m.db.damaged-20260131-120000-journal")));
    }

    /// <summary>State of a version that had its journal in LiteDB.</summary>
    [Fact]
    public void Open_StateWithoutAHead_IsTakenOver()
    {
        FillSnapshot(3);
        File.Delete(_folder.File("m.journal"));
        using (var database = new LiteDatabase(_folder.File("m.db"))) database.DropCollection("head");
        using (var store = Open())
        {
            Assert.Equal(Numbers(3), Texts(store));
            store.Append("4"u8);
        }

        using var again = Open();
        Assert.Equal(Numbers(4), Texts(again));
        Assert.Null(again.Warning);
    }

    [Fact]
    public void StartOver_State_IsSetAsideWhole()
    {
        using var store = Open();
        store.Append("1"u8);
        store.Append("2"u8);
        var warning = store.StartOver("The saved state cannot be read");
        var aside = _folder.File("m.db.damaged-20260131-120000");

        Assert.StartsWith($"The saved state cannot be read; it was set aside as {aside}", warning);
        Assert.True(File.Exists(aside));
        Assert.Contains("2", File.ReadAllText(aside + "-journal"), StringComparison.Ordinal);
    }

    [Fact]
    public void GetDocument_Damaged_IsAbsent()
    {
        using (var store = Open()) store.PutDocument("settings", "good"u8);
        using (var database = new LiteDatabase(_folder.File("m.db")))
        {
            var documents = database.GetCollection("documents");
            var settings = documents.FindById("settings");
            settings["data"] = "evil"u8.ToArray();
            documents.Update(settings);
        }

        using var after = Open();
        Assert.Null(after.GetDocument("settings"));
    }

    /// <summary>Whatever a card that is wearing out makes of the files, the module starts, and what it gives is the beginning of what was written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Open_BytesChangedAnywhere_StartsWithAPrefixOfTheRecords(int seed)
    {
        using var store = Open();
        store.Replace(Numbers(12).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        for (var i = 13; i <= 30; i++) store.Append(Encoding.UTF8.GetBytes($"{i}"));
        using var files = _folder.Copy();
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            using var damaged = files.Copy();
            var file = damaged.File(random.Next(3) == 0 ? "m.journal" : "m.db");
            var bytes = File.ReadAllBytes(file);
            for (var hits = random.Next(1, 30); hits > 0; hits--) bytes[Place(random, bytes.Length)] = (byte)random.Next(256);
            if (bytes.Length >= 8192 && random.Next(4) == 0) bytes.AsSpan(random.Next(bytes.Length / 8192) * 8192, 8192).Clear();
            File.WriteAllBytes(file, bytes);

            using var after = LiteDbStateStore.Open(damaged.Path, "m", Now);
            var found = Texts(after);
            Assert.Equal(Numbers(found.Length), found);
            AppendStubbornly(after, "next");
            // LiteDB's index pages have no checksum either: about one damage in a thousand is seen at the next opening only.
            var left = Texts(after);
            if (left.Length > 0 && left[^1] == "next") left = left[..^1];
            Assert.Equal(Numbers(left.Length), left);
        }
    }

    /// <summary>As the pump does it: a second attempt when the first one finds damage that reading did not come by.</summary>
    private static void AppendStubbornly(LiteDbStateStore store, string text)
    {
        try
        {
            store.Append(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException error)
        {
            Assert.Contains("it was set aside as", error.Message, StringComparison.Ordinal);
            store.Append(Encoding.UTF8.GetBytes(text));
        }
    }

    // Most of a page is empty; what matters is at its start and at its end.
    private static int Place(Random random, int length)
    {
        if (length < 8192) return random.Next(length);
        var page = random.Next(length / 8192) * 8192;
        return page + random.Next(3) switch { 0 => random.Next(64), 1 => 8191 - random.Next(256), _ => random.Next(8192) };
    }

    private void FillSnapshot(int records)
    {
        using var store = Open();
        store.Replace(Numbers(records).Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        store.Append("in the journal"u8);
    }

    private LiteDbStateStore Open() => LiteDbStateStore.Open(_folder.Path, "m", Now);

    private static string[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(i => $"{i}")];

    private static string[] Texts(LiteDbStateStore store) => [.. store.Load().Select(Encoding.UTF8.GetString)];
}
