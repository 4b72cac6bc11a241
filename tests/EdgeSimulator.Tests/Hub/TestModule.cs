using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>A module on a plain MQTT client, whose topics and tokens are written out here and share nothing with the code under test.</summary>
internal sealed class TestModule : IAsyncDisposable
{
    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _received = Channel.CreateUnbounded<MqttApplicationMessageReceivedEventArgs>();
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private TestModule(string name)
    {
        Name = name;
        Client = new MqttClientFactory().CreateMqttClient();
        Client.ApplicationMessageReceivedAsync += async received =>
        {
            received.AutoAcknowledge = false;
            if (received.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce || AcknowledgeAtOnce)
                await received.AcknowledgeAsync(CancellationToken.None);
            _received.Writer.TryWrite(received);
        };
        Client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public string Name { get; }

    public IMqttClient Client { get; }

    /// <summary>Otherwise <see cref="AcknowledgeAsync"/> does it.</summary>
    public bool AcknowledgeAtOnce { get; set; } = true;

    public Task Disconnected => _disconnected.Task;

    public bool SessionPresent { get; private set; }

    public int Waiting => _received.Reader.Count;

    public static async Task<TestModule> ConnectAsync(TestHub hub, string name, TimeProvider clock, bool cleanSession = false, string device = TestHub.Device)
    {
        var module = new TestModule(name);
        var result = await module.Client.ConnectAsync(OptionsFor(
            hub, name, TokenFor(hub, name, clock.GetUtcNow().AddHours(1), device: device),
            $"{device}/{name}", $"{TestHub.Gateway}/{device}/{name}/?api-version=2020-09-30", cleanSession));
        Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
        module.SessionPresent = result.IsSessionPresent;
        return module;
    }

    /// <summary>Every CONNECT that differs from a right one in what is given; the CONNACK.</summary>
    public static async Task<MqttClientConnectResultCode> TryConnectAsync(
        TestHub hub, string password, string? clientId = null, string? userName = null, MqttProtocolVersion version = MqttProtocolVersion.V311)
    {
        var module = new TestModule("source");
        await using (module)
        {
            var options = OptionsFor(hub, "source", password, clientId, userName);
            options.ProtocolVersion = version;
            return (await module.Client.ConnectAsync(options)).ResultCode;
        }
    }

    public static string TokenFor(TestHub hub, string module, DateTimeOffset expires, string? host = null, string? device = null, string? key = null)
    {
        var resource = WebUtility.UrlEncode(
            $"{host ?? TestHub.HubHost}/devices/{WebUtility.UrlEncode(device ?? TestHub.Device)}/modules/{WebUtility.UrlEncode(module)}");
        var expiry = expires.ToUnixTimeSeconds();
        var secret = Convert.FromBase64String(key ?? hub.Hub.GetIdentity(module).Key);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{resource}\n{expiry}")));
        return $"SharedAccessSignature sr={resource}&sig={WebUtility.UrlEncode(signature)}&se={expiry}";
    }

    public async Task SubscribeAsync(string filter, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce) =>
        await Client.SubscribeAsync(new MqttClientSubscribeOptions { TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = quality }] });

    public Task UnsubscribeAsync(string filter) => Client.UnsubscribeAsync(new MqttClientUnsubscribeOptions { TopicFilters = [filter] });

    public Task SubscribeInputsAsync() => SubscribeAsync($"devices/{TestHub.Device}/modules/{Name}/#");

    /// <returns>When the hub has acknowledged.</returns>
    public Task SendAsync(string output, string body, string? id = null, params (string Name, string Value)[] properties) =>
        SendAsync(output, Encoding.UTF8.GetBytes(body), id, properties);

    public Task SendAsync(string output, byte[] body, string? id = null, params (string Name, string Value)[] properties)
    {
        var bag = properties.Append(("$.on", output)).Concat(id is null ? [] : [("$.mid", id)])
            .Select(pair => $"{Uri.EscapeDataString(pair.Item1)}={Uri.EscapeDataString(pair.Item2)}");
        return PublishAsync($"devices/{TestHub.Device}/modules/{Name}/messages/events/{string.Join('&', bag)}/", body);
    }

    public async Task PublishAsync(string topic, byte[] body, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce) =>
        await Client.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = body, QualityOfServiceLevel = quality }).WithinDeadlineAsync();

    public async Task<ReceivedMessage> ReceiveAsync()
    {
        var received = await _received.Reader.ReadAsync().AsTask().WithinDeadlineAsync();
        return new ReceivedMessage(received);
    }

    /// <returns>The next input message, acknowledged.</returns>
    public async Task<string> ReceiveBodyAsync() => (await ReceiveAsync()).Body;

    /// <summary>Publishes a twin request and returns the next message, which must be its answer.</summary>
    public async Task<ReceivedMessage> RequestTwinAsync(string topic, string body = "")
    {
        await PublishAsync($"{topic}?$rid={++_requests}", Encoding.UTF8.GetBytes(body), MqttQualityOfServiceLevel.AtMostOnce);
        return await ReceiveAsync();
    }

    public async Task<JObject> GetTwinAsync() => JObject.Parse((await RequestTwinAsync("$iothub/twin/GET/")).Body);

    public async Task<string> ReportAsync(string patch) => (await RequestTwinAsync("$iothub/twin/PATCH/properties/reported/", patch)).Topic;

    public async ValueTask DisposeAsync()
    {
        if (Client.IsConnected) await Client.DisconnectAsync(new MqttClientDisconnectOptions());
        Client.Dispose();
    }

    private static MqttClientOptions OptionsFor(
        TestHub hub, string module, string password, string? clientId = null, string? userName = null, bool cleanSession = false)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(hub.Hub.CaCertificateFile);
        return new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", hub.Hub.Port)
            .WithTlsOptions(tls => tls.UseTls().WithTargetHost(TestHub.Gateway).WithTrustChain(authority).WithRevocationMode(X509RevocationMode.NoCheck))
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(clientId ?? $"{TestHub.Device}/{module}")
            .WithCredentials(userName ?? $"{TestHub.Gateway}/{TestHub.Device}/{module}/?api-version=2020-09-30&DeviceClientType=test", password)
            .WithCleanSession(cleanSession)
            .Build();
    }
}

internal sealed class ReceivedMessage(MqttApplicationMessageReceivedEventArgs received)
{
    public string Topic => received.ApplicationMessage.Topic;

    public string Body => received.ApplicationMessage.ConvertPayloadToString() ?? "";

    public long BodyBytes => received.ApplicationMessage.Payload.Length;

    public ushort PacketId => received.PacketIdentifier;

    public bool Duplicate => received.ApplicationMessage.Dup;

    public Task AcknowledgeAsync() => received.AcknowledgeAsync(CancellationToken.None);
}
