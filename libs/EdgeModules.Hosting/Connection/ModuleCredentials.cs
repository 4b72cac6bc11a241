using System.Security.Cryptography.X509Certificates;

namespace EdgeModules.Hosting.Connection;

/// <summary>Who the module is, which host it connects to, and how it proves itself.</summary>
/// <param name="HubHostName">The IoT Hub; part of the token.</param>
/// <param name="GatewayHostName">The host to connect to; the name in its certificate.</param>
public sealed record ModuleAddress(string HubHostName, string GatewayHostName, string DeviceId, string ModuleId)
{
    /// <summary><c>device/module</c>: the MQTT client id, and the sender that receivers see.</summary>
    public string ClientId => $"{DeviceId}/{ModuleId}";
}

/// <summary>The source of tokens and of trust: a connection string, or the workload API of the IoT Edge runtime.</summary>
public interface IModuleCredentials
{
    ModuleAddress Address { get; }

    /// <summary>True where the IoT Edge runtime started the module, in a container of its own.</summary>
    bool IsRuntime { get; }

    /// <returns>A shared access signature.</returns>
    Task<string> CreateTokenAsync(DateTimeOffset expiry, CancellationToken cancellation);

    /// <returns>The roots that may have signed the gateway's certificate; empty for those of the operating system.</returns>
    Task<X509Certificate2Collection> GetTrustedRootsAsync(CancellationToken cancellation);
}
