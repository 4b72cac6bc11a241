using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Hosting.Connectivity;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.Tests.Hub;
using EdgeSimulator.Upstream;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Upstream;

/// <summary>The target as the modules' own probe sees it, when there is no metrics page.</summary>
public sealed class ProbeTargetTests : IAsyncLifetime, IDisposable
{
    private const string Uplink = "UplinkModule";

    private readonly FakeHub _hub = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly HubCertificates _certificates;
    private readonly X509ChainPolicy _trusted = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
    private readonly SocketsHttpHandler _near = new();
    private readonly UpstreamProbe _probe;
    private ProbeTarget? _target;

    public ProbeTargetTests()
    {
        _certificates = HubCertificates.LoadOrCreate(
            Path.Combine(_directory.FullPath, HubCertificates.FileName), "localhost", TimeProvider.System.GetUtcNow());
        _trusted.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_certificates.AuthorityPem));
        _probe = new UpstreamProbe(new Uri($"http://127.0.0.1:{Ports.Free()}/metrics"), _near, Beyond, _clock);
    }

    public async Task InitializeAsync() => _target = await StartAsync(port: 0);

    public async Task DisposeAsync() => await _target!.DisposeAsync();

    public void Dispose()
    {
        _near.Dispose();
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Look_CloudThere_IsReachedUntilItGoesAndWhenItIsBack()
    {
        Assert.Equal((null, 0d), await LookAsync());
        _hub.UpstreamOnline = false;
        Assert.StartsWith("It cannot be reached: ", (await LookAsync()).Trouble);
        _hub.UpstreamOnline = true;
        Assert.Equal((null, 0d), await LookAsync());
    }

    [Fact]
    public async Task Look_SlowCloud_TakesThatLong()
    {
        _hub.UpstreamQuality = new UpstreamQuality(TimeSpan.FromSeconds(3), 0);
        var look = LookAsync();
        await Eventually.IsTrueAsync(() => look.IsCompleted, _clock);
        Assert.Null((await look).Trouble);
        Assert.True((await look).LatencyMs >= 3_000);
    }

    [Fact]
    public async Task Look_CloudThatGoesInMidAnswer_IsNotReached()
    {
        _hub.UpstreamQuality = new UpstreamQuality(TimeSpan.FromSeconds(3), 0);
        var look = LookAsync();
        _hub.UpstreamOnline = false;
        await Eventually.IsTrueAsync(() => look.IsCompleted, _clock);
        Assert.NotNull((await look).Trouble);
    }

    [Fact]
    public async Task Look_LossyCloud_FailsAsOftenAndForTheSameSeedInTheSameOrder()
    {
        _hub.UpstreamQuality = new UpstreamQuality(TimeSpan.Zero, 50);
        var first = await LooksAsync(_target!);
        await using var again = await StartAsync(port: 0);
        Assert.Equal(first, await LooksAsync(again));
        Assert.InRange(first.Count(reached => reached), 5, 15);

        async Task<List<bool>> LooksAsync(ProbeTarget target)
        {
            var looks = new List<bool>();
            for (var i = 0; i < 20; i++) looks.Add((await _probe.LookAsync("localhost", target.Port, CancellationToken.None)).Trouble is null);
            return looks;
        }
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK)]
    [InlineData("HEAD", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.MethodNotAllowed)]
    public async Task Answer_Method_IsThatOfAServer(string method, HttpStatusCode status)
    {
        using var http = new HttpClient(Beyond());
        using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(_target!.Address, "any/path")));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task StartAsync_PortInUse_IsSaidByName()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<SimulatorException>(() => StartAsync(port));
        Assert.StartsWith($"Port {port} that answers as the cloud does (--probe-port) cannot be used", error.Message);
    }

    [Fact]
    public async Task StartAsync_NoPortGivenAndTheUsualOneTaken_TakesAnother()
    {
        await using var first = await StartAsync(port: null);
        await using var second = await StartAsync(port: null);
        Assert.NotEqual(first.Port, second.Port);
    }

    [Fact]
    public void Tell_ModuleThatProbes_GetsTheAddressOnce()
    {
        var twins = new Dictionary<string, JObject> { [Uplink] = [] };
        _target!.Tell(_hub, twins);
        _target.Tell(_hub, twins);
        Assert.True(JToken.DeepEquals(
            new JObject { ["$version"] = 2, ["connectivity"] = new JObject { ["probeHost"] = "localhost", ["probePort"] = _target.Port } },
            _hub.GetTwin(Uplink)["desired"]));
    }

    [Theory]
    [InlineData("""{"UplinkModule":{"connectivity":{"probeHost":"hub.example"}}}""")]
    [InlineData("""{"FilterModule":{}}""")]
    public void Tell_ModuleThatHasAHostOrIsNotThere_IsLeftAlone(string twins)
    {
        _target!.Tell(_hub, JObject.Parse(twins).Properties().ToDictionary(twin => twin.Name, twin => (JObject)twin.Value));
        Assert.Equal(1, _hub.GetTwin(Uplink)["desired"]!.Value<long>("$version"));
    }

    private async Task<(string? Trouble, double? LatencyMs)> LookAsync()
    {
        var evidence = await _probe.LookAsync("localhost", _target!.Port, CancellationToken.None);
        Assert.Equal($"connection to localhost:{_target.Port}", evidence.Source);
        return (evidence.Trouble, evidence.LatencyMs);
    }

    private SocketsHttpHandler Beyond() => new() { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = _trusted } };

    private Task<ProbeTarget> StartAsync(int? port) => ProbeTarget.StartAsync(port, _certificates.Server, _hub, seed: 1, _clock, CancellationToken.None);
}
