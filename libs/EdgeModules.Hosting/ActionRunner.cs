using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting;

/// <summary>
/// Calls direct methods of other modules beside the pump. Calls to one module keep their order; a module that does not answer holds up no other.
/// All members are for the pump's loop; only the calls themselves run elsewhere.
/// </summary>
/// <param name="settled">Called on any thread when there is an outcome to take.</param>
internal sealed partial class ActionRunner(IModuleClient client, TimeProvider clock, ILogger logger, Action settled)
{
    public const int MostWaiting = 64;
    public const string Done = "done";
    public const string Failed = "failed";

    /// <summary>Not tried, because too many were waiting.</summary>
    public const string Refused = "refused";

    private const int Tries = 2;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>How long the gateway waits for the answer; it tells then that none came.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a try takes at most, when the gateway itself does not answer.</summary>
    private static readonly TimeSpan TryTimeout = ResponseTimeout + TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<string> _outcomes = new();
    private readonly Dictionary<string, Task> _lastOfModule = [];
    private int _unsettled;

    /// <summary>Ends the calls: those that run and those that wait are given up.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>How many more may be started now.</summary>
    public int Room => MostWaiting - _unsettled;

    /// <param name="actions">At most <see cref="Room"/>.</param>
    public void Start(IReadOnlyList<MethodAction> actions)
    {
        foreach (var action in actions)
        {
            _unsettled++;
            _lastOfModule[action.Module] = RunAsync(action, _lastOfModule.GetValueOrDefault(action.Module, Task.CompletedTask));
        }
    }

    /// <returns>One of <see cref="Done"/> and <see cref="Failed"/> for each call that has ended since the last time.</returns>
    public IReadOnlyList<string> TakeOutcomes()
    {
        var taken = new List<string>();
        while (_outcomes.TryDequeue(out var outcome)) taken.Add(outcome);
        _unsettled -= taken.Count;
        if (_unsettled == 0) _lastOfModule.Clear();
        return taken;
    }

    /// <summary>After <see cref="Stop"/>: completes when every call has its outcome.</summary>
    public Task EndAsync() => Task.WhenAll(_lastOfModule.Values);

    private async Task RunAsync(MethodAction action, Task before)
    {
        // The loop goes on at once.
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _outcomes.Enqueue(await CallAsync(action));
        settled();
    }

    private async Task<string> CallAsync(MethodAction action)
    {
        for (var number = 1; !Stop.IsCancellationRequested; number++)
        {
            if (await TryAsync(action) is not { } cause) return Done;
            if (Stop.IsCancellationRequested) break;
            if (number == Tries)
            {
                LogFailed(action.Method, action.Module, action.Id, Tries, cause);
                return Failed;
            }

            LogTryingAgain(action.Method, action.Module, action.Id, cause, RetryPause.TotalSeconds);
            await Task.Delay(RetryPause, clock, Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LogGivenUp(action.Method, action.Module, action.Id);
        return Failed;
    }

    /// <returns>Why it was not done; null when it was.</returns>
    private async Task<string?> TryAsync(MethodAction action)
    {
        using var time = new CancellationTokenSource(TryTimeout, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop, time.Token);
        try
        {
            var response = await client.InvokeMethodAsync(action.Module, new MethodRequest(action.Method, action.Payload), ResponseTimeout, over.Token);
            if (response.Status is < 200 or > 299) return $"The answer has status {response.Status}.";
            LogDone(action.Method, action.Module, action.Id);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"There was no answer within {TryTimeout.TotalSeconds:0} s.";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Called {Method} of {Module} for {Id}.")]
    private partial void LogDone(string method, string module, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Calling {Method} of {Module} for {Id} failed: {Cause} Trying again in {Seconds:0} s.")]
    private partial void LogTryingAgain(string method, string module, string id, string cause, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Calling {Method} of {Module} for {Id} failed {Tries} times: {Cause}")]
    private partial void LogFailed(string method, string module, string id, int tries, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up calling {Method} of {Module} for {Id}: this module is stopping.")]
    private partial void LogGivenUp(string method, string module, string id);
}
