using EdgeModules.Messages;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Connection;

/// <summary>
/// What every adapter does alike: keeps one <see cref="IModuleSession"/> alive for ever, renews it before its token expires, and fetches the twin after
/// each connect, since changes made meanwhile are not pushed again. An adapter knows only how to make a session.
/// </summary>
public abstract partial class SupervisedModuleClient : IModuleClient
{
    private static readonly TimeSpan TwinRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TwinPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SendRetry = TimeSpan.FromMilliseconds(200);

    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly MethodInvoker _methods;
    private readonly ReconnectBackoff _backoff = new(Random.Shared.NextDouble);
    private readonly ReconnectBackoff _failureBackoff = new(Random.Shared.NextDouble);
    private readonly TakeoverGuard _takeovers = new();

    // Held while a message is handled: one at a time, over all connections.
    private readonly SemaphoreSlim _inHand = new(1);
    private readonly Lock _sessionLock = new();
    private TaskCompletionSource<IModuleSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _supervisor = Task.CompletedTask;
    private Task _inputs = Task.CompletedTask;
    private JObject? _desired;
    private bool _messageFailed;
    private bool _closing;
    private bool _disposed;

    /// <param name="httpsPort">For methods of other modules, which go the same way whatever the transport.</param>
    protected SupervisedModuleClient(IModuleCredentials credentials, int httpsPort, TimeProvider clock, ILogger logger)
    {
        (Credentials, Clock, _logger) = (credentials, clock, logger);
        _methods = new MethodInvoker(credentials, httpsPort, clock);
    }

    /// <summary>Life of a token; a connection is renewed at 85 % of it.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The Plug and Play model announced at each connect; null for none.</summary>
    public string? ModelId { get; init; }

    /// <summary>Where it connects to, for the log.</summary>
    protected abstract string Endpoint { get; }

    /// <summary>When a connection is renewed, counted from its beginning.</summary>
    protected virtual TimeSpan RenewAfter => TokenLife * 0.85;

    protected IModuleCredentials Credentials { get; }

    protected TimeProvider Clock { get; }

    public Task OpenAsync(ModuleClientHandlers handlers, CancellationToken cancellation)
    {
        _supervisor = SuperviseAsync(handlers, _stop.Token);
        return Task.CompletedTask;
    }

    public Task SendAsync(OutboundMessage message, CancellationToken cancellation) =>
        OnAnySessionAsync(session => session.SendAsync(message, cancellation), message.MessageId, cancellation);

    public Task ReportAsync(JObject patch, CancellationToken cancellation) =>
        OnAnySessionAsync(session => session.ReportAsync(patch, cancellation), "reported properties", cancellation);

    public Task<MethodResponse> InvokeMethodAsync(string moduleId, MethodRequest request, TimeSpan responseTimeout, CancellationToken cancellation) =>
        _methods.InvokeAsync(moduleId, request, responseTimeout, cancellation);

    public async Task StopReceivingAsync(CancellationToken cancellation)
    {
        _closing = true;
        if (CurrentSession() is { } session) await StopInputsAsync(session, cancellation);
    }

