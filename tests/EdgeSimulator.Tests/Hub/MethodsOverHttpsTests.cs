using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Hub;

/// <summary>The methods API as a module sees it: HTTPS with a token of its own.</summary>
public sealed class MethodsOverHttpsTests
{
    private const string OtherPath = $"/twins/{TestHub.Device}/modules/other/methods";

    [Theory]
    [InlineData("""{"pong":"ü"}""", """{"status":207,"payload":{"pong":"ü"}}""")]
    [InlineData("", """{"status":207,"payload":null}""")]
    [InlineData("no JSON", """{"status":207,"payload":no JSON}""")]
    public async Task Post_ModuleAnswers_GivesItsStatusAndPayload(string answer, string expected)
    {
        await using var hub = await TestHub.StartAsync();
        await using var target = await TargetAsync(hub);
        var call = PostAsync(hub, """{"methodName":"ping","payload":{"n":[1, 2]}}""");
        var request = await target.ReceiveAsync();
        Assert.Equal("""{"n":[1,2]}""", request.Body);
        Assert.StartsWith("$iothub/methods/POST/ping/?$rid=", request.Topic, StringComparison.Ordinal);
        await target.PublishAsync($"$iothub/methods/res/207/?$rid={request.Topic.Split('=')[1]}", Encoding.UTF8.GetBytes(answer));
        Assert.Equal((200, expected), await call.WithinDeadlineAsync());
    }

    [Fact]
    public async Task Post_WithoutPayload_SendsNull()
    {
        await using var hub = await TestHub.StartAsync();
        await using var target = await TargetAsync(hub);
        var call = PostAsync(hub, """{"MethodName":"ping"}""");
        var request = await target.ReceiveAsync();
        Assert.Equal("null", request.Body);
        await target.PublishAsync($"$iothub/methods/res/200/?$rid={request.Topic.Split('=')[1]}", []);
        await call.WithinDeadlineAsync();
    }

