namespace EdgeModules.Messages;

/// <summary>Keys of the system properties in an MQTT property bag, as IoT Hub and edgeHub write them.</summary>
public static class SystemProperties
{
    public const string OutputName = "$.on";
    public const string MessageId = "$.mid";
    public const string CorrelationId = "$.cid";
    public const string ContentType = "$.ct";
    public const string ContentEncoding = "$.ce";

    /// <summary>UTC, in the round-trip format.</summary>
    public const string CreationTime = "$.ctime";

    public const string UserId = "$.uid";
    public const string To = "$.to";
    public const string Schema = "$.schema";

    /// <summary>Set by edgeHub on delivery: the sending device.</summary>
    public const string ConnectionDeviceId = "$.cdid";

    /// <summary>Set by edgeHub on delivery: the sending module.</summary>
    public const string ConnectionModuleId = "$.cmid";
}
