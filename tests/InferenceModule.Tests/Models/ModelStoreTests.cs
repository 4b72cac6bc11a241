using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using EdgeModules.Testing.Fakes;

namespace EdgeModules.Inference.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TemporaryFolder _disk = new();
    private readonly FillingFolder _folder;
    private readonly ModelStore _store;

    public ModelStoreTests()
    {
        _folder = new FillingFolder(new FileFolder(_disk.Path));
        _store = new ModelStore(_folder);
    }

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Open_OfAnEmptyFolder_IsTheEmptyJournal() => Assert.Equal((ModelJournal.Empty, null), _store.Open());

    [Fact]
    public void Open_AfterSave_IsWhatWasSaved()
    {
        var journal = new ModelJournal
        {
            Active = new ModelEntry(Sha('a'), TinyModel.Manifest()), Previous = new ModelEntry(Sha('b')), Candidate = new ModelEntry(Sha('c')),
            Approved = Sha('c'),
            Phase = SwapPhase.Probation, Reason = "All rules hold.", ProbationBoots = 2,
        }.WithLoadBegun(Sha('a')).WithCommand("7").WithVerdict(new PastVerdict(Sha('d'), SwapPhase.Rejected, DateTimeOffset.UnixEpoch, "No."));
        _store.Save(journal);

        var (read, problem) = new ModelStore(_folder).Open();

        Assert.Null(problem);
        Assert.Equal(journal.ToUtf8(), read.ToUtf8());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"active\":{\"sha256\":\"../../etc\"},\"phase\":\"Idle\"}")]
    [InlineData("{\"format\":1,\"phase\":\"Nonsense\"}")]
    public void Open_OfADamagedJournal_SetsItAsideAndBeginsAnew(string content)
    {
        File.WriteAllText(_disk.File(ModelStore.JournalFile), content);

        var (journal, problem) = _store.Open();

        Assert.Equal(ModelJournal.Empty, journal);
        Assert.NotNull(problem);
        Assert.Equal(content, File.ReadAllText(_disk.File($"{ModelStore.JournalFile}.damaged")));
    }

    [Fact]
    public void Complete_OfTheRightFile_NamesItByItsHash()
    {
        var sha256 = Put([1, 2, 3], complete: false);

        Assert.Equal([1, 2, 3], _store.Complete(sha256));
        Assert.Equal([1, 2, 3], _store.Read(sha256));
        Assert.Equal(0, _store.PartLength(sha256));
    }

    [Fact]
    public void Complete_OfAnotherFile_DeletesIt()
    {
        using (var part = _store.AppendPart(Sha('a'))) part.Write([1, 2, 3]);

        Assert.Null(_store.Complete(Sha('a')));
        Assert.Empty(_folder.List());
    }

    [Fact]
    public void Read_OfAFileThatRotted_IsNullAndDeletesIt()
    {
        var sha256 = Put([1, 2, 3]);
        File.WriteAllBytes(_disk.File(ModelStore.FileOf(sha256)), [1, 2, 4]);

        Assert.Null(_store.Read(sha256));
        Assert.False(_store.Has(sha256));
    }

    [Fact]
    public void Save_OnAFullDisk_DropsUnreferencedModelsButNeverTheActiveAndTheOneBefore()
    {
        var (active, previous, stale, coming) = (Put([1]), Put([2]), Put([3]), Put([4]));
        var journal = new ModelJournal { Active = new ModelEntry(active), Previous = new ModelEntry(previous) };
        _store.Save(journal);
        _store.Use(coming);
        _folder.RoomAfterDeletes = 1;

        _store.Save(journal with { Reason = "again" });

        Assert.Equal("again", _store.Open().Journal.Reason);
        Assert.False(_store.Has(stale));
        Assert.True(_store.Has(active) && _store.Has(previous) && _store.Has(coming));
    }

    [Fact]
    public void Save_OnAFullDiskWithNothingToDrop_ThrowsAndKeepsTheJournalBefore()
    {
        var active = Put([1]);
        _store.Save(new ModelJournal { Active = new ModelEntry(active), Reason = "before" });
        _folder.RoomAfterDeletes = 100;

        Assert.Throws<IOException>(() => _store.Save(new ModelJournal { Active = new ModelEntry(active), Reason = "after" }));

        Assert.Equal("before", _store.Open().Journal.Reason);
        Assert.True(_store.Has(active));
    }

    private string Put(byte[] model, bool complete = true)
    {
        var sha256 = ModelStore.Hash(model);
        using (var part = _store.AppendPart(sha256)) part.Write(model);
        if (complete) _store.Complete(sha256);
        return sha256;
    }

    private static string Sha(char digit) => new(digit, 64);

    /// <summary>A disk that is full until some files have been deleted.</summary>
    private sealed class FillingFolder(IFileFolder inner) : IFileFolder
    {
        private const int NoSpace = 28;

        public int RoomAfterDeletes { get; set; }

        public long FreeBytes => inner.FreeBytes;

        public IReadOnlyList<string> List() => inner.List();

        public byte[]? Read(string name) => inner.Read(name);

        public long? LengthOf(string name) => inner.LengthOf(name);

        public Stream Append(string name) => inner.Append(name);

        public void Replace(string name, ReadOnlySpan<byte> content)
        {
            if (RoomAfterDeletes > 0) throw new IOException("No space left on device", NoSpace);
            inner.Replace(name, content);
        }

        public void Commit(string from, string to) => inner.Commit(from, to);

        public void Delete(string name)
        {
            inner.Delete(name);
            RoomAfterDeletes--;
        }
    }
}
