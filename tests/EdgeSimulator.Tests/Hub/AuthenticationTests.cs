using Microsoft.Extensions.Time.Testing;
using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeSimulator.Tests.Hub;

public sealed class AuthenticationTests
{
    private const string OtherKey = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string> AcceptedTokens => new("hub", "gateway", "HOST CASE", "expired within slack");

    [Theory]
    [MemberData(nameof(AcceptedTokens))]
    public async Task Connect_WithAToken_IsAccepted(string token)
    {
        await using var hub = await TestHub.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var password = token switch
        {
            "gateway" => TestModule.TokenFor(hub, "source", now + Hour, host: TestHub.Gateway),
            "HOST CASE" => TestModule.TokenFor(hub, "source", now + Hour, host: TestHub.HubHost.ToUpperInvariant()),
            "expired within slack" => TestModule.TokenFor(hub, "source", now - TimeSpan.FromMinutes(4)),
            _ => TestModule.TokenFor(hub, "source", now + Hour),
        };
        Assert.Equal(MqttClientConnectResultCode.Success, await TestModule.TryConnectAsync(hub, password));
    }

    public static TheoryData<string, MqttClientConnectResultCode, string> RefusedConnects => new()
    {
        { "expired", MqttClientConnectResultCode.NotAuthorized, "expired" },
        { "other host", MqttClientConnectResultCode.NotAuthorized, "host 'elsewhere'" },
        { "other device", MqttClientConnectResultCode.NotAuthorized, "'edge-2/source'" },
        { "other module", MqttClientConnectResultCode.NotAuthorized, "'edge-1/filter'" },
        { "other key", MqttClientConnectResultCode.NotAuthorized, "not signed with the key" },
        { "no token", MqttClientConnectResultCode.BadUserNameOrPassword, "no SharedAccessSignature" },
        { "client id", MqttClientConnectResultCode.NotAuthorized, "client id is 'edge-1/other'" },
        { "client id case", MqttClientConnectResultCode.NotAuthorized, "client id is 'edge-1/Source'" },
        { "unknown module", MqttClientConnectResultCode.NotAuthorized, "no module 'ghost'" },
        { "user name", MqttClientConnectResultCode.BadUserNameOrPassword, "user name is 'source'" },
        { "api-version", MqttClientConnectResultCode.BadUserNameOrPassword, "api-version" },
        { "MQTT 5", MqttClientConnectResultCode.UnsupportedProtocolVersion, "3.1.1" },
    };

    [Theory]
    [MemberData(nameof(RefusedConnects))]
    public async Task Connect_WithAMistake_IsRefusedAndSaysWhy(string mistake, MqttClientConnectResultCode code, string why)
    {
        await using var hub = await TestHub.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var right = TestModule.TokenFor(hub, "source", now + Hour);
        var connect = mistake switch
        {
            "expired" => TestModule.TryConnectAsync(hub, TestModule.TokenFor(hub, "source", now - TimeSpan.FromMinutes(6))),
            "other host" => TestModule.TryConnectAsync(hub, TestModule.TokenFor(hub, "source", now + Hour, host: "elsewhere")),
            "other device" => TestModule.TryConnectAsync(hub, TestModule.TokenFor(hub, "source", now + Hour, device: "edge-2")),
            "other module" => TestModule.TryConnectAsync(hub, TestModule.TokenFor(hub, "filter", now + Hour)),
            "other key" => TestModule.TryConnectAsync(hub, TestModule.TokenFor(hub, "source", now + Hour, key: OtherKey)),
            "no token" => TestModule.TryConnectAsync(hub, "secret"),
            "client id" => TestModule.TryConnectAsync(hub, right, clientId: "edge-1/other"),
            "client id case" => TestModule.TryConnectAsync(hub, right, clientId: "edge-1/Source"),
            "unknown module" => TestModule.TryConnectAsync(hub, right, clientId: "edge-1/ghost", userName: "h/edge-1/ghost/?api-version=2020-09-30"),
            "user name" => TestModule.TryConnectAsync(hub, right, userName: "source"),
            "api-version" => TestModule.TryConnectAsync(hub, right, userName: "h/edge-1/source/?api-version="),
            _ => TestModule.TryConnectAsync(hub, right, version: MqttProtocolVersion.V500),
        };
        Assert.Equal(code, await connect);
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith("Warning: Refused client", StringComparison.Ordinal) && line.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connected_WhenTheTokenExpires_IsDisconnectedAtTheNextCheck()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var module = await hub.ConnectAsync("source");
        clock.Advance(TimeSpan.FromMinutes(60));
        Assert.False(module.Disconnected.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(10));
        await module.Disconnected.WithinDeadlineAsync();
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().ConnectedModules.Count == 0);
    }

    [Fact]
    public async Task Connect_WithTheSameClientId_ClosesTheEarlierConnection()
    {
        await using var hub = await TestHub.StartAsync();
        await using var earlier = await hub.ConnectAsync("source");
        await using var later = await hub.ConnectAsync("source");
        await earlier.Disconnected.WithinDeadlineAsync();
        await later.SendAsync("out", "{}");
        Assert.False(later.Disconnected.IsCompleted);
        Assert.Equal(["source"], hub.Hub.GetStatus().ConnectedModules);
    }
}
