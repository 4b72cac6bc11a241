using System.Security.Cryptography.X509Certificates;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;
using EdgeModules.Inference.Models;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Inference.Tests.Models;

public sealed class HttpsFilesTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(1234)]
    [InlineData(5000)]
    public async Task OpenAsync_FromAnOffset_GivesTheRest(int offset)
    {
        await using var server = new FileServer(Content);
        using var client = Client(server);

        using var part = await new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), offset, CancellationToken.None);
        using var rest = new MemoryStream();
        await part.Content.CopyToAsync(rest);

        Assert.Equal((offset, Content.Length), (part.Offset, part.TotalBytes));
        Assert.Equal(Content[offset..], rest.ToArray());
    }

    [Fact]
    public async Task OpenAsync_OfWhatIsNotThere_SaysItWithoutTheSignatureOfTheAddress()
    {
        await using var server = new FileServer(Content);
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<IOException>(
            () => new HttpsFiles(client).OpenAsync(server.Address("absent?sig=secret"), 0, CancellationToken.None));

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_OfAServerThatIsNotTrusted_IsAnError()
    {
        await using var server = new FileServer(Content);
        using var client = new HttpClient(new DownloadHandler(_ => Task.FromResult(new X509Certificate2Collection())));

        await Assert.ThrowsAsync<IOException>(() => new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), 0, CancellationToken.None));
    }

    [Fact]
    public async Task OpenAsync_WithoutTls_IsRefused()
    {
        using var client = new HttpClient();

        await Assert.ThrowsAsync<ModelFetchException>(() => new HttpsFiles(client).OpenAsync(new Uri("http://127.0.0.1/model"), 0, CancellationToken.None));
    }

    [Fact]
    public async Task FetchAsync_OverConnectionsThatBreak_GoesOnWhereItWasAlsoAfterARestart()
    {
        using var disk = new TemporaryFolder();
        await using var server = new FileServer(Content);
        using var client = Client(server);
        var (sha256, store) = (ModelStore.Hash(Content), new ModelStore(new FileFolder(disk.Path)));
        var source = new ModelSource { Source = ModelSourceKind.Https, Url = new ModelAddress(server.Address("model.onnx?sig=secret")), Sha256 = sha256 };
        server.BreakAfter.Enqueue(1500);
        var time = new FakeTimeProvider();
        using (var stop = new CancellationTokenSource())
        {
            var first = new ModelFetcher(store, new HttpsFiles(client), null, time).FetchAsync(
                source, 1 << 20, TimeSpan.FromHours(1), new DownloadProgress(), stop.Token);
            await Waiting.ForAsync(() => store.PartLength(sha256) == 1500, "a part has come");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        server.BreakAfter.Enqueue(2000);
        var fetch = new ModelFetcher(store, new HttpsFiles(client), null, time).FetchAsync(
            source, 1 << 20, TimeSpan.FromHours(1), new DownloadProgress(), CancellationToken.None);
        await Waiting.ForAsync(() => fetch.IsCompleted, "the rest has come", () => time.Advance(TimeSpan.FromSeconds(1)));
        await fetch;

        Assert.Equal(Content, store.Complete(sha256));
        Assert.Equal([0, 1500, 3500], server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_OverAConnectionThatStalls_AsksAgain()
    {
        using var disk = new TemporaryFolder();
        await using var server = new FileServer(Content) { StallsFirst = true };
        using var client = Client(server);
        var (sha256, store, time) = (ModelStore.Hash(Content), new ModelStore(new FileFolder(disk.Path)), new FakeTimeProvider());
        var source = new ModelSource { Source = ModelSourceKind.Https, Url = new ModelAddress(server.Address("model.onnx")), Sha256 = sha256 };

        var fetch = new ModelFetcher(store, new HttpsFiles(client), null, time).FetchAsync(
            source, 1 << 20, TimeSpan.FromHours(1), new DownloadProgress(), CancellationToken.None);
        await Waiting.ForAsync(() => fetch.IsCompleted, "the file has come", () => time.Advance(TimeSpan.FromSeconds(1)));
        await fetch;

        Assert.Equal(Content, store.Complete(sha256));
        Assert.Equal(2, server.Offsets.Count);
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task OpenAsync_OfARedirection_FollowsItToHttpsOnly(string scheme, bool isFollowed)
    {
        await using var server = new FileServer(Content);
        server.RedirectTo = new UriBuilder(server.Address("model.onnx")) { Scheme = scheme }.Uri;
        using var client = Client(server);
        var opening = new HttpsFiles(client).OpenAsync(server.Address("moved"), 0, CancellationToken.None);

        if (isFollowed) Assert.Equal(Content.Length, (await opening).TotalBytes);
        else Assert.Contains("302", (await Assert.ThrowsAsync<IOException>(() => opening)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_WhileTheCertificatesToTrustCannotBeHad_IsAnErrorThatPasses()
    {
        await using var server = new FileServer(Content);
        var isAway = true;
        using var client = new HttpClient(new DownloadHandler(_ => isAway ? throw new InvalidDataException("It is no PEM.") : Task.FromResult(server.Roots)));

        var error = await Assert.ThrowsAsync<IOException>(() => new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), 0, CancellationToken.None));
        Assert.Contains("It is no PEM.", error.Message, StringComparison.Ordinal);
        isAway = false;
        using var part = await new HttpsFiles(client).OpenAsync(server.Address("model.onnx"), 0, CancellationToken.None);
        Assert.Equal(Content.Length, part.TotalBytes);
    }

    private static HttpClient Client(FileServer server) => new(new DownloadHandler(_ => Task.FromResult(server.Roots)));
}
