using System.Text;
using EdgeModules.Hosting.State;

namespace EdgeModules.Hosting.Tests.State;

/// <summary>What every <see cref="IStateStore"/> must do.</summary>
public abstract class StateStoreContract : IDisposable
{
    private readonly List<IStateStore> _opened = [];

    /// <summary>Opens the store of this test, again after the former one was disposed.</summary>
    protected abstract IStateStore Open();

    [Fact]
    public void Load_NewStore_IsEmpty()
    {
        var store = Opened();

        Assert.Empty(store.Load());
        Assert.Equal(0, store.JournalBytes);
        Assert.Null(store.Warning);
        Assert.Null(store.GetDocument("settings"));
    }

    [Fact]
    public void Load_AfterAppends_GivesAllInOrder()
    {
        var store = Opened();
        foreach (var record in Many) store.Append(Bytes(record));

        Assert.Equal(Many, Texts(store));
        Assert.Equal(Many.Sum(record => record.Length), store.JournalBytes);
    }

    [Fact]
    public void StartOver_WithRecordsAndDocuments_KeepsTheDocumentsOnly()
    {
        var store = Opened();
        foreach (var record in Many) store.Append(Bytes(record));
        store.PutDocument("settings", "{}"u8);

        Assert.StartsWith("No use", store.StartOver("No use"));
        store.Append("first"u8);
        store = Reopened(store);

        Assert.Equal(["first"], Texts(store));
        Assert.Equal(5, store.JournalBytes);
        Assert.Equal("{}"u8.ToArray(), store.GetDocument("settings"));
    }

    [Fact]
    public void Open_AfterAppends_GivesAllInOrderAndGoesOn()
    {
        var store = Opened();
        foreach (var record in Many) store.Append(Bytes(record));
        store = Reopened(store);
        store.Append("one more"u8);
        store = Reopened(store);

        Assert.Equal([.. Many, "one more"], Texts(store));
        Assert.Equal(Many.Sum(record => record.Length) + 8, store.JournalBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void Replace_Journal_LeavesTheNewRecordsOnly(int count)
    {
        var snapshot = Enumerable.Range(0, count).Select(i => $"part {i}").ToArray();
        var store = Opened();
        foreach (var record in Many) store.Append(Bytes(record));
        store.Replace(snapshot.Select(part => (ReadOnlyMemory<byte>)Bytes(part)));
        var bytes = store.JournalBytes;
        store.Append("after"u8);

        Assert.Equal(snapshot.Sum(part => part.Length), bytes);
        Assert.Equal([.. snapshot, "after"], Texts(store));
        Assert.Equal([.. snapshot, "after"], Texts(Reopened(store)));
    }

    [Fact]
    public void Replace_EmptyJournalByNothing_LeavesItEmpty()
    {
        var store = Opened();
        store.Replace([]);

        Assert.Empty(store.Load());
    }

    [Fact]
    public void Replace_RecordsThatCannotBeMade_ChangesNothing()
    {
        var store = Opened();
        store.Append("kept"u8);

        Assert.ThrowsAny<Exception>(() => store.Replace(Failing()));
        Assert.Equal(["kept"], Texts(store));
        store.Append("next"u8);
        Assert.Equal(["kept", "next"], Texts(Reopened(store)));

        static IEnumerable<ReadOnlyMemory<byte>> Failing()
        {
            yield return Bytes("first");
            throw new IOException("No more.");
        }
    }

    [Fact]
    public void StartOver_Journal_IsEmptyAndDocumentsStay()
    {
        var store = Opened();
        store.PutDocument("settings", "s"u8);
        foreach (var record in Many) store.Append(Bytes(record));
        var warning = store.StartOver("It is of no use");

        Assert.StartsWith("It is of no use", warning);
        Assert.Empty(store.Load());
        Assert.Equal(0, store.JournalBytes);
        store.Append("new"u8);
        store = Reopened(store);
        Assert.Equal(["new"], Texts(store));
        Assert.Equal("s"u8.ToArray(), store.GetDocument("settings"));
    }

    [Fact]
    public void Append_RecordsOfAnySize_AreGivenBackWhole()
    {
        var sizes = new[] { 0, 1, 7, 8, 9, 8_191, 8_192, 100_000, 300_000 };
        var store = Opened();
        foreach (var size in sizes) store.Append(Sized(size));
        store = Reopened(store);

        Assert.Equal(sizes.Select(Sized), store.Load());
    }

    [Fact]
    public void PutDocument_Twice_KeepsTheLast()
    {
        var store = Opened();
        store.PutDocument("settings", "old"u8);
        store.PutDocument("other", "x"u8);
        store.PutDocument("settings", "new"u8);
        store = Reopened(store);

        Assert.Equal("new"u8.ToArray(), store.GetDocument("settings"));
        Assert.Equal("x"u8.ToArray(), store.GetDocument("other"));
        Assert.Empty(store.Load());
    }

    [Fact]
    public void Replace_Journal_LeavesDocuments()
    {
        var store = Opened();
        store.PutDocument("settings", "s"u8);
        store.Append("a"u8);
        store.Replace([]);

        Assert.Equal("s"u8.ToArray(), Reopened(store).GetDocument("settings"));
    }

    public void Dispose()
    {
        foreach (var store in _opened) store.Dispose();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected virtual void CleanUp()
    {
    }

    protected static string[] Texts(IStateStore store) => [.. store.Load().Select(Encoding.UTF8.GetString)];

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected IStateStore Opened()
    {
        var store = Open();
        _opened.Add(store);
        return store;
    }

    private static string[] Many { get; } = [.. Enumerable.Range(0, 60).Select(i => $"record {i} {new string('x', i)}")];

    private static byte[] Sized(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private IStateStore Reopened(IStateStore store)
    {
        store.Dispose();
        return Opened();
    }
}
