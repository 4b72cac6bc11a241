using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Messages;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>Direct methods to modules: a request is published, its answer comes back under the same request id. Thread-safe.</summary>
internal sealed class DirectMethods(ConnectionTable connections, TimeProvider clock)
{
    private const int MaxNameLength = 100;
    private static readonly SearchValues<char> ForbiddenInNames = SearchValues.Create("/+#?&\0");
    private readonly ConcurrentDictionary<string, Pending> _pending = [];

    /// <exception cref="SimulatorException">The name cannot be one; the module is not connected, takes no methods, or did not answer in time.</exception>
    public async Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation)
    {
        if (method.Length is 0 or > MaxNameLength || method.AsSpan().ContainsAny(ForbiddenInNames))
            throw new SimulatorException($"The method name is '{method}'; it must have 1 to {MaxNameLength} characters, none of them / + # ? &.");
        if (connections.Find(module) is not { } connection) throw new SimulatorException($"Module '{module}' is not connected; method '{method}' was not called.");
        var requestId = Guid.NewGuid().ToString();
        var pending = _pending[requestId] = new Pending(module);
        try
        {
            // "null" rather than an empty body, which Microsoft's Node SDK refuses.
            if (!connection.TrySend(Topics.MethodRequest(method, requestId), JsonText.ToUtf8(payload ?? JValue.CreateNull())))
                throw new SimulatorException($"Module '{module}' has not subscribed to direct methods; method '{method}' was not called.");
            var (status, body) = await pending.Answer.Task.WaitAsync(timeout, clock, cancellation).ConfigureAwait(false);
            return new MethodResult(status, body.Length == 0 ? null : JsonText.Parse(Encoding.UTF8.GetString(body)));
        }
        catch (TimeoutException error)
        {
            throw new SimulatorException($"Module '{module}' did not answer method '{method}' within {timeout.TotalSeconds} s.", error);
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"Module '{module}' answered method '{method}' with a body that is no JSON: {error.Message}", error);
        }
        finally
        {
            _pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>Takes an answer; one that nobody waits for, or from another module than was asked, counts for nothing.</summary>
    public void Answer(string module, string requestId, int status, ReadOnlyMemory<byte> body)
    {
        if (_pending.TryGetValue(requestId, out var pending) && pending.Module == module) pending.Answer.TrySetResult((status, body.ToArray()));
    }

    private sealed record Pending(string Module)
    {
        public TaskCompletionSource<(int Status, byte[] Body)> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
