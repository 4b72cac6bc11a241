using System.Collections.Frozen;
using Wire = EdgeModules.Messages.SystemProperties;

namespace EdgeSimulator.Hub;

/// <summary>edgeHub's names of system properties and their keys in an MQTT property bag.</summary>
internal static class SystemPropertyMap
{
    public const string MessageId = "messageId";

    /// <summary>As edgeHub names it inside; IoT Hub says <c>correlationId</c>.</summary>
    public const string CorrelationId = "cid";
    public const string ContentEncoding = "contentEncoding";
    public const string OutputName = "outputName";
    public const string ConnectionDeviceId = "connectionDeviceId";
    public const string ConnectionModuleId = "connectionModuleId";

    public const string MessageSchema = "messageSchema";
    public const string EnqueuedTime = "enqueuedTime";

    /// <summary>Set by the hub only: what a sender says can never be it.</summary>
    public const string MessageType = "messageType";

    /// <summary>The module whose twin a notification is of; the connection module is then <c>$edgeHub</c>.</summary>
    public const string ReportingModuleId = "rpSenderModuleId";
    public const string ReportingDeviceId = "rpSenderDeviceId";

    /// <summary>In the order in which edgeHub writes them to a receiver.</summary>
    public static IReadOnlyList<(string Name, string Key)> Outgoing { get; } =
    [
        (ConnectionDeviceId, Wire.ConnectionDeviceId),
        (ConnectionModuleId, Wire.ConnectionModuleId),
        (MessageId, Wire.MessageId),
        (CorrelationId, Wire.CorrelationId),
        ("userId", "$.uid"),
        ("to", "$.to"),
        ("contentType", Wire.ContentType),
        (ContentEncoding, Wire.ContentEncoding),
        ("absolute-expiry-time", "$.exp"),
        (MessageSchema, "$.schema"),
        ("creationTime", "$.ctime"),
        ("operation", "iothub-operation"),
        ("dt-subject", "$.sub"),
    ];

    /// <summary>Key → name of what a sender may set; other keys are application properties.</summary>
    public static FrozenDictionary<string, string> Incoming { get; } = Outgoing
        .Where(pair => pair.Name is not (ConnectionDeviceId or ConnectionModuleId))
        .Append((OutputName, Wire.OutputName))
        .Append(("ack", "ack"))
        .Append(("iothub-interface-id", "$.ifid"))
        .ToFrozenDictionary(pair => pair.Item2, pair => pair.Item1);
}
