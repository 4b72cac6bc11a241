using System.Collections.Concurrent;
using System.Net;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>The modules that are connected now; one connection per module. Thread-safe.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<string, ModuleConnection> _connections = [];

    /// <summary>Raised when a module has connected (true) or is away (false). Handlers must be quick and must not throw.</summary>
    public event Action<string, bool>? Changed;

    private TaskCompletionSource _nextChange = NewChange();

    /// <summary>Completes with the next connection or subscription of any module.</summary>
    public Task NextChange => Volatile.Read(ref _nextChange).Task;

    public IReadOnlyCollection<ModuleConnection> All => [.. _connections.Values];

    public ModuleConnection? Find(string module) => _connections.GetValueOrDefault(module);

    /// <summary>Puts a connection in the place of the module's earlier one, which is closed.</summary>
    public void Set(ModuleConnection connection)
    {
        var earlier = _connections.GetValueOrDefault(connection.Module);
        _connections[connection.Module] = connection;
        earlier?.Close();
        AnnounceChange();
        Changed?.Invoke(connection.Module, true);
    }

    public void AnnounceChange() => Interlocked.Exchange(ref _nextChange, NewChange()).TrySetResult();

    /// <returns>False when the module's connection is a newer one.</returns>
    public bool Remove(string module, EndPoint remote)
    {
        if (Find(module) is not { } connection || !connection.Remote.Equals(remote)) return false;
        connection.Close();
        if (!_connections.TryRemove(new KeyValuePair<string, ModuleConnection>(module, connection))) return false;
        Changed?.Invoke(module, false);
        return true;
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
