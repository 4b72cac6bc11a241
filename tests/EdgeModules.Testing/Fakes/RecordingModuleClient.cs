using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Fakes;

/// <summary>A hub within the process: delivers what a test gives it, keeps what the module does.</summary>
public sealed class RecordingModuleClient : IModuleClient
{
    private readonly Lock _lock = new();
    private readonly JObject _reported = [];
    private ModuleClientHandlers? _handlers;

    /// <summary>What the module sent, in order.</summary>
    public ConcurrentQueue<OutboundMessage> Sent { get; } = new();

    /// <summary>The patches of the reported properties, in order.</summary>
    public ConcurrentQueue<JObject> Patches { get; } = new();

    /// <summary><c>open</c>, <c>sent</c>, <c>report</c>, <c>stop receiving</c>, <c>close</c>: the calls in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Runs in <see cref="SendAsync"/> before the message is kept.</summary>
    public Func<OutboundMessage, CancellationToken, Task> BeforeSend { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs in <see cref="SendAsync"/> when the message is kept; what it throws, the caller gets.</summary>
    public Action<OutboundMessage> AfterSend { get; set; } = _ => { };

    /// <summary>Runs in <see cref="StopReceivingAsync"/>.</summary>
    public Func<CancellationToken, Task> WhenStopping { get; set; } = _ => Task.CompletedTask;

    /// <summary>The reported properties as the hub has them.</summary>
    public JObject Reported
    {
        get
        {
            lock (_lock) return (JObject)_reported.DeepClone();
        }
    }

    private ModuleClientHandlers Handlers => _handlers ?? throw new InvalidOperationException("The client is not open.");

    /// <summary>Delivers a message; completes when the module has acknowledged it.</summary>
    public Task DeliverAsync(InboundMessage message) => Handlers.OnMessage(message, CancellationToken.None);

    /// <summary>As after a connect: desired and reported properties, whole.</summary>
    public Task GiveTwinAsync(JObject desired) => Handlers.OnTwin(new ModuleTwin(desired, Reported), CancellationToken.None);

    public Task<MethodResponse> CallAsync(string method, JToken? payload = null) => Handlers.OnMethod(new MethodRequest(method, payload), CancellationToken.None);

    public Task OpenAsync(ModuleClientHandlers handlers, CancellationToken cancellation)
    {
        _handlers = handlers;
        Calls.Enqueue("open");
        return Task.CompletedTask;
    }

    public Task<MethodResponse> InvokeMethodAsync(string moduleId, MethodRequest request, TimeSpan responseTimeout, CancellationToken cancellation) =>
        throw new HttpRequestException("There is no other module here.");

    public async Task SendAsync(OutboundMessage message, CancellationToken cancellation)
    {
        await BeforeSend(message, cancellation);
        var kept = message with { Body = message.Body.ToArray() };
        Sent.Enqueue(kept);
        Calls.Enqueue("sent");
        AfterSend(kept);
    }

    public Task ReportAsync(JObject patch, CancellationToken cancellation)
    {
        lock (_lock) JsonMergePatch.Apply(_reported, patch);
        Patches.Enqueue((JObject)patch.DeepClone());
        Calls.Enqueue("report");
        return Task.CompletedTask;
    }

    public Task StopReceivingAsync(CancellationToken cancellation)
    {
        Calls.Enqueue("stop receiving");
        return WhenStopping(cancellation);
    }

    public Task CloseAsync(CancellationToken cancellation)
    {
        Calls.Enqueue("close");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