    public async Task CloseAsync(CancellationToken cancellation)
    {
        _closing = true;
        try
        {
            if (CurrentSession() is { } session) await session.DisconnectAsync(cancellation);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogUncleanClose(error.Message);
        }
        finally
        {
            await _stop.CancelAsync();
            await _supervisor;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        GC.SuppressFinalize(this);
        await _stop.CancelAsync();
        await _supervisor;
        _stop.Dispose();
        _methods.Dispose();
        _inHand.Dispose();
    }

    /// <returns>A connection that has subscribed to everything.</returns>
    /// <exception cref="ConnectRefusedException">The hub does not take the module's credentials.</exception>
    private protected abstract Task<IModuleSession> ConnectAsync(Func<MethodRequest, Task<MethodResponse>> onMethod, CancellationToken cancellation);

    private async Task SuperviseAsync(ModuleClientHandlers handlers, CancellationToken stop)
    {
        // The caller's thread goes on at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stop.IsCancellationRequested && !_closing)
        {
            var pause = TimeSpan.Zero;
            try
            {
                pause = await ConnectAndServeAsync(handlers, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                pause = _backoff.Next();
                if (error is ConnectRefusedException) LogRefused(error.Message, Credentials.Address.ClientId, pause.TotalSeconds);
                else LogNotConnected(Endpoint, error.Message, pause.TotalSeconds);
            }

            await Task.Delay(pause, Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How long to wait before the next connection.</returns>
    private async Task<TimeSpan> ConnectAndServeAsync(ModuleClientHandlers handlers, CancellationToken stop)
    {
        await using var session = await ConnectAsync(request => handlers.OnMethod(request, stop), stop);
        _backoff.Reset();
        LogConnected(Endpoint, Credentials.Address.ClientId);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var twinSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var twin = HandleTwinAsync(session, handlers, twinSeen, over.Token);
        _inputs = HandleInputsAsync(session, handlers, twinSeen.Task, over.Token);
        lock (_sessionLock) _session.TrySetResult(session);
        try
        {
            var renewal = Task.Delay(RenewAfter, Clock, over.Token);
            if (await Task.WhenAny(session.Ended, renewal) == renewal && !stop.IsCancellationRequested)
            {
                LogRenewing();
                await StopInputsAsync(session, stop);
                await session.DisconnectAsync(stop);
                return TimeSpan.Zero;
            }
        }
        finally
        {
            lock (_sessionLock) _session = new TaskCompletionSource<IModuleSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            await over.CancelAsync();
            // A handler that still sends goes on over the next connection; its message is not acknowledged on this one any more.
            _ = Task.WhenAll(twin, _inputs).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        }

        stop.ThrowIfCancellationRequested();
        if (_closing) return TimeSpan.Zero;
        // The module's own doing, so no other client's; a message that fails again and again must not come at full speed.
        if (Interlocked.Exchange(ref _messageFailed, false)) return _failureBackoff.Next();
        if (_takeovers.Lost(Clock.GetUtcNow()))
        {
            LogTakenOver(Credentials.Address.ClientId, TakeoverGuard.Pause.TotalSeconds);
            return TakeoverGuard.Pause;
        }

        var pause = _backoff.Next();
        LogConnectionLost(await session.Ended, pause.TotalSeconds);
        return pause;
    }

    private async Task StopInputsAsync(IModuleSession session, CancellationToken cancellation)
    {
        await session.StopInputsAsync(cancellation);
        // A message whose outputs cannot be sent because this connection has ended waits for the next one, which must not wait for it.
        await Task.WhenAny(_inputs, session.Ended).WaitAsync(cancellation);
    }

    private async Task HandleInputsAsync(IModuleSession session, ModuleClientHandlers handlers, Task twinSeen, CancellationToken over)
    {
        // What the operator changed meanwhile should count for the first message already; but a hub that has no twin must not hold up messages.
        await Task.WhenAny(twinSeen, Task.Delay(TwinPatience, Clock, over));
        await foreach (var delivery in session.Inputs.ReadAllAsync(over))
        {
            await _inHand.WaitAsync(over);
            var handled = false;
            try
            {
                if (session.Ended.IsCompleted) return;
                await handlers.OnMessage(delivery.Message, _stop.Token);
                handled = true;
                _failureBackoff.Reset();
                if (!session.Ended.IsCompleted) await delivery.AcknowledgeAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                LogNotAcknowledged(delivery.Message.Input, error.Message);
                _messageFailed = !handled && !session.Ended.IsCompleted;
                await session.DisposeAsync();
                return;
            }
            finally
            {
                _inHand.Release();
            }
        }
    }

    private async Task HandleTwinAsync(IModuleSession session, ModuleClientHandlers handlers, TaskCompletionSource twinSeen, CancellationToken over)
    {
        await FetchTwinAsync(session, handlers, over);
        twinSeen.TrySetResult();
        await foreach (var patch in session.DesiredPatches.ReadAllAsync(over))
        {
            var step = DesiredPatch.StepFor(_desired, patch);
            if (step == PatchStep.Ignore) continue;
            if (step == PatchStep.Fetch)
            {
                await FetchTwinAsync(session, handlers, over);
                continue;
            }

            JsonMergePatch.Apply(_desired!, patch);
            await handlers.OnTwin(new ModuleTwin((JObject)_desired!.DeepClone(), null), over);
        }
    }

    private async Task FetchTwinAsync(IModuleSession session, ModuleClientHandlers handlers, CancellationToken over)
    {
        while (!session.Ended.IsCompleted)
        {
            try
            {
                var twin = await session.GetTwinAsync(over);
                var desired = twin["desired"] as JObject ?? [];
                // While the cloud is away edgeHub may answer with an empty twin; what is held is better then.
                if (_desired is null || DesiredPatch.VersionOf(desired) >= DesiredPatch.VersionOf(_desired)) _desired = desired;
                await handlers.OnTwin(new ModuleTwin((JObject)_desired.DeepClone(), twin["reported"] as JObject ?? []), over);
                return;
            }
            catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
            {
                LogNoTwin(error.Message, TwinRetry.TotalSeconds);
                await Task.Delay(TwinRetry, Clock, over);
            }
        }
    }

    private async Task OnAnySessionAsync(Func<IModuleSession, Task> action, string? what, CancellationToken cancellation)
    {
        while (true)
        {
            Task<IModuleSession> waiting;
            lock (_sessionLock) waiting = _session.Task;
            // Closed, no connection will come any more.
            ObjectDisposedException.ThrowIf(await Task.WhenAny(waiting, _supervisor).WaitAsync(cancellation) != waiting, this);
            var session = await waiting;
            try
            {
                await action(session);
                return;
            }
            catch (Exception error) when (error is not (TwinRejectedException or OutOfMemoryException) && !cancellation.IsCancellationRequested)
            {
                LogRepeating(what ?? "a message", error.Message);
                // The connection that failed is over soon, or the hub is slow: either way not at once again.
                await Task.Delay(SendRetry, Clock, cancellation);
            }
        }
    }

    private IModuleSession? CurrentSession()
    {
        lock (_sessionLock) return _session.Task.IsCompletedSuccessfully ? _session.Task.Result : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {Endpoint} as {ClientId}.")]
    private partial void LogConnected(string endpoint, string clientId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Renewing the connection before its token expires.")]
    private partial void LogRenewing();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot connect to {Endpoint}: {Cause} Next attempt in {Seconds:0.0} s.")]
    private partial void LogNotConnected(string endpoint, string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Cause} Are the keys of {ClientId} still right, and the clock? Next attempt in {Seconds:0.0} s.")]
    private partial void LogRefused(string cause, string clientId, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the connection ({Cause}); connecting again in {Seconds:0.0} s.")]
    private partial void LogConnectionLost(string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message =
        "The hub closed this module's connection three times within a minute: another client connects as {ClientId}. Staying away for {Seconds:0} s; stop the other one.")]
    private partial void LogTakenOver(string clientId, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not fetch the twin: {Cause} Next attempt in {Seconds:0} s.")]
    private partial void LogNoTwin(string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message on input {Input} was not acknowledged and will come again: {Cause}")]
    private partial void LogNotAcknowledged(string input, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending {What} again: {Cause}")]
    private partial void LogRepeating(string what, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection could not be closed in order: {Cause}")]
    private partial void LogUncleanClose(string cause);
}
