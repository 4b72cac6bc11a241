using System.Buffers;
using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Metrics;
using EdgeSimulator.Hub.Routing;
using EdgeSimulator.Hub.Storage;
using EdgeSimulator.Hub.Twins;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeSimulator.Hub.Mqtt;

internal enum PublishVerdict
{
    /// <summary>Done with; to be acknowledged.</summary>
    Acknowledge,

    /// <summary>Against the rules; the connection is closed without an acknowledgement.</summary>
    Close,
}

/// <summary>What a module publishes: by topic to the message store, the twins or the direct methods.</summary>
internal sealed partial class PublishDispatcher(
    string deviceId, ConfigurationService configuration, MessageStore messages, TwinService twins, DirectMethods methods, HubMetrics metrics,
    TimeProvider clock, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<PublishDispatcher>();

    /// <summary>Raised for each message of a module before it is stored. Handlers must be quick and must not throw.</summary>
    public event Action<HubMessage>? Published;

    /// <summary>When it returns <see cref="PublishVerdict.Acknowledge"/> the message is stored; an exception means that it may not be.</summary>
    public PublishVerdict Dispatch(ModuleConnection from, MqttApplicationMessage message)
    {
        var arrivedAt = clock.GetTimestamp();
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            LogQualityTwo(from.Module, message.Topic);
            return PublishVerdict.Close;
        }

        var remainingLength = RemainingLengthOf(message);
        if (remainingLength > HubMessage.MaxBytes)
        {
            LogPacketTooLarge(from.Module, remainingLength, HubMessage.MaxBytes);
            return PublishVerdict.Close;
        }

        if (Topics.TryParseEvents(message.Topic, out var device, out var module, out var bag)) return Accept(from, device, module, bag, message, arrivedAt);
        if (Topics.TryParseTwinGet(message.Topic, out var requestId)) twins.AnswerGet(from, requestId);
        else if (Topics.TryParseTwinPatch(message.Topic, out requestId)) Report(from, requestId, BodyOf(message));
        else if (Topics.TryParseMethodAnswer(message.Topic, out var status, out requestId)) methods.Answer(from.Module, requestId, status, BodyOf(message));
        else LogUnknownTopic(from.Module, message.Topic);
        return PublishVerdict.Acknowledge;
    }

    private PublishVerdict Accept(ModuleConnection from, string device, string module, string bag, MqttApplicationMessage published, long arrivedAt)
    {
        if (device != deviceId || module != from.Module)
        {
            LogForeignSender(from.Module, $"{device}/{module}");
            return PublishVerdict.Close;
        }

        var message = Read(module, bag, BodyOf(published), arrivedAt);
        var current = configuration.Current;
        var targets = current.Routes.Match(message.ToRouted(deviceId));
        var size = message.SizeInHub(deviceId);
        var dropped = size > HubMessage.MaxBytes;
        if (dropped) LogMessageTooLarge(from.Module, message.Output, size, HubMessage.MaxBytes, message.Readings);
        else metrics.MessageReceived(message, size);
        if (targets.Count == 0)
        {
            metrics.MessageUnrouted(message);
            LogUnrouted(from.Module, message.Output);
        }

        Published?.Invoke(message);
        Store(message, targets, current.TimeToLive, dropped);
        return PublishVerdict.Acknowledge;
    }

    private void Store(HubMessage message, IReadOnlyList<RouteTarget> targets, TimeSpan? timeToLive, bool dropped)
    {
        try
        {
            messages.Accept(message, targets, timeToLive, dropped);
        }
        catch
        {
            metrics.MessageNotStored(message);
            throw;
        }
    }

    /// <summary>edgeHub routes the notification whether or not it takes the patch. One that no route wants leaves no trace.</summary>
    private void Report(ModuleConnection from, string requestId, ReadOnlyMemory<byte> patch)
    {
        var notification = HubMessage.OfTwinChange(from.Module, clock.GetUtcNow(), patch);
        var current = configuration.Current;
        if (current.Routes.Match(notification.ToRouted(deviceId)) is { Count: > 0 } targets)
            Store(notification, targets, current.TimeToLive, dropped: false);
        twins.AnswerPatch(from, requestId, patch.Span);
    }

    private HubMessage Read(string module, string bag, ReadOnlyMemory<byte> body, long arrivedAt)
    {
        string? output = null;
        var application = new List<KeyValuePair<string, string>>();
        var system = new List<KeyValuePair<string, string>>();
        foreach (var (key, value) in PropertyBag.Decode(bag))
        {
            if (key is SystemProperties.ConnectionDeviceId or SystemProperties.ConnectionModuleId) continue; // Only the hub says who sent it.
            if (!SystemPropertyMap.Incoming.TryGetValue(key, out var name)) application.Add(new(key, value));
            else if (name == SystemPropertyMap.OutputName) output = value;
            else system.Add(new(name, value));
        }

        return new HubMessage(module, output, clock.GetUtcNow(), application, system, body) { ArrivedAt = arrivedAt };
    }

    private static long RemainingLengthOf(MqttApplicationMessage message)
    {
        const int LengthOfTopicLength = 2;
        var packetId = message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce ? 0 : 2;
        return LengthOfTopicLength + Encoding.UTF8.GetByteCount(message.Topic) + packetId + message.Payload.Length;
    }

    private static ReadOnlyMemory<byte> BodyOf(MqttApplicationMessage message) =>
        message.Payload.IsSingleSegment ? message.Payload.First : message.Payload.ToArray();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closed the connection of {Module}: it published to {Topic} at QoS 2; edgeHub takes QoS 0 and 1.")]
    private partial void LogQualityTwo(string module, string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closed the connection of {Module}: its PUBLISH has a remaining length of {Bytes} bytes; edgeHub takes at most {Limit}.")]
    private partial void LogPacketTooLarge(string module, long bytes, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closed the connection of {Module}: it published as {Sender}; a module may publish only under its own id.")]
    private partial void LogForeignSender(string module, string sender);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Acknowledged and dropped a message of {Module}, output {Output}: body and properties, with what the hub adds, are {Bytes} bytes; edgeHub drops what is over {Limit}. Readings lost: {Readings}.")]
    private partial void LogMessageTooLarge(string module, string? output, long bytes, int limit, long readings);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A message of {Module}, output {Output}, matches no route and is gone.")]
    private partial void LogUnrouted(string module, string? output);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignored what {Module} published to {Topic}: edgeHub does not know that topic.")]
    private partial void LogUnknownTopic(string module, string topic);
}
