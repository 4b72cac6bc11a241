using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using EdgeModules.Messages;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>One MQTT connection, from CONNECT to its end.</summary>
internal sealed class MqttSession : IModuleSession
{
    private const int MostInputsWaiting = 8;
    private const int SocketBufferBytes = 256 * 1024;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Status, byte[] Body)>> _requests = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The hub sends the next message after the acknowledgement. While one cannot be handled, it sends that one again every half minute: of such copies a few
    // are kept. One that is let go is not acknowledged, so nothing is lost with it.
    private readonly Channel<InboundDelivery> _inputs =
        Channel.CreateBounded<InboundDelivery>(new BoundedChannelOptions(MostInputsWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Channel<JObject> _desiredPatches = Channel.CreateUnbounded<JObject>(new UnboundedChannelOptions { SingleReader = true });
    private readonly EdgeTopics _topics;
    private readonly Func<MethodRequest, Task<MethodResponse>> _onMethod;
    private readonly TimeProvider _clock;

    private MqttSession(EdgeTopics topics, Func<MethodRequest, Task<MethodResponse>> onMethod, TimeProvider clock)
    {
        (_topics, _onMethod, _clock) = (topics, onMethod, clock);
        _client.ApplicationMessageReceivedAsync += OnReceivedAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    public Task<string> Ended => _ended.Task;

    public ChannelReader<InboundDelivery> Inputs => _inputs.Reader;

    public ChannelReader<JObject> DesiredPatches => _desiredPatches.Reader;

    /// <returns>A connection that has subscribed to everything.</returns>
    public static async Task<MqttSession> ConnectAsync(
        IModuleCredentials credentials, int port, string? modelId, DateTimeOffset tokenExpiry, Func<MethodRequest, Task<MethodResponse>> onMethod,
        TimeProvider clock, CancellationToken cancellation)
    {
        var address = credentials.Address;
        var token = await credentials.CreateTokenAsync(tokenExpiry, cancellation);
        var roots = await credentials.GetTrustedRootsAsync(cancellation);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(address.GatewayHostName, port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(address.ClientId)
            .WithCredentials(UserName(address, modelId), token)
            .WithCleanSession(false)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(60))
            .WithTimeout(AnswerTimeout)
            .WithTlsOptions(tls => tls.UseTls().WithTargetHost(address.GatewayHostName)
                .WithRevocationMode(X509RevocationMode.NoCheck)
                .WithCertificateValidationHandler(offer => GatewayCertificate.IsTrusted(offer.Certificate, offer.Chain, offer.SslPolicyErrors, roots)))
            .Build();
        // The default of 8 KB is the socket's buffer too: messages of 250 KB would wait for a delayed acknowledgement each, 40 ms.
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = SocketBufferBytes;

        var session = new MqttSession(new EdgeTopics(address), onMethod, clock);
        try
        {
            var answer = await session._client.ConnectAsync(options, cancellation);
            if (answer.ResultCode != MqttClientConnectResultCode.Success) throw new ConnectRefusedException(answer.ResultCode.ToString());
            // One filter per packet, as the official clients do it; edgeHub delivers only to a client that subscribed to a filter ending in "/#".
            foreach (var filter in new[] { EdgeTopics.TwinResponses, EdgeTopics.DesiredPatches, EdgeTopics.Methods, session._topics.Inputs })
            {
                var quality = filter == session._topics.Inputs ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce;
                await session._client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, quality).Build(), cancellation);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who connects, with what, and as which Plug and Play model.</summary>
    public static string UserName(ModuleAddress address, string? modelId)
    {
        var agent = Uri.EscapeDataString($"EdgeModules/{typeof(MqttSession).Assembly.GetName().Version?.ToString(3)}");
        var model = modelId is null ? "" : $"&model-id={Uri.EscapeDataString(modelId)}";
        return $"{address.HubHostName}/{address.ClientId}/?api-version=2021-04-12&DeviceClientType={agent}{model}";
    }

    /// <summary>Publishes with QoS 1 and waits for the PUBACK.</summary>
    public async Task SendAsync(OutboundMessage message, CancellationToken cancellation)
    {
        var publish = new MqttApplicationMessage
        {
            Topic = _topics.Event(message),
            Payload = new ReadOnlySequence<byte>(message.Body),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        var result = await _client.PublishAsync(publish, cancellation);
        if (!result.IsSuccess) throw new InvalidOperationException($"The hub answered the message with {result.ReasonCode}.");
    }

    public async Task<JObject> GetTwinAsync(CancellationToken cancellation)
    {
        var (status, body) = await RequestAsync(EdgeTopics.GetTwin, [], cancellation);
        if (status != 200) throw new InvalidOperationException($"The hub answered the request for the twin with status {status}.");
        return JsonText.ParseObject(body);
    }

    public async Task ReportAsync(JObject patch, CancellationToken cancellation)
    {
        var (status, _) = await RequestAsync(EdgeTopics.PatchReported, JsonText.ToUtf8(patch), cancellation);
        if (status is 429 or >= 500) throw new InvalidOperationException($"The hub answered the reported properties with status {status}.");
        if (status >= 300) throw new TwinRejectedException(status);
    }

    public async Task StopInputsAsync(CancellationToken cancellation)
    {
        await _client.UnsubscribeAsync(new MqttClientUnsubscribeOptionsBuilder().WithTopicFilter(_topics.Inputs).Build(), cancellation);
        // The client hands on messages by a queue of its own, which the answer above may have overtaken.
        await Task.Delay(TimeSpan.FromMilliseconds(50), _clock, cancellation);
        _inputs.Writer.TryComplete();
    }

    public Task DisconnectAsync(CancellationToken cancellation) => _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);

    public ValueTask DisposeAsync()
    {
        // Disposing does not always raise the event, and nobody may wait for ever.
        End("closed");
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(int Status, byte[] Body)> RequestAsync(Func<string, string> topic, byte[] body, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString("N");
        var answer = new TaskCompletionSource<(int, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[id] = answer;
        try
        {
            if (Ended.IsCompleted) throw new InvalidOperationException("The connection has ended.");
            await PublishAsync(topic(id), body, cancellation);
            return await answer.Task.WaitAsync(AnswerTimeout, _clock, cancellation);
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }

    private Task<MqttClientPublishResult> PublishAsync(string topic, byte[] body, CancellationToken cancellation) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = topic, Payload = new ReadOnlySequence<byte>(body) }, cancellation);

    private Task OnReceivedAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var topic = received.ApplicationMessage.Topic;
        if (_topics.TryReadInput(topic, out var input, out var properties))
        {
            // The acknowledgement is the handler's; and the buffer is the client's only until this method returns.
            received.AutoAcknowledge = false;
            var body = received.ApplicationMessage.Payload.ToArray();
            _inputs.Writer.TryWrite(new InboundDelivery(new InboundMessage(input, body, properties), received.AcknowledgeAsync));
        }
        else if (EdgeTopics.TryReadTwinResponse(topic, out var status, out var requestId))
        {
            if (_requests.TryRemove(requestId, out var request)) request.TrySetResult((status, received.ApplicationMessage.Payload.ToArray()));
        }
        else if (EdgeTopics.IsDesiredPatch(topic))
        {
            _desiredPatches.Writer.TryWrite(JsonText.ParseObject(received.ApplicationMessage.Payload.ToArray()));
        }
        else if (EdgeTopics.TryReadMethod(topic, out var name, out requestId))
        {
            var payload = received.ApplicationMessage.Payload.ToArray();
            // A method may take its time; the connection goes on meanwhile.
            _ = AnswerAsync(name, requestId, payload);
        }

        return Task.CompletedTask;
    }

    private async Task AnswerAsync(string name, string requestId, byte[] payload)
    {
        var response = await MethodCalls.AnswerAsync(name, payload, _onMethod);
        try
        {
            await PublishAsync(EdgeTopics.MethodResponse(response.Status, requestId), MethodCalls.Body(response), CancellationToken.None);
        }
        catch (Exception)
        {
            // The connection went meanwhile; the caller sees a time-out and asks again.
        }
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs disconnected)
    {
        End(disconnected.Exception?.Message ?? disconnected.Reason.ToString());
        return Task.CompletedTask;
    }

    private void End(string cause)
    {
        _ended.TrySetResult(cause);
        _inputs.Writer.TryComplete();
        _desiredPatches.Writer.TryComplete();
        foreach (var request in _requests.Values) request.TrySetException(new InvalidOperationException("The connection has ended."));
    }
}
