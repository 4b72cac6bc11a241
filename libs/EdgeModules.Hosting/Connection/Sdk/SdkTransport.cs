namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>The protocols that Microsoft's SDK speaks with edgeHub, by TCP; their ports cannot be chosen.</summary>
public enum SdkTransport
{
    /// <summary>Port 8883.</summary>
    Mqtt,

    /// <summary>Port 5671.</summary>
    Amqp,
}
