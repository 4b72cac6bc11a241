using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeSimulator.Bench;

/// <summary>A module with no logic on a plain MQTT connection, so that what is measured is the hub.</summary>
internal sealed class BenchClient : IAsyncDisposable
{
    private const int SocketBufferBytes = 256 * 1024;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ModuleIdentity _identity;

    private BenchClient(ModuleIdentity identity) => _identity = identity;

    /// <param name="received">Called with each input message before it is acknowledged; must be quick.</param>
    public static async Task<BenchClient> ConnectAsync(
        EdgeHub hub, HubOptions options, string module, Action<MqttApplicationMessage>? received, TimeProvider clock, CancellationToken cancellation)
    {
        var identity = hub.GetIdentity(module);
        var client = new BenchClient(identity);
        client._client.ApplicationMessageReceivedAsync += message =>
        {
            received?.Invoke(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(hub.CaCertificateFile);
        var connection = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", hub.Port)
            .WithTlsOptions(tls => tls.UseTls().WithTargetHost(options.GatewayHostName).WithTrustChain(authority).WithRevocationMode(X509RevocationMode.NoCheck))
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId($"{identity.DeviceId}/{module}")
            .WithCredentials(
                $"{options.IotHubHostName}/{identity.DeviceId}/{module}/?api-version=2021-04-12", Token(options.IotHubHostName, identity, clock.GetUtcNow() + TokenLifetime))
            .WithCleanSession(false)
            .Build();
        ((MqttClientTcpOptions)connection.ChannelOptions).BufferSize = SocketBufferBytes;
        await client._client.ConnectAsync(connection, cancellation).ConfigureAwait(false);
        if (received is null) return client;
        var filter = new MqttTopicFilter
        {
            Topic = $"devices/{identity.DeviceId}/modules/{module}/inputs/#",
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        await client._client.SubscribeAsync(new MqttClientSubscribeOptions { TopicFilters = [filter] }, cancellation).ConfigureAwait(false);
        return client;
    }

    /// <param name="properties">More than the output's name, which comes first.</param>
    /// <returns>When the hub has acknowledged.</returns>
    public Task SendAsync(
        string output, byte[] body, CancellationToken cancellation, params IEnumerable<KeyValuePair<string, string>> properties) => _client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = $"devices/{_identity.DeviceId}/modules/{_identity.ModuleId}/messages/events/"
                + $"{PropertyBag.Encode([new(SystemProperties.OutputName, output), .. properties])}/",
            PayloadSegment = body,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        },
        cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected) await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None).ConfigureAwait(false);
        _client.Dispose();
    }

    private static string Token(string host, ModuleIdentity identity, DateTimeOffset expires)
    {
        var resource = WebUtility.UrlEncode($"{host}/devices/{identity.DeviceId}/modules/{identity.ModuleId}");
        var expiry = expires.ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(identity.Key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={WebUtility.UrlEncode(Convert.ToBase64String(signature))}&se={expiry}";
    }
}
