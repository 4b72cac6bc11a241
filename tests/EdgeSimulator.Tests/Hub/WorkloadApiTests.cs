using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class WorkloadApiTests
{
    [Fact]
    public async Task TrustBundle_IsTheAuthority()
    {
        await using var hub = await TestHub.StartAsync();
        var (status, body) = await CallAsync(hub, "GET", "/trust-bundle?api-version=2018-06-28");
        Assert.Equal(200, status);
        Assert.Equal(await File.ReadAllTextAsync(hub.Hub.CaCertificateFile), (string)body["certificate"]!);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", (string)body["certificate"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_UsesTheKeyOfTheModule()
    {
        await using var hub = await TestHub.StartAsync();
        var identity = hub.Hub.GetIdentity("source");
        var data = "resource\n1234"u8.ToArray();
        var (status, body) = await CallAsync(
            hub, "POST", SignOf("source", identity.GenerationId), $$"""{"keyId":"primary","algo":"HMACSHA256","data":"{{Convert.ToBase64String(data)}}"}""");
        Assert.Equal(200, status);
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(identity.Key), data)), (string)body["digest"]!);
    }

    [Theory]
    [InlineData("GET", "/trust-bundle", "", 400, "api-version is missing")]
    [InlineData("GET", "/elsewhere?api-version=1", "", 404, "There is no GET /elsewhere")]
    [InlineData("POST", "/modules/ghost/genid/1/sign?api-version=1", "{}", 404, "There is no module 'ghost'")]
    [InlineData("POST", "/modules/source/genid/1/sign?api-version=1", "{}", 404, "of generation '1'")]
    [InlineData("POST", "source", "nonsense", 400, "The body cannot be read")]
    [InlineData("POST", "source", """{"algo":"HMACSHA256","data":"*"}""", 400, "The body cannot be read")]
    [InlineData("POST", "source", """{"algo":"HMACSHA256"}""", 400, "data is missing")]
    [InlineData("POST", "source", """{"algo":"MD5","data":""}""", 400, "algo is 'MD5'")]
    public async Task Mistake_IsSaidInAMessage(string method, string path, string body, int expected, string why)
    {
        await using var hub = await TestHub.StartAsync();
        var target = path == "source" ? SignOf("source", hub.Hub.GetIdentity("source").GenerationId) : path;
        var (status, answer) = await CallAsync(hub, method, target, body);
        Assert.Equal(expected, status);
        Assert.Contains(why, (string)answer["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_RemovesTheSocket()
    {
        var hub = await TestHub.StartAsync();
        var directory = Path.GetDirectoryName(new Uri(hub.Hub.WorkloadUri).AbsolutePath)!;
        Assert.True(Directory.Exists(directory));
        await hub.DisposeAsync();
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Start_RemovesTheSocketOfAProcessThatWasKilled()
    {
        await using var hub = await TestHub.StartAsync();
        var leftover = Directory.CreateTempSubdirectory("edgesim-").FullName;
        await hub.RestartAsync(options =>
        {
            File.WriteAllText(Path.Combine(options.StateDirectory, "workload-socket"), leftover);
            return options;
        });
        Assert.False(Directory.Exists(leftover));
    }

    private static string SignOf(string module, string generation) => $"/modules/{module}/genid/{generation}/sign?api-version=2018-06-28";

    /// <summary>Speaks HTTP as Microsoft's C# SDK does: one request a socket, and nothing understood but Content-Length.</summary>
    private static async Task<(int Status, JObject Body)> CallAsync(TestHub hub, string method, string target, string body = "")
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(new Uri(hub.Hub.WorkloadUri).AbsolutePath));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {target} HTTP/1.1\r\nAccept: application/json\r\nConnection: close\r\nHost: workload.sock:80\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        var answer = (await reader.ReadToEndAsync().WithinDeadlineAsync()).Split("\r\n\r\n", 2);
        Assert.DoesNotContain("chunked", answer[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"Content-Length: {Encoding.UTF8.GetByteCount(answer[1])}", answer[0], StringComparison.Ordinal);
        return (int.Parse(answer[0].Split(' ')[1]), JObject.Parse(answer[1]));
    }
}
