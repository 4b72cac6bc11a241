using System.Threading.Channels;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary>One connection of Microsoft's SDK, made safe: messages wait in line, are acknowledged in order, and the SDK's thread is never held up.</summary>
internal sealed class SdkSession : IModuleSession
{
    private const int MostInputsWaiting = 8;

    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ArrivalPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    private readonly ISdkClient _client;
    private readonly Func<MethodRequest, Task<MethodResponse>> _onMethod;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _inputsStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<InboundDelivery> _inputs =
        Channel.CreateBounded<InboundDelivery>(new BoundedChannelOptions(MostInputsWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Channel<JObject> _desiredPatches = Channel.CreateUnbounded<JObject>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private int _unacknowledged;
    private bool _messagesFlow;
    private volatile bool _stopping;
    private bool _unsubscribed;
    private bool _stopped;
    private bool _disposed;

    private SdkSession(ISdkClient client, Func<MethodRequest, Task<MethodResponse>> onMethod, TimeProvider clock) =>
        (_client, _onMethod, _clock) = (client, onMethod, clock);

    public Task<string> Ended => _ended.Task;

    public ChannelReader<InboundDelivery> Inputs => _inputs.Reader;

    public ChannelReader<JObject> DesiredPatches => _desiredPatches.Reader;

    /// <param name="client">The session's from now on.</param>
    public static async Task<SdkSession> ConnectAsync(
        ISdkClient client, Func<MethodRequest, Task<MethodResponse>> onMethod, TimeProvider clock, CancellationToken cancellation)
    {
        var session = new SdkSession(client, onMethod, clock);
        var callbacks = new SdkCallbacks(session.OnMessageAsync, patch => session._desiredPatches.Writer.TryWrite(patch), session.OnMethodAsync, session.End);
        try
        {
            await client.OpenAsync(callbacks, cancellation).WaitAsync(OpenTimeout, clock, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public Task SendAsync(OutboundMessage message, CancellationToken cancellation) =>
        CallAsync(() => _client.SendAsync(message, cancellation), cancellation);

    public async Task<JObject> GetTwinAsync(CancellationToken cancellation)
    {
        JObject? twin = null;
        await CallAsync(async () => twin = await _client.GetTwinAsync(cancellation), cancellation);
        return twin!;
    }

    public Task ReportAsync(JObject patch, CancellationToken cancellation) =>
        CallAsync(() => _client.ReportAsync(patch, cancellation), cancellation);

    /// <summary>
    /// The SDK acknowledges by itself what comes when its handler has gone, so the subscription can end only while a message is in hand: the hub sends none
    /// meanwhile. Where messages flow, the next one is waited for; where none comes, one that still does stays unacknowledged and comes again.
    /// </summary>
    public async Task StopInputsAsync(CancellationToken cancellation)
    {
        bool awaitsNext;
        lock (_lock)
        {
            _stopping = true;
            awaitsNext = _unacknowledged == 0 && _messagesFlow;
        }

        if (awaitsNext) await Task.WhenAny(_inputsStopped.Task, Ended, Task.Delay(ArrivalPatience, _clock, cancellation));
        lock (_lock)
        {
            if (_unacknowledged == 0) StopInputs();
        }
    }

    public Task DisconnectAsync(CancellationToken cancellation) => _client.CloseAsync(cancellation).WaitAsync(AnswerTimeout, _clock, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        End("closed");
        // The SDK waits for its sockets; nobody here may wait for ever.
        await Task.Run(async () => await _client.DisposeAsync()).WaitAsync(DisposeTimeout, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CallAsync(Func<Task> call, CancellationToken cancellation)
    {
        // A client that has ended would connect again by itself, and receive nothing.
        if (Ended.IsCompleted) throw new InvalidOperationException($"The connection has ended: {Ended.Result}");
        // What the SDK waits for it cannot always be made to give up.
        await call().WaitAsync(AnswerTimeout, _clock, cancellation);
    }

    /// <summary>On the SDK's thread: returns at once. The task completes when the message may be acknowledged; never, when it must come again.</summary>
    private Task OnMessageAsync(InboundMessage message)
    {
        // Completed on the spot, not by another thread: the acknowledgement is on its way before anything that follows, a goodbye for instance.
        var acknowledged = new TaskCompletionSource();
        lock (_lock)
        {
            if (_stopped || Ended.IsCompleted) return acknowledged.Task;
            _messagesFlow = true;
            if (_inputs.Writer.TryWrite(new InboundDelivery(message, cancellation => AcknowledgeAsync(acknowledged, cancellation))))
            {
                _unacknowledged++;
                return acknowledged.Task;
            }
        }

        // The hub repeats a message that takes long every half minute. None can be left out here: the next acknowledgement would be out of order.
        End($"{MostInputsWaiting} messages wait");
        return acknowledged.Task;
    }

    private async Task AcknowledgeAsync(TaskCompletionSource acknowledged, CancellationToken cancellation)
    {
        if (_stopping && !_unsubscribed)
        {
            _unsubscribed = true;
            // When that fails nobody knows whether messages still come, nor whether the SDK would give them up: the session ends with this one unacknowledged.
            await CallAsync(() => _client.UnsubscribeInputsAsync(cancellation), cancellation);
        }

        if (Ended.IsCompleted) return;
        acknowledged.SetResult();
        lock (_lock) _unacknowledged--;
        if (!_stopping) return;
        await Task.Delay(Settling, _clock, cancellation);
        lock (_lock)
        {
            if (_unacknowledged == 0) StopInputs();
        }
    }

    private Task<MethodResponse> OnMethodAsync(string name, byte[] payload) => Task.Run(() => MethodCalls.AnswerAsync(name, payload, _onMethod));

    private void StopInputs()
    {
        _stopped = true;
        _inputs.Writer.TryComplete();
        _inputsStopped.TrySetResult();
    }

    private void End(string cause)
    {
        _ended.TrySetResult(cause);
        _inputs.Writer.TryComplete();
        _desiredPatches.Writer.TryComplete();
    }
}
