using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Security;
using EdgeSimulator.Hub.Storage;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>
/// The MQTT server on 127.0.0.1. It keeps no session and fans nothing out: subscriptions are the hub's own, and every packet to a module is
/// addressed to its connection.
/// </summary>
internal sealed partial class Broker : IAsyncDisposable
{
    private static readonly TimeSpan TokenCheckPeriod = TimeSpan.FromSeconds(300);
    private static readonly MqttServerClientDisconnectOptions Disconnect = new();
    private readonly HubOptions _options;
    private readonly Authenticator _authenticator;
    private readonly ConnectionTable _connections;
    private readonly PublishDispatcher _dispatcher;
    private readonly Database _database;
    private readonly HubMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly MqttServerOptions _serverOptions;
    private readonly MqttServer _server;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>What is known of a client between its CONNECT and its CONNACK; goes with the connection.</summary>
    private readonly ConditionalWeakTable<EndPoint, Arrival> _arrivals = [];
    private Task _tokenChecks = Task.CompletedTask;

    public Broker(
        HubOptions options, X509Certificate2 certificate, Authenticator authenticator, ConnectionTable connections, PublishDispatcher dispatcher,
        Database database, HubMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
    {
        (_options, _authenticator, _connections, _dispatcher) = (options, authenticator, connections, dispatcher);
        (_database, _metrics, _clock) = (database, metrics, clock);
        _logger = loggers.CreateLogger<Broker>();
        _serverOptions = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithEncryptedEndpoint()
            .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback)
            .WithEncryptedEndpointBoundIPV6Address(IPAddress.None)
            .WithEncryptedEndpointPort(options.Port)
            .WithEncryptionCertificate(certificate)
            .WithPersistentSessions(false)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropNewMessage)
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(_serverOptions, new BrokerLog(loggers));
        _server.ValidatingConnectionAsync += Synchronously<ValidatingConnectionEventArgs>(OnConnecting);
        _server.ClientConnectedAsync += OnConnectedAsync;
        _server.ClientDisconnectedAsync += Synchronously<ClientDisconnectedEventArgs>(OnDisconnected);
        _server.InterceptingSubscriptionAsync += Synchronously<InterceptingSubscriptionEventArgs>(OnSubscribing);
        _server.InterceptingUnsubscriptionAsync += Synchronously<InterceptingUnsubscriptionEventArgs>(OnUnsubscribing);
        _server.InterceptingPublishAsync += Synchronously<InterceptingPublishEventArgs>(OnPublish);
        _server.InterceptingOutboundPacketAsync += Synchronously<InterceptingPacketEventArgs>(OnSending);
        _server.ClientAcknowledgedPublishPacketAsync += Synchronously<ClientAcknowledgedPublishPacketEventArgs>(OnAcknowledged);
    }

    /// <summary>The port listened on; chosen by the system when the options say 0.</summary>
    public int Port => _serverOptions.TlsEndpointOptions.Port;

    /// <exception cref="SimulatorException">The port is in use.</exception>
    public async Task StartAsync()
    {
        try
        {
            await _server.StartAsync().ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new SimulatorException($"Port {_options.Port} of 127.0.0.1 cannot be listened on: {error.Message}. Another port is set with --hub-port.", error);
        }

        _tokenChecks = CheckTokensAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _tokenChecks.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_server.IsStarted) await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        foreach (var connection in _connections.All) _connections.Remove(connection.Module, connection.Remote);
        _server.Dispose();
        _stopping.Dispose();
    }

    private void OnConnecting(ValidatingConnectionEventArgs connecting)
    {
        if (connecting.ProtocolVersion != MqttProtocolVersion.V311)
        {
            LogRefused(connecting.ClientId, $"It speaks MQTT {connecting.ProtocolVersion}; edgeHub speaks 3.1.1.");
            connecting.ReasonCode = MqttConnectReasonCode.UnsupportedProtocolVersion;
            return;
        }

        switch (_authenticator.Authenticate(connecting.ClientId, connecting.UserName, connecting.Password, _clock.GetUtcNow()))
        {
            case AuthenticationResult.Accepted accepted:
                // Before the client can know that it is connected: its next connection must not find the subscriptions.
                if (connecting.CleanSession == true) Subscriptions.Forget(_database, accepted.Module);
                _arrivals.Add(connecting.RemoteEndPoint, new Arrival(accepted, connecting.CleanSession ?? false));
                break;
            case AuthenticationResult.Refused refused:
                LogRefused(connecting.ClientId, refused.Reason);
                _metrics.ConnectFailed(connecting.ClientId);
                connecting.ReasonCode = refused.Malformed ? MqttConnectReasonCode.BadUserNameOrPassword : MqttConnectReasonCode.NotAuthorized;
                break;
        }
    }

    private async Task OnConnectedAsync(ClientConnectedEventArgs connected)
    {
        if (!_arrivals.TryGetValue(connected.RemoteEndPoint, out var arrival)) return;
        var module = arrival.Accepted.Module;
        var session = await _server.GetSessionAsync(connected.ClientId).ConfigureAwait(false);
        var subscriptions = arrival.CleanSession ? Subscriptions.Clean() : Subscriptions.Load(_database, module);
        _connections.Set(new ModuleConnection(module, connected.RemoteEndPoint, arrival.Accepted.ExpiresAt, subscriptions, session));
        if (arrival.Accepted.ModelId is { } model) LogConnectedAs(module, model);
        else LogConnected(module);
    }

    private void OnDisconnected(ClientDisconnectedEventArgs disconnected)
    {
        if (ModuleOf(disconnected.ClientId) is not { } module) return;
        if (disconnected.DisconnectType == MqttClientDisconnectType.Takeover) LogTakenOver(module);
        if (_connections.Remove(module, disconnected.RemoteEndPoint)) LogDisconnected(module);
    }

    private void OnSubscribing(InterceptingSubscriptionEventArgs subscribing)
    {
        subscribing.ProcessSubscription = false;
        if (ConnectionOf(subscribing.ClientId) is not { } connection)
        {
            subscribing.CloseConnection = true;
            return;
        }

        var filter = subscribing.TopicFilter.Topic;
        var quality = subscribing.TopicFilter.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
            ? MqttQualityOfServiceLevel.AtMostOnce
            : MqttQualityOfServiceLevel.AtLeastOnce;
        connection.Subscriptions.Add(filter, quality);
        _connections.AnnounceChange();
        subscribing.Response.ReasonCode = (MqttSubscribeReasonCode)quality;
        if (filter.StartsWith("devices/", StringComparison.Ordinal) && !Subscriptions.IsInputFilter(filter)) LogUselessFilter(connection.Module, filter);
    }

    private void OnUnsubscribing(InterceptingUnsubscriptionEventArgs unsubscribing)
    {
        unsubscribing.ProcessUnsubscription = false;
        ConnectionOf(unsubscribing.ClientId)?.Subscriptions.Remove(unsubscribing.Topic);
    }

    private void OnPublish(InterceptingPublishEventArgs published)
    {
        published.ProcessPublish = false;
        if (ConnectionOf(published.ClientId) is not { } connection)
        {
            published.CloseConnection = true;
            return;
        }

        try
        {
            published.CloseConnection = _dispatcher.Dispatch(connection, published.ApplicationMessage) == PublishVerdict.Close;
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            // Not stored, so not acknowledged: the module sends it again on its next connection.
            LogStoreFailed(error, connection.Module);
            published.CloseConnection = true;
        }
    }

    private void OnSending(InterceptingPacketEventArgs sending)
    {
        switch (sending.Packet)
        {
            case MqttConnAckPacket accepted when _arrivals.TryGetValue(sending.RemoteEndPoint, out var arrival):
                accepted.IsSessionPresent = !arrival.CleanSession && !Subscriptions.Load(_database, arrival.Accepted.Module).IsEmpty;
                break;
            case MqttPublishPacket publish:
                sending.ProcessPacket = ConnectionOf(sending.ClientId) is { } connection
                    && connection.Remote.Equals(sending.RemoteEndPoint) && connection.MayLeave(publish);
                break;
        }
    }

    private void OnAcknowledged(ClientAcknowledgedPublishPacketEventArgs acknowledged) =>
        ConnectionOf(acknowledged.ClientId)?.Acknowledge(acknowledged.PublishPacket);

    private async Task CheckTokensAsync()
    {
        using var timer = new PeriodicTimer(TokenCheckPeriod, _clock);
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            foreach (var connection in _connections.All.Where(open => open.TokenExpiresAt + Authenticator.ExpirySlack < _clock.GetUtcNow()))
            {
                LogExpired(connection.Module, connection.TokenExpiresAt);
                try
                {
                    await _server.DisconnectClientAsync($"{_options.DeviceId}/{connection.Module}", Disconnect).ConfigureAwait(false);
                }
                catch (InvalidOperationException)
                {
                    // It went by itself in the meantime.
                }
            }
        }
    }

    private string? ModuleOf(string clientId) => clientId.Split('/') is [var device, var module] && device == _options.DeviceId ? module : null;

    private ModuleConnection? ConnectionOf(string clientId) => ModuleOf(clientId) is { } module ? _connections.Find(module) : null;

    private static Func<T, Task> Synchronously<T>(Action<T> handler) => arguments =>
    {
        handler(arguments);
        return Task.CompletedTask;
    };

    private sealed record Arrival(AuthenticationResult.Accepted Accepted, bool CleanSession);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused client '{ClientId}'. {Reason}")]
    private partial void LogRefused(string? clientId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Module} connected.")]
    private partial void LogConnected(string module);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Module} connected; its Plug and Play model is {ModelId}.")]
    private partial void LogConnectedAs(string module, string modelId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Module} disconnected.")]
    private partial void LogDisconnected(string module);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A new connection of {Module} took the place of its earlier one, which was closed.")]
    private partial void LogTakenOver(string module);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription of {Module} to {Filter} delivers nothing: edgeHub delivers inputs only to filters that end in /#.")]
    private partial void LogUselessFilter(string module, string filter);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disconnected {Module}: its token expired at {ExpiresAt:O}.")]
    private partial void LogExpired(string module, DateTimeOffset expiresAt);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of {Module} could not be stored; it is not acknowledged and the connection is closed.")]
    private partial void LogStoreFailed(Exception error, string module);
}
