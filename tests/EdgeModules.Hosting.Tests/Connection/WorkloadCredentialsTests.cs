using EdgeModules.Hosting.Connection;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class WorkloadCredentialsTests : IDisposable
{
    private const string Digest = $$"""{"digest":"{{SasTokenTests.Signature}}"}""";

    private static readonly ModuleAddress Address = new("contoso.azure-devices.net", "gateway", "edge-1", "FilterModule");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CreateTokenAsync_UnixSocket_AsksTheRuntimeToSign()
    {
        await using var api = FakeWorkloadApi.OnUnixSocket(_folder.File("w.sock"), _ => (200, Digest));
        using var credentials = new WorkloadCredentials(new Uri($"unix://{_folder.File("w.sock")}"), Address, "gen 1");
        var token = await credentials.CreateTokenAsync(SasTokenTests.Expiry, default);
        var (line, body) = Assert.Single(api.Requests);

        Assert.Equal(SasTokenTests.Token, token);
        Assert.Equal("POST /modules/FilterModule/genid/gen%201/sign?api-version=2018-06-28 HTTP/1.1", line);
        var request = JObject.Parse(body);
        Assert.Equal(("primary", "HMACSHA256"), ((string?)request["keyId"], (string?)request["algo"]));
        Assert.Equal(
            "contoso.azure-devices.net%2Fdevices%2Fedge-1%2Fmodules%2FFilterModule\n1769864400",
            System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)request["data"]!)));
    }

    [Fact]
    public async Task CreateTokenAsync_HttpAddress_AsksThere()
    {
        await using var api = FakeWorkloadApi.OnLoopback(_ => (200, Digest), out var uri);
        using var credentials = new WorkloadCredentials(uri, Address, "g");

        Assert.Equal(SasTokenTests.Token, await credentials.CreateTokenAsync(SasTokenTests.Expiry, default));
        Assert.True(credentials.IsRuntime);
    }

    [Fact]
    public async Task GetTrustedRootsAsync_Bundle_GivesItsCertificates()
    {
        var bundle = new JObject { ["certificate"] = Certificates.Pem("Root") + Certificates.Pem("Other") }.ToString();
        await using var api = FakeWorkloadApi.OnUnixSocket(_folder.File("w.sock"), _ => (200, bundle));
        using var credentials = new WorkloadCredentials(new Uri($"unix://{_folder.File("w.sock")}"), Address, "g");
        var roots = await credentials.GetTrustedRootsAsync(default);

        Assert.Equal(["CN=Root", "CN=Other"], roots.Select(root => root.Subject));
        Assert.Equal("GET /trust-bundle?api-version=2018-06-28 HTTP/1.1", Assert.Single(api.Requests).Line);
    }

    [Theory]
    [InlineData(404, """{"message":"no such module"}""", "The workload API answered 404: {\"message\":\"no such module\"}")]
    [InlineData(500, "", "The workload API answered 500: ")]
    [InlineData(200, "{}", "The workload API signed without a digest.")]
    public async Task CreateTokenAsync_RuntimeDoesNotSign_SaysWhy(int status, string body, string message)
    {
        await using var api = FakeWorkloadApi.OnUnixSocket(_folder.File("w.sock"), _ => (status, body));
        using var credentials = new WorkloadCredentials(new Uri($"unix://{_folder.File("w.sock")}"), Address, "g");

        Assert.Equal(message, (await Assert.ThrowsAnyAsync<Exception>(() => credentials.CreateTokenAsync(SasTokenTests.Expiry, default))).Message);
    }

    [Fact]
    public async Task CreateTokenAsync_NobodyListens_FailsAndTheNextAttemptMaySucceed()
    {
        using var credentials = new WorkloadCredentials(new Uri($"unix://{_folder.File("w.sock")}"), Address, "g");
        await Assert.ThrowsAsync<HttpRequestException>(() => credentials.CreateTokenAsync(SasTokenTests.Expiry, default));
        await using var api = FakeWorkloadApi.OnUnixSocket(_folder.File("w.sock"), _ => (200, Digest));

        Assert.Equal(SasTokenTests.Token, await credentials.CreateTokenAsync(SasTokenTests.Expiry, default));
    }

    [Fact]
    public void Constructor_AddressOfAnotherKind_NamesIt() =>
        Assert.Equal(
            "IOTEDGE_WORKLOADURI is \"ftp://x/\"; it must begin with unix:// or http://.",
            Assert.Throws<ModuleConfigurationException>(() => new WorkloadCredentials(new Uri("ftp://x/"), Address, "g")).Message);
}