    [Fact]
    public async Task Post_NoAnswer_Is504AfterTheResponseTimeout()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var target = await TargetAsync(hub);
        var call = PostAsync(hub, """{"methodName":"ping","responseTimeoutInSeconds":5}""");
        await target.ReceiveAsync();
        var asked = clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => call.IsCompleted, clock);
        Assert.True(clock.GetUtcNow() - asked >= TimeSpan.FromSeconds(5));
        Assert.Equal((504, """{"message":"Timed out waiting for device to respond to method request ping"}"""), await call.WithinDeadlineAsync());
    }

    [Fact]
    public async Task Post_ModuleDisconnectsBeforeItAnswers_Is504AtOnce()
    {
        await using var hub = await TestHub.StartAsync();
        var target = await TargetAsync(hub);
        var call = PostAsync(hub, """{"methodName":"ping","responseTimeoutInSeconds":300}""");
        await target.ReceiveAsync();
        await target.DisposeAsync();
        Assert.Equal(504, (await call.WithinDeadlineAsync()).Status);
    }

    [Theory]
    [InlineData(OtherPath, "Client edge-1/other not found")]
    [InlineData($"/twins/{TestHub.Device}/modules/ghost/methods?api-version=2020-09-30", "Client edge-1/ghost not found")]
    [InlineData($"/twins/{TestHub.Device}/methods", "Client edge-1 not found")]
    [InlineData("/twins/leaf%20device/methods", "Client leaf device not found")]
    [InlineData("/twins/edge-2/modules/other/methods", "Client edge-2/other not found")]
    public async Task Post_TargetIsNotThere_Is404(string path, string message)
    {
        await using var hub = await TestHub.StartAsync();
        Assert.Equal((404, $$"""{"message":"{{message}}"}"""), await PostAsync(hub, """{"methodName":"ping"}""", path).WithinDeadlineAsync());
    }

    [Fact]
    public async Task Post_TargetHasNotSubscribed_Is404()
    {
        await using var hub = await TestHub.StartAsync();
        await using var target = await hub.ConnectAsync("other");
        Assert.Equal(404, (await PostAsync(hub, """{"methodName":"ping"}""").WithinDeadlineAsync()).Status);
    }

    [Fact]
    public async Task Post_TargetStaysAway_Is404AfterTheConnectTimeout()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(clock: clock);
        var call = PostAsync(hub, """{"methodName":"ping","connectTimeoutInSeconds":60}""");
        await Eventually.IsTrueAsync(() => call.IsCompleted, clock);
        Assert.Equal(404, (await call).Status);
    }

    [Fact]
    public async Task Post_TargetSubscribesLate_IsCalledThreeSecondsAfterwards()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(clock: clock);
        var call = PostAsync(hub, """{"methodName":"ping","connectTimeoutInSeconds":300}""");
        await Eventually.IsTrueAsync(() => hub.Logs.Lines.Contains("Information: edge-1/source calls method ping of edge-1/other."));
        await using var target = await TargetAsync(hub);
        var subscribed = clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => target.Waiting > 0, clock);
        Assert.True(clock.GetUtcNow() - subscribed >= DirectMethods.LateSubscriptionDelay);
        var request = await target.ReceiveAsync();
        await target.PublishAsync($"$iothub/methods/res/200/?$rid={request.Topic.Split('=')[1]}", "{}"u8.ToArray());
        Assert.Equal(200, (await call.WithinDeadlineAsync()).Status);
    }

    public static TheoryData<string, string> BadCalls => new()
    {
        { "", "must be a JSON object" },
        { "[]", "must be a JSON object" },
        { """{"payload":1}""", "methodName is missing" },
        { """{"methodName":5}""", "methodName is missing" },
        { """{"methodName":" "}""", "1 to 100 characters" },
        { $$"""{"methodName":"{{new string('x', 101)}}"}""", "1 to 100 characters" },
        { """{"methodName":"a/b"}""", "none of them /" },
        { """{"methodName":"ping","responseTimeoutInSeconds":4}""", "responseTimeoutInSeconds is 4; it must be a whole number from 5 to 300" },
        { """{"methodName":"ping","responseTimeoutInSeconds":301}""", "responseTimeoutInSeconds is 301" },
        { """{"methodName":"ping","responseTimeoutInSeconds":5.5}""", "responseTimeoutInSeconds is 5.5" },
        { """{"methodName":"ping","connectTimeoutInSeconds":-1}""", "connectTimeoutInSeconds is -1; it must be a whole number from 0 to 300" },
        { """{"methodName":"ping","connectTimeoutInSeconds":301}""", "connectTimeoutInSeconds is 301" },
        { $$"""{"methodName":"ping","payload":"{{new string('x', 128 * 1024)}}"}""", "The payload has 131074 bytes; it must have at most 131072" },
    };

    [Theory]
    [MemberData(nameof(BadCalls))]
    public async Task Post_CallCannotBeRead_Is500AndSaysWhy(string body, string why)
    {
        await using var hub = await TestHub.StartAsync();
        var (status, answer) = await PostAsync(hub, body);
        Assert.Equal(500, status);
        Assert.Contains(why, answer, StringComparison.Ordinal);
        Assert.Contains(hub.Logs.Lines, line => line.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_LargestPayloadAndLongestTimes_AreTaken()
    {
        await using var hub = await TestHub.StartAsync();
        await using var target = await TargetAsync(hub);
        var text = new string('x', (128 * 1024) - 2);
        var call = PostAsync(
            hub, $$"""{"methodName":"{{new string('m', 100)}}","payload":"{{text}}","responseTimeoutInSeconds":300,"connectTimeoutInSeconds":300}""");
        var request = await target.ReceiveAsync();
        Assert.Equal(128 * 1024, request.BodyBytes);
        await target.PublishAsync($"$iothub/methods/res/200/?$rid={request.Topic.Split('=')[1]}", "1"u8.ToArray());
        Assert.Equal((200, """{"status":200,"payload":1}"""), await call.WithinDeadlineAsync());
    }

    public static TheoryData<string, int, string, string> Refusals => new()
    {
        { "no caller", 400, "Invalid header value for x-ms-edge-moduleId", "must be device/module" },
        { "caller without module", 400, "Invalid header value for x-ms-edge-moduleId", "must be device/module" },
        { "other device", 401, "Only modules on the same device can invoke DirectMethods", "edge-2/source" },
        { "no token", 401, "Authorization header missing", "0 Authorization headers" },
        { "no SAS", 401, "Unable to authenticate device with Id edge-1/source", "no SharedAccessSignature" },
        { "foreign token", 401, "Unable to authenticate device with Id edge-1/source", "edge-1/other" },
        { "foreign key", 401, "Unable to authenticate device with Id edge-1/source", "not signed with the key" },
        { "expired", 401, "Unable to authenticate device with Id edge-1/source", "expired" },
        { "unknown caller", 401, "Unable to authenticate device with Id edge-1/ghost", "no module 'ghost'" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Post_CallerMayNot_IsRefusedAndTheLogSaysWhy(string mistake, int status, string message, string why)
    {
        await using var hub = await TestHub.StartAsync();
        await using var target = await TargetAsync(hub);
        var now = TimeProvider.System.GetUtcNow();
        var right = TestModule.TokenFor(hub, "source", now.AddHours(1));
        var (caller, token) = mistake switch
        {
            "no caller" => (null, right),
            "caller without module" => ("edge-1", right),
            "other device" => ("edge-2/source", right),
            "no token" => ("edge-1/source", null),
            "no SAS" => ("edge-1/source", "Bearer x"),
            "foreign token" => ("edge-1/source", TestModule.TokenFor(hub, "other", now.AddHours(1))),
            "foreign key" => ("edge-1/source", TestModule.TokenFor(hub, "source", now.AddHours(1), key: hub.Hub.GetIdentity("other").Key)),
            "expired" => ("edge-1/source", TestModule.TokenFor(hub, "source", now.AddMinutes(-6))),
            _ => ("edge-1/ghost", (string?)right),
        };
        Assert.Equal((status, $$"""{"message":"{{message}}"}"""), await PostAsync(hub, """{"methodName":"ping"}""", OtherPath, caller, token));
        Assert.Contains(
            hub.Logs.Lines,
            line => line.StartsWith("Warning: Refused a method call", StringComparison.Ordinal) && line.Contains(why, StringComparison.Ordinal));
        Assert.Equal(0, target.Waiting);
    }

    [Theory]
    [InlineData("POST", "/", "application/json", 404)]
    [InlineData("POST", "/twins/edge-1/modules/other", "application/json", 404)]
    [InlineData("GET", OtherPath, "application/json", 405)]
    [InlineData("POST", OtherPath, "text/plain", 415)]
    public async Task Request_OfAnotherKind_IsRefused(string method, string path, string contentType, int status)
    {
        await using var hub = await TestHub.StartAsync();
        using var http = ClientOf(hub);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}", new MediaTypeHeaderValue(contentType)) };
        Assert.Equal(status, (int)(await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Post_BodyLargerThanAnyCall_Is413()
    {
        await using var hub = await TestHub.StartAsync();
        using var http = ClientOf(hub);
        using var request = new HttpRequestMessage(HttpMethod.Post, OtherPath);
        request.Content = new StringContent(new string(' ', (1 << 20) + 1), Encoding.UTF8, "application/json");
        // Else the client may still be writing when the server has answered and closed.
        request.Headers.ExpectContinue = true;
        Assert.Equal(413, (int)(await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhichOptionChangesIt()
    {
        await using var first = await TestHub.StartAsync();
        var error = await Assert.ThrowsAsync<SimulatorException>(() => TestHub.StartAsync(change: options => options with { HttpsPort = first.Hub.HttpsPort }));
        Assert.Contains("--https-port", error.Message, StringComparison.Ordinal);
    }

    private static async Task<TestModule> TargetAsync(TestHub hub)
    {
        var target = await hub.ConnectAsync("other");
        await target.SubscribeAsync("$iothub/methods/POST/#");
        return target;
    }

    private static Task<(int Status, string Body)> PostAsync(TestHub hub, string body, string path = OtherPath) =>
        PostAsync(hub, body, path, $"{TestHub.Device}/source", TestModule.TokenFor(hub, "source", TimeProvider.System.GetUtcNow().AddHours(1)));

    private static async Task<(int Status, string Body)> PostAsync(TestHub hub, string body, string path, string? caller, string? token)
    {
        using var http = ClientOf(hub);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (caller is not null) request.Headers.Add("x-ms-edge-moduleId", caller);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", token);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Connects to the gateway's port under the gateway's name, and trusts the hub's authority only.</summary>
    private static HttpClient ClientOf(TestHub hub)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(hub.Hub.CaCertificateFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var handler = new SocketsHttpHandler
        {
            SslOptions = { CertificateChainPolicy = policy, TargetHost = TestHub.Gateway },
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{hub.Hub.HttpsPort}"), Timeout = TimeSpan.FromSeconds(30) };
    }
}
