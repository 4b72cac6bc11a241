using System.Globalization;
using System.Security.Cryptography;
using EdgeModules.Messages;
using Microsoft.Azure.Devices.Client;
using Microsoft.Azure.Devices.Client.Exceptions;
using Microsoft.Azure.Devices.Client.Transport.Mqtt;
using Microsoft.Azure.Devices.Shared;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SdkMethodRequest = Microsoft.Azure.Devices.Client.MethodRequest;
using SdkMethodResponse = Microsoft.Azure.Devices.Client.MethodResponse;

namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>
/// The only file that names Microsoft's SDK, and compiled only with <c>AzureDeviceSdk=true</c>: it translates, and decides nothing. Every await here leaves the
/// context, which may be the SDK's only thread.
/// </summary>
/// <param name="create">Makes the client; by itself from the environment, by the same variables as <see cref="ModuleEnvironment"/>.</param>
internal sealed class SdkClient(SdkOptions options, Func<ITransportSettings[], ClientOptions, Task<ModuleClient>>? create = null) : ISdkClient
{
    /// <summary>System properties by their keys in a property bag; those without a setter are the hub's.</summary>
    private static readonly (string Key, Func<Message, string?> Get, Action<Message, string>? Set)[] SystemPropertyTable =
    [
        (SystemProperties.MessageId, message => message.MessageId, (message, value) => message.MessageId = value),
        (SystemProperties.CorrelationId, message => message.CorrelationId, (message, value) => message.CorrelationId = value),
        (SystemProperties.ContentType, message => message.ContentType, (message, value) => message.ContentType = value),
        (SystemProperties.ContentEncoding, message => message.ContentEncoding, (message, value) => message.ContentEncoding = value),
        (SystemProperties.CreationTime, CreationTimeOf, (message, value) => message.CreationTimeUtc = ParseTime(value)),
        (SystemProperties.UserId, message => message.UserId, (message, value) => message.UserId = value),
        (SystemProperties.To, message => message.To, (message, value) => message.To = value),
        (SystemProperties.Schema, message => message.MessageSchema, (message, value) => message.MessageSchema = value),
        (SystemProperties.ConnectionDeviceId, message => message.ConnectionDeviceId, null),
        (SystemProperties.ConnectionModuleId, message => message.ConnectionModuleId, null),
    ];

    private readonly Func<ITransportSettings[], ClientOptions, Task<ModuleClient>> _create = create ?? ModuleClient.CreateFromEnvironmentAsync;
    private ModuleClient? _client;
    private bool _disposed;

    private ModuleClient Client => _client ?? throw new InvalidOperationException("The client is not open.");

    public async Task OpenAsync(SdkCallbacks callbacks, CancellationToken cancellation)
    {
        var client = await CreateAsync().ConfigureAwait(false);
        _client = client;
        if (_disposed) client.Dispose();
        // A lost connection ends the client, and the caller makes a new one: with back-off, subscriptions and the twin as after every connect.
        client.SetRetryPolicy(new NoRetry());
        client.SetConnectionStatusChangesHandler((status, reason) =>
        {
            if (status != ConnectionStatus.Connected) callbacks.OnEnded($"{status}, {reason}");
        });

        // Not OpenAsync: with what the hub still has for this module it would be connected before there is a handler. Setting one connects too, but has taken
        // the lock before for which a message that comes must wait.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var inputs = client.SetMessageHandlerAsync((message, _) => HandleAsync(message, callbacks), null, cancellation);
        var others = Task.WhenAll(
            client.SetMethodDefaultHandlerAsync((request, _) => AnswerAsync(request, callbacks), null, failed.Token),
            client.SetDesiredPropertyUpdateCallbackAsync((patch, _) => TakePatch(patch, callbacks), null, failed.Token));
        try
        {
            await inputs.ConfigureAwait(false);
            await others.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await failed.CancelAsync().ConfigureAwait(false);
            await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (error is UnauthorizedException) throw new ConnectRefusedException(error.Message);
            throw;
        }
    }

