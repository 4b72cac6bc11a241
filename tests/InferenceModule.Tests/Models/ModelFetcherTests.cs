using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Inference.Tests.Models;

public sealed class ModelFetcherTests : IDisposable
{
    private const long Most = 1 << 20;
    private static readonly byte[] Model = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
    private static readonly string Sha256 = ModelStore.Hash(Model);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly TemporaryFolder _disk = new();
    private readonly TemporaryFolder _mounted = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Server _server = new();
    private readonly ModelStore _store;
    private readonly ModelFetcher _fetcher;

    public ModelFetcherTests()
    {
        _store = new ModelStore(new FileFolder(_disk.Path));
        _fetcher = new ModelFetcher(_store, _server, _mounted.Path, _time);
    }

    public void Dispose()
    {
        _disk.Dispose();
        _mounted.Dispose();
    }

    [Fact]
    public async Task FetchAsync_WhenTheConnectionBreaks_GoesOnWhereItWas()
    {
        _server.BreakAfter.Enqueue(70_000);
        _server.BreakAfter.Enqueue(50_000);

        await RunAsync(Remote());

        Assert.Equal(Model, _store.Complete(Sha256));
        Assert.Equal([0L, 70_000, 120_000], _server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_FromAServerWithoutRanges_BeginsAnew()
    {
        _server.BreakAfter.Enqueue(70_000);
        _server.KnowsRanges = false;

        await RunAsync(Remote());

        Assert.Equal(Model, _store.Complete(Sha256));
    }

    [Fact]
    public async Task FetchAsync_OfWhatIsThere_AsksNobody()
    {
        await RunAsync(Remote());
        _store.Complete(Sha256);
        _server.Offsets.Clear();

        await RunAsync(Remote());

        Assert.Empty(_server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_WhileNothingAnswers_WaitsLongerAndLongerUpToTheLimit()
    {
        _server.IsDown = true;
        var start = _time.GetUtcNow();

        var error = await Assert.ThrowsAsync<ModelFetchException>(() => RunAsync(Remote()));

        Assert.Contains("24 hours", error.Message, StringComparison.Ordinal);
        Assert.InRange((_time.GetUtcNow() - start).TotalHours, 23.5, 24.1);
        // 5, 10, 20 … 640 s, then a try each quarter of an hour.
        Assert.InRange(_server.Offsets.Count, 95, 110);
    }

    [Fact]
    public async Task FetchAsync_OfTooMuch_IsRefusedAndLeavesNothing()
    {
        await Assert.ThrowsAsync<ModelFetchException>(() => RunAsync(Remote(), most: 100_000));
        _server.TellsLength = false;
        await Assert.ThrowsAsync<ModelFetchException>(() => RunAsync(Remote(), most: 100_000));
        await Assert.ThrowsAsync<ModelFetchException>(() => RunAsync(Remote() with { SizeBytes = 150_000 }, most: 100_000));

        Assert.Equal(0, _store.PartLength(Sha256));
    }

    [Fact]
    public async Task FetchAsync_OfData_TakesIt()
    {
        byte[] small = [1, 2, 3];
        var source = new ModelSource { Source = ModelSourceKind.Data, Data = Convert.ToBase64String(small), Sha256 = ModelStore.Hash(small) };

        await RunAsync(source);

        Assert.Equal(small, _store.Complete(source.Sha256));
    }

    [Fact]
    public async Task FetchAsync_OfAMountedFile_TakesIt()
    {
        Directory.CreateDirectory(_mounted.File("line-1"));
        File.WriteAllBytes(_mounted.File("line-1/model.onnx"), Model);

        await RunAsync(Mounted("line-1/model.onnx"));

        Assert.Equal(Model, _store.Complete(Sha256));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData(".")]
    [InlineData("link")]
    [InlineData("folder/secret")]
    public async Task FetchAsync_OfAPathThatLeadsOut_IsRefused(string path)
    {
        using var outside = new TemporaryFolder();
        File.WriteAllBytes(outside.File("secret"), Model);
        File.CreateSymbolicLink(_mounted.File("link"), outside.File("secret"));
        Directory.CreateSymbolicLink(_mounted.File("folder"), outside.Path);

        await Assert.ThrowsAsync<ModelFetchException>(() => RunAsync(Mounted(path)));

        Assert.Equal(0, _store.PartLength(Sha256));
    }

    [Theory]
    [InlineData("current.onnx")]
    [InlineData("..data/model.onnx")]
    [InlineData("far.onnx")]
    public async Task FetchAsync_OfLinksWithinTheFolder_FollowsThem(string path)
    {
        // As a volume of Kubernetes is: a folder for each state of it, a link to the present one, and links to the files in there.
        Directory.CreateDirectory(_mounted.File("..2026_01"));
        File.WriteAllBytes(_mounted.File("..2026_01/model.onnx"), Model);
        Directory.CreateSymbolicLink(_mounted.File("..data"), "..2026_01");
        File.CreateSymbolicLink(_mounted.File("current.onnx"), "..data/model.onnx");
        File.CreateSymbolicLink(_mounted.File("far.onnx"), _mounted.File("..data/model.onnx"));

        await RunAsync(Mounted(path));

        Assert.Equal(Model, _store.Complete(Sha256));
    }

    [Fact]
    public void Open_OfALinkToItself_IsAnError()
    {
        File.CreateSymbolicLink(_mounted.File("round"), "round");

        Assert.Contains("links", Assert.Throws<IOException>(() => MountedFile.Open(_mounted.Path, "round")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFileThatIsNotThere_NamesTheFolder()
    {
        var error = Assert.Throws<FileNotFoundException>(() => MountedFile.Open(_mounted.Path, "absent.onnx"));

        Assert.Equal($"There is no file absent.onnx in {_mounted.Path}, the folder of ModelsDirectory.", error.Message);
    }

    private static ModelSource Remote() =>
        new() { Source = ModelSourceKind.Https, Url = new ModelAddress(new Uri("https://models.example/m.onnx?sig=secret")), Sha256 = Sha256 };

    private static ModelSource Mounted(string path) => new() { Source = ModelSourceKind.File, File = path, Sha256 = Sha256 };

    private async Task RunAsync(ModelSource source, long most = Most)
    {
        var fetch = _fetcher.FetchAsync(source, most, Day, new DownloadProgress(), CancellationToken.None);
        await Waiting.ForAsync(() => fetch.IsCompleted, "the fetch ends", () => _time.Advance(TimeSpan.FromSeconds(5 * 60)));
        await fetch;
    }

    private sealed class Server : IRemoteFiles
    {
        public List<long> Offsets { get; } = [];

        public Queue<int> BreakAfter { get; } = new();

        public bool KnowsRanges { get; set; } = true;

        public bool TellsLength { get; set; } = true;

        public bool IsDown { get; set; }

        public Task<RemotePart> OpenAsync(Uri uri, long offset, CancellationToken cancellation)
        {
            Offsets.Add(offset);
            if (IsDown) throw new IOException("Nobody answers.");
            var from = KnowsRanges ? offset : 0;
            var rest = Model[(int)from..];
            Stream content = BreakAfter.TryDequeue(out var bytes) ? new BreakingStream(rest[..bytes]) : new MemoryStream(rest);
            return Task.FromResult(new RemotePart(from, TellsLength ? Model.Length : null, content));
        }
    }

    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("The connection broke.");
        }
    }
}
