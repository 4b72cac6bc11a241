using System.Security.Cryptography.X509Certificates;

namespace EdgeModules.Hosting.Connection;

/// <summary>
/// <c>EdgeHubConnectionString</c> (<c>HostName=…;DeviceId=…;ModuleId=…;SharedAccessKey=…[;GatewayHostName=…]</c>) and <c>EdgeModuleCACertificateFile</c>:
/// how a module is run outside the runtime, in a debugger for instance.
/// </summary>
public sealed class ConnectionStringCredentials : IModuleCredentials
{
    private const string Variable = "EdgeHubConnectionString";

    private readonly string _key;
    private readonly string? _rootsFile;

    /// <exception cref="ModuleConfigurationException">A part is missing or unreadable; the message names it, never the key.</exception>
    public ConnectionStringCredentials(string connectionString, string? rootsFile)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            if (equals <= 0) throw new ModuleConfigurationException($"{Variable} has a part without \"=\"; it must be Name=value pairs joined by \";\".");
            parts[part[..equals]] = part[(equals + 1)..];
        }

        var host = Required("HostName");
        Address = new ModuleAddress(host, parts.GetValueOrDefault("GatewayHostName", host), Required("DeviceId"), Required("ModuleId"));
        _key = Required("SharedAccessKey");
        if (!Convert.TryFromBase64String(_key, new byte[_key.Length], out _))
            throw new ModuleConfigurationException($"{Variable} has a SharedAccessKey that is not base64.");
        _rootsFile = rootsFile;

        string Required(string name) => parts.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw new ModuleConfigurationException($"{Variable} has no {name}; it must have HostName, DeviceId, ModuleId and SharedAccessKey.");
    }

    public ModuleAddress Address { get; }

    public bool IsRuntime => false;

    public Task<string> CreateTokenAsync(DateTimeOffset expiry, CancellationToken cancellation)
    {
        var audience = SasToken.Audience(Address.HubHostName, Address.DeviceId, Address.ModuleId);
        return Task.FromResult(SasToken.Format(audience, SasToken.Sign(_key, SasToken.SignedText(audience, expiry)), expiry));
    }

    public Task<X509Certificate2Collection> GetTrustedRootsAsync(CancellationToken cancellation)
    {
        var roots = new X509Certificate2Collection();
        if (_rootsFile is not null)
        {
            if (!File.Exists(_rootsFile))
                throw new ModuleConfigurationException($"EdgeModuleCACertificateFile is \"{_rootsFile}\"; it must be a PEM file that exists.");
            roots.ImportFromPemFile(_rootsFile);
        }

        return Task.FromResult(roots);
    }
}
