using System.Buffers;
using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Messages;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>
/// Microsoft's SDK as it is seen on the wire and was measured: starts a handler for every message that comes, acknowledges when it completes, disconnects when
/// that is out of order or the handler failed, acknowledges what finds no handler, and connects again by itself, without subscriptions, when called after its
/// end.
/// </summary>
internal sealed class WireSdkClient(IModuleCredentials credentials, int port, SdkOptions options) : ISdkClient
{
    private const int LargestBody = 262_143;

    private readonly EdgeTopics _topics = new(credentials.Address);
    private readonly Lock _lock = new();
    private readonly Queue<MqttApplicationMessageReceivedEventArgs> _unacknowledged = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Status, byte[] Body)>> _requests = new();
    private readonly string _inputs = $"devices/{credentials.Address.DeviceId}/modules/{credentials.Address.ModuleId}/#";
    private IMqttClient? _client;
    private SdkCallbacks? _callbacks;
    private bool _hasHandler = true;

    public async Task OpenAsync(SdkCallbacks callbacks, CancellationToken cancellation)
    {
        _callbacks = callbacks;
        var client = await ConnectedAsync(cancellation);
        await SubscribeAsync(client, EdgeTopics.DesiredPatches, cancellation);
        await SubscribeAsync(client, EdgeTopics.Methods, cancellation);
        await SubscribeAsync(client, _inputs, cancellation);
    }

    public async Task SendAsync(OutboundMessage message, CancellationToken cancellation)
    {
        var client = await ConnectedAsync(cancellation);
        if (message.Body.Length > LargestBody)
        {
            Fail(client, "The message is too large.");
            throw new InvalidOperationException("The message is too large.");
        }

        var publish = new MqttApplicationMessage
        {
            Topic = _topics.Event(message), Payload = new ReadOnlySequence<byte>(message.Body), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        if (!(await client.PublishAsync(publish, cancellation)).IsSuccess) throw new InvalidOperationException("The message was not taken.");
    }

    public async Task<JObject> GetTwinAsync(CancellationToken cancellation) => JsonText.ParseObject(await RequestAsync(EdgeTopics.GetTwin, [], cancellation));

    public Task ReportAsync(JObject patch, CancellationToken cancellation) => RequestAsync(EdgeTopics.PatchReported, JsonText.ToUtf8(patch), cancellation);

    public async Task UnsubscribeInputsAsync(CancellationToken cancellation)
    {
        var client = await ConnectedAsync(cancellation);
        _hasHandler = false;
        await client.UnsubscribeAsync(new MqttClientUnsubscribeOptionsBuilder().WithTopicFilter(_inputs).Build(), cancellation);
    }

    public async Task CloseAsync(CancellationToken cancellation)
    {
        if (_client is { IsConnected: true } client) await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (var request in _requests.Values) request.TrySetCanceled();
        return ValueTask.CompletedTask;
    }

    /// <summary>The connection, or a new one in place of one that has ended: then only with the answers about the twin.</summary>
    private async Task<IMqttClient> ConnectedAsync(CancellationToken cancellation)
    {
        if (_client is { IsConnected: true }) return _client;
        var (address, roots) = (credentials.Address, await credentials.GetTrustedRootsAsync(cancellation));
        var token = await credentials.CreateTokenAsync(TimeProvider.System.GetUtcNow() + options.TokenLife, cancellation);
        var client = _client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += received => OnReceived(client, received);
        client.DisconnectedAsync += ended =>
        {
            _callbacks!.OnEnded($"Disconnected, {ended.Reason}");
            return Task.CompletedTask;
        };
        var answer = await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(address.GatewayHostName, port).WithProtocolVersion(MqttProtocolVersion.V311)
                .WithClientId(address.ClientId).WithCleanSession(false)
                .WithCredentials(MqttSession.UserName(address, options.ModelId), token)
                .WithTlsOptions(tls => tls.UseTls().WithTargetHost(address.GatewayHostName)
                    .WithCertificateValidationHandler(offer => GatewayCertificate.IsTrusted(offer.Certificate, offer.Chain, offer.SslPolicyErrors, roots)))
                .Build(),
            cancellation);
        if (answer.ResultCode != MqttClientConnectResultCode.Success) throw new ConnectRefusedException(answer.ResultCode.ToString());
        await SubscribeAsync(client, EdgeTopics.TwinResponses, cancellation);
        return client;
    }

    private static async Task SubscribeAsync(IMqttClient client, string filter, CancellationToken cancellation) => await client.SubscribeAsync(
        new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancellation);

    private async Task<byte[]> RequestAsync(Func<string, string> topic, byte[] body, CancellationToken cancellation)
    {
        var client = await ConnectedAsync(cancellation);
        var id = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<(int Status, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[id] = answer;
        await client.PublishAsync(new MqttApplicationMessage { Topic = topic(id), Payload = new ReadOnlySequence<byte>(body) }, cancellation);
        var (status, answered) = await answer.Task.WaitAsync(cancellation);
        if (status < 300) return answered;
        var sentence = $"Request {id} returned status {status}";
        throw SdkErrors.RefusalOf(sentence, transient: false, options.Transport) is { } refusal
            ? new TwinRejectedException(refusal)
            : new InvalidOperationException(sentence);
    }

    private Task OnReceived(IMqttClient client, MqttApplicationMessageReceivedEventArgs received)
    {
        var (topic, body) = (received.ApplicationMessage.Topic, received.ApplicationMessage.Payload.ToArray());
        if (_topics.TryReadInput(topic, out var input, out var properties))
        {
            received.AutoAcknowledge = false;
            lock (_lock) _unacknowledged.Enqueue(received);
            _ = AcknowledgeAsync(client, received, _hasHandler ? _callbacks!.OnMessage(new InboundMessage(input, body, properties)) : Task.CompletedTask);
        }
        else if (EdgeTopics.TryReadTwinResponse(topic, out var status, out var requestId))
        {
            if (_requests.TryRemove(requestId, out var request)) request.TrySetResult((status, body));
        }
        else if (EdgeTopics.IsDesiredPatch(topic))
        {
            _callbacks!.OnDesired(JsonText.ParseObject(body));
        }
        else if (EdgeTopics.TryReadMethod(topic, out var name, out requestId))
        {
            _ = AnswerAsync(client, name, requestId, body);
        }

        return Task.CompletedTask;
    }

    private async Task AcknowledgeAsync(IMqttClient client, MqttApplicationMessageReceivedEventArgs received, Task handled)
    {
        try
        {
            await handled.ConfigureAwait(false);
            lock (_lock)
            {
                if (_unacknowledged.Dequeue() != received) throw new InvalidOperationException("PUBACK packets must be sent in order.");
            }

            await received.AcknowledgeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Fail(client, error.Message);
        }
    }

    private async Task AnswerAsync(IMqttClient client, string name, string requestId, byte[] payload)
    {
        var response = await _callbacks!.OnMethod(name, payload);
        var (answer, body) = (EdgeTopics.MethodResponse(response.Status, requestId), MethodCalls.Body(response));
        await client.PublishAsync(new MqttApplicationMessage { Topic = answer, Payload = new ReadOnlySequence<byte>(body) });
    }

    private void Fail(IMqttClient client, string cause)
    {
        client.Dispose();
        _callbacks!.OnEnded($"Disconnected, {cause}");
    }
}
