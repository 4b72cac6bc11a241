using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>Microsoft's SDK in memory, with what was measured of it: see <see cref="ISdkClient"/>.</summary>
internal sealed class FakeSdkClient(SdkOptions options) : ISdkClient
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _unacknowledged = new();
    private SdkCallbacks? _callbacks;
    private bool _ended;
    private bool _hasHandler = true;

    public SdkOptions Options { get; } = options;

    /// <summary>
    /// In order: <c>open</c>, <c>twin</c>, <c>report</c>, <c>sent ID</c>, <c>unsubscribe</c>, <c>acknowledged ID</c>, <c>lost ID</c>, <c>close</c>,
    /// <c>dispose</c>, <c>call after the end</c>.
    /// </summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public IEnumerable<string> Acknowledged =>
        Calls.Where(call => call.StartsWith("acknowledged", StringComparison.Ordinal)).Select(call => call.Split(' ')[1]);

    /// <summary>Runs when connecting; what it throws, the caller gets.</summary>
    public Action WhenOpening { get; init; } = () => { };

    /// <summary>Runs when it is connected.</summary>
    public Action<FakeSdkClient> WhenOpen { get; init; } = _ => { };

    public Action<JObject> WhenReporting { get; init; } = _ => { };

    public Task OpenAsync(SdkCallbacks callbacks, CancellationToken cancellation)
    {
        Calls.Enqueue("open");
        WhenOpening();
        _callbacks = callbacks;
        WhenOpen(this);
        return Task.CompletedTask;
    }

    /// <summary>A message arrives, on the SDK's thread: the caller's.</summary>
    public void Deliver(string id)
    {
        Task handled;
        lock (_lock) _unacknowledged.Enqueue(id);
        if (_hasHandler)
        {
            handled = _callbacks!.OnMessage(new InboundMessage("in", new byte[] { 1 }, new Dictionary<string, string> { [SystemProperties.MessageId] = id }));
        }
        else
        {
            Calls.Enqueue($"lost {id}");
            handled = Task.CompletedTask;
        }

        _ = AcknowledgeAsync(handled, id);
    }

    public void Patch(JObject desired) => _callbacks!.OnDesired(desired);

    public Task<MethodResponse> CallMethodAsync(string name) => _callbacks!.OnMethod(name, []);

    public void End(string cause)
    {
        _ended = true;
        _callbacks!.OnEnded(cause);
    }

    public Task SendAsync(OutboundMessage message, CancellationToken cancellation) => Called($"sent {message.MessageId}");

    public async Task<JObject> GetTwinAsync(CancellationToken cancellation)
    {
        await Called("twin");
        return new JObject { ["desired"] = new JObject { ["$version"] = 1 }, ["reported"] = new JObject() };
    }

    public Task ReportAsync(JObject patch, CancellationToken cancellation)
    {
        WhenReporting(patch);
        return Called("report");
    }

    public Task UnsubscribeInputsAsync(CancellationToken cancellation)
    {
        _hasHandler = false;
        return Called("unsubscribe");
    }

    public Task CloseAsync(CancellationToken cancellation)
    {
        Calls.Enqueue("close");
        End("Disabled, Client_Close");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Calls.Enqueue("dispose");
        return ValueTask.CompletedTask;
    }

    private Task Called(string what)
    {
        Calls.Enqueue(_ended ? "call after the end" : what);
        return Task.CompletedTask;
    }

    private async Task AcknowledgeAsync(Task handled, string id)
    {
        try
        {
            await handled.ConfigureAwait(false);
        }
        catch (Exception)
        {
            End("Disconnected: the handler failed");
            return;
        }

        lock (_lock)
        {
            if (!_ended && _unacknowledged.Dequeue() == id)
            {
                Calls.Enqueue($"acknowledged {id}");
                return;
            }
        }

        End("Disconnected: acknowledged out of order");
    }
}