    public async Task SendAsync(OutboundMessage message, CancellationToken cancellation)
    {
        using var sent = new Message(message.Body.ToArray());
        foreach (var (key, value) in message.WireProperties())
        {
            if (key == SystemProperties.OutputName) continue;
            if (Array.Find(SystemPropertyTable, property => property.Key == key).Set is { } set) set(sent, value);
            else sent.Properties[key] = value;
        }

        await Client.SendEventAsync(message.Output, sent, cancellation).ConfigureAwait(false);
    }

    public async Task<JObject> GetTwinAsync(CancellationToken cancellation)
    {
        var twin = await Client.GetTwinAsync(cancellation).ConfigureAwait(false);
        return new JObject { ["desired"] = ToJson(twin.Properties.Desired), ["reported"] = ToJson(twin.Properties.Reported) };
    }

    public async Task ReportAsync(JObject patch, CancellationToken cancellation)
    {
        try
        {
            await Client.UpdateReportedPropertiesAsync(new TwinCollection(patch.ToString(Formatting.None)), cancellation).ConfigureAwait(false);
        }
        catch (IotHubException error) when (error.GetType() == typeof(IotHubException) && RefusalOf(error) is not null)
        {
            throw new TwinRejectedException(RefusalOf(error)!.Value);
        }
    }

    // Over AMQP what ends the subscription ends the link too, on which the message in hand is to be acknowledged.
    public Task UnsubscribeInputsAsync(CancellationToken cancellation) =>
        options.Transport == SdkTransport.Amqp ? Task.CompletedTask : Client.SetMessageHandlerAsync(null, null, cancellation);

    public Task CloseAsync(CancellationToken cancellation) => Client.CloseAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ModuleClient> CreateAsync()
    {
        ITransportSettings transport = options.Transport == SdkTransport.Amqp
            ? new AmqpTransportSettings(TransportType.Amqp_Tcp_Only)
            : new MqttTransportSettings(TransportType.Mqtt_Tcp_Only);
        try
        {
            return await _create([transport], new ClientOptions { ModelId = options.ModelId, SasTokenTimeToLive = options.TokenLife }).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The root certificate of the gateway cannot be stored: {error.Message} Microsoft's SDK keeps it below the folder that HOME names, "
                + "which must be writable.",
                error);
        }
    }

    private static async Task<MessageResponse> HandleAsync(Message message, SdkCallbacks callbacks)
    {
        // The SDK disposes the message; GetBytes gives a copy.
        await callbacks.OnMessage(new InboundMessage(message.InputName, message.GetBytes(), PropertiesOf(message))).ConfigureAwait(false);
        return MessageResponse.Completed;
    }

    private static async Task<SdkMethodResponse> AnswerAsync(SdkMethodRequest request, SdkCallbacks callbacks)
    {
        var response = await callbacks.OnMethod(request.Name, request.Data ?? []).ConfigureAwait(false);
        return new SdkMethodResponse(MethodCalls.Body(response), response.Status);
    }

    private static Task TakePatch(TwinCollection patch, SdkCallbacks callbacks)
    {
        callbacks.OnDesired(ToJson(patch));
        return Task.CompletedTask;
    }

    private static Dictionary<string, string> PropertiesOf(Message message)
    {
        var properties = message.Properties.ToDictionary(property => property.Key, property => property.Value ?? "");
        foreach (var (key, get, _) in SystemPropertyTable)
        {
            if (get(message) is { } value) properties[key] = value;
        }

        return properties;
    }

    private static string? CreationTimeOf(Message message)
    {
        // Whatever the name says, over MQTT the SDK reads it as local time.
        var time = message.CreationTimeUtc;
        if (time == default) return null;
        var utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
        return utc.ToString("o", CultureInfo.InvariantCulture);
    }

    private static DateTime ParseTime(string value) =>
        DateTime.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static JObject ToJson(TwinCollection collection) => (JObject)JsonText.Parse(collection.ToJson());

    private int? RefusalOf(IotHubException error) => SdkErrors.RefusalOf(error.Message, error.IsTransient, options.Transport);
}
