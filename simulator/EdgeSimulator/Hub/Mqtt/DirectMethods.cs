using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Messages;
using EdgeSimulator.Hub.Metrics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Mqtt;

/// <summary>Direct methods to modules: a request is published, its answer comes back under the same request id. Thread-safe.</summary>
internal sealed class DirectMethods(ConnectionTable connections, HubMetrics metrics, TimeProvider clock)
{
    /// <summary>How long edgeHub lets a late subscription settle before it sends the calls that wait for it.</summary>
    public static readonly TimeSpan LateSubscriptionDelay = TimeSpan.FromSeconds(3);

    private const int MaxNameLength = 100;
    private static readonly SearchValues<char> ForbiddenInNames = SearchValues.Create("/+#?&\0");
    private readonly ConcurrentDictionary<string, Pending> _pending = [];

    /// <returns>What is wrong with the name of a method, in one sentence; null when nothing is.</returns>
    public static string? FindNameError(string name) =>
        name.Length is 0 or > MaxNameLength || string.IsNullOrWhiteSpace(name) || name.AsSpan().ContainsAny(ForbiddenInNames)
            ? $"The method name is '{name}'; it must have 1 to {MaxNameLength} characters, none of them / + # ? &."
            : null;

    /// <exception cref="SimulatorException">The name cannot be one; the module is not connected, takes no methods, or did not answer in time.</exception>
    public async Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation)
    {
        if (FindNameError(method) is { } error) throw new SimulatorException(error);
        // "null" rather than an empty body, which Microsoft's Node SDK refuses.
        var call = new MethodCall(module, method, JsonText.ToUtf8(payload ?? JValue.CreateNull()), timeout);
        return await CallAsync(call, HubMetrics.Upstream, cancellation).ConfigureAwait(false) switch
        {
            MethodOutcome.Answered answer => new MethodResult(answer.Status, Read(call, answer.Body)),
            MethodOutcome.NotAsked { Connected: false } =>
                throw new SimulatorException($"Module '{module}' is not connected; method '{method}' was not called."),
            MethodOutcome.NotAsked =>
                throw new SimulatorException($"Module '{module}' has not subscribed to direct methods; method '{method}' was not called."),
            MethodOutcome.NotAnswered { Disconnected: true } =>
                throw new SimulatorException($"Module '{module}' disconnected before it answered method '{method}'."),
            _ => throw new SimulatorException($"Module '{module}' did not answer method '{method}' within {timeout.TotalSeconds} s."),
        };
    }

    /// <param name="caller"><c>device/module</c>, or <see cref="HubMetrics.Upstream"/>.</param>
    public async Task<MethodOutcome> CallAsync(MethodCall call, string caller, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        metrics.MethodRouted(caller, call.Module);
        var requestId = Guid.NewGuid().ToString();
        var topic = Topics.MethodRequest(call.Name, requestId);
        var connection = FindTaker(call.Module, topic) ?? await WaitForTakerAsync(call, topic, cancellation).ConfigureAwait(false);
        if (connection is null) return new MethodOutcome.NotAsked(connections.Find(call.Module) is not null);
        var pending = _pending[requestId] = new Pending(call.Module);
        try
        {
            if (!connection.TrySend(topic, call.Payload)) return new MethodOutcome.NotAsked(!connection.Closed.IsCancellationRequested);
            // As in edgeHub, an answer over a later connection comes too late.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, connection.Closed);
            var answer = await pending.Answer.Task.WaitAsync(call.ResponseTimeout, clock, either.Token).ConfigureAwait(false);
            metrics.MethodCalled(caller, call.Module, start);
            return answer;
        }
        catch (TimeoutException)
        {
            return new MethodOutcome.NotAnswered(Disconnected: false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new MethodOutcome.NotAnswered(Disconnected: true);
        }
        finally
        {
            _pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>Takes an answer; one that nobody waits for, or from another module than was asked, counts for nothing.</summary>
    public void Answer(string module, string requestId, int status, ReadOnlyMemory<byte> body)
    {
        if (_pending.TryGetValue(requestId, out var pending) && pending.Module == module)
            pending.Answer.TrySetResult(new MethodOutcome.Answered(status, body.ToArray()));
    }

    private ModuleConnection? FindTaker(string module, string topic) =>
        connections.Find(module) is { } connection && connection.Subscriptions.QualityOf(topic) is not null ? connection : null;

    /// <returns>Null when the connect time-out was over first.</returns>
    private async Task<ModuleConnection?> WaitForTakerAsync(MethodCall call, string topic, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(call.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        try
        {
            while (true)
            {
                var changed = connections.NextChange;
                if (FindTaker(call.Module, topic) is null)
                {
                    await changed.WaitAsync(either.Token).ConfigureAwait(false);
                    continue;
                }

                await Task.Delay(LateSubscriptionDelay, clock, either.Token).ConfigureAwait(false);
                if (FindTaker(call.Module, topic) is { } taker) return taker;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static JToken? Read(MethodCall call, byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonText.Parse(Encoding.UTF8.GetString(body));
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"Module '{call.Module}' answered method '{call.Name}' with a body that is no JSON: {error.Message}", error);
        }
    }

    private sealed record Pending(string Module)
    {
        public TaskCompletionSource<MethodOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
