using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Testing;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.ModelFiles;

namespace EdgeSimulator.Tests.ModelFiles;

public sealed class ModelServerTests : IAsyncLifetime, IDisposable
{
    private const string Path = "models/pump-1.0.0.onnx";
    private static readonly byte[] Model = [.. Enumerable.Range(0, 10_000).Select(n => (byte)n)];

    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<string> _told = [];
    private readonly HttpClient _client;
    private readonly HubCertificates _certificates;
    private ModelServer? _server;

    public ModelServerTests()
    {
        _directory.Write("models/README.md", "not a model");
        _directory.Write("secret.onnx", "outside");
        File.WriteAllBytes(System.IO.Path.Combine(_directory.FullPath, Path), Model);
        _certificates = HubCertificates.LoadOrCreate(
            System.IO.Path.Combine(_directory.FullPath, HubCertificates.FileName), "localhost", TimeProvider.System.GetUtcNow());
        var authority = X509Certificate2.CreateFromPem(_certificates.AuthorityPem);
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.Add(authority);
        _client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trusted } });
    }

    public async Task InitializeAsync() => _server = await StartAsync(port: 0);

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Get_AModel_IsItsBytesOverTlsOfTheSimulatorsOwnAuthority()
    {
        using var response = await _client.GetAsync(_server!.AddressOf("models", "pump-1.0.0.onnx"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Model, await response.Content.ReadAsByteArrayAsync());
        Assert.NotNull(response.Headers.ETag);
        await AssertToldAsync("GET /models/pump-1.0.0.onnx: 200, 10,000 bytes.");
    }

    [Fact]
    public async Task Get_ARange_IsThatPart()
    {
        using var response = await GetAsync(Path, new RangeHeaderValue(9_000, null));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(9_000, 9_999, 10_000), response.Content.Headers.ContentRange);
        Assert.Equal(Model[9_000..], await response.Content.ReadAsByteArrayAsync());
        await AssertToldAsync("GET /models/pump-1.0.0.onnx, bytes=9000-: 206, 1,000 bytes.");
    }

    [Fact]
    public async Task Get_ARangeBehindTheEnd_IsRefusedWithTheLength()
    {
        using var response = await GetAsync(Path, new RangeHeaderValue(10_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal(10_000, response.Content.Headers.ContentRange?.Length);
    }

    [Theory]
    [InlineData("models/absent.onnx")]
    [InlineData("models/README.md")]
    [InlineData("elsewhere/pump-1.0.0.onnx")]
    [InlineData("models/..%2Fsecret.onnx")]
    [InlineData("models/%2E%2E/secret.onnx")]
    [InlineData("models")]
    [InlineData("")]
    public async Task Get_AnythingElse_IsNotFound(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Post_AModel_IsRefused()
    {
        using var response = await _client.PostAsync(_server!.AddressOf("models", "pump-1.0.0.onnx"), new ByteArrayContent([1]));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task StartAsync_PortInUse_IsSaidByName()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<SimulatorException>(() => StartAsync(port));
        Assert.StartsWith($"Port {port} for models (--models-port) cannot be used", error.Message);
    }

    /// <summary>Two simulators at once: the second one prints another address.</summary>
    [Fact]
    public async Task StartAsync_NoPortGivenAndTheUsualOneTaken_TakesAnother()
    {
        await using var first = await StartAsync(port: null);
        await using var second = await StartAsync(port: null);
        Assert.NotEqual(first.Port, second.Port);
        using var response = await _client.GetAsync(second.AddressOf("models", "pump-1.0.0.onnx"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://localhost:{_server!.Port}/{path}"));
        request.Headers.Range = range;
        return await _client.SendAsync(request);
    }

    /// <summary>The line comes when the answer has gone.</summary>
    private async Task AssertToldAsync(string line)
    {
        await Waiting.ForAsync(() => !_told.IsEmpty, "a line is told");
        Assert.Equal(line, Assert.Single(_told));
    }

    private Task<ModelServer> StartAsync(int? port)
    {
        var folders = new Dictionary<string, string> { ["models"] = System.IO.Path.Combine(_directory.FullPath, "models") };
        return ModelServer.StartAsync(port, _certificates.Server, folders, _told.Enqueue, CancellationToken.None);
    }
}
