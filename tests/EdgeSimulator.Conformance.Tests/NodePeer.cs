using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using EdgeModules.Messages;
using EdgeModules.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>A process of <c>node/peer.js</c>: a module on Microsoft's Node SDK.</summary>
internal sealed class NodePeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _complaints;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JToken?>> _asked = [];
    private readonly ConcurrentDictionary<string, Channel<JObject>> _events = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _lastId;

    private NodePeer(Process process)
    {
        _process = process;
        _complaints = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <param name="environment">How it connects; nothing of the kind comes from the environment of the tests.</param>
    public static NodePeer Start(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", "peer.js")
        {
            WorkingDirectory = NodeSdk.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var foreign = start.Environment.Keys.Where(name =>
            name.StartsWith("IOTEDGE_", StringComparison.Ordinal) || name.StartsWith("Edge", StringComparison.Ordinal)
            || name is "IotHubConnectionString" or "NODE_OPTIONS" or "NODE_EXTRA_CA_CERTS" or "NODE_TLS_REJECT_UNAUTHORIZED").ToList();
        foreign.ForEach(name => start.Environment.Remove(name));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new NodePeer(Process.Start(start)!);
    }

    /// <exception cref="NodePeerException">The SDK answered with an error.</exception>
    public async Task<JToken?> AskAsync(string command, object? arguments = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _asked[id] = new TaskCompletionSource<JToken?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var line = arguments is null ? [] : JObject.FromObject(arguments);
        (line["id"], line["do"]) = (id, command);
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line.ToString(Newtonsoft.Json.Formatting.None));
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException error)
        {
            throw new NodePeerException($"The peer has ended. {await _complaints}", null, error);
        }
        finally
        {
            _writing.Release();
        }

        try
        {
            return await answer.Task.WaitAsync(Waiting.Deadline, TimeProvider.System);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"The peer did not answer {line}.", error);
        }
    }

    /// <returns>The next event of that kind.</returns>
    public async Task<JObject> NextAsync(string kind)
    {
        try
        {
            return await EventsOf(kind).Reader.ReadAsync().AsTask().WaitAsync(Waiting.Deadline, TimeProvider.System);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"No event '{kind}' came from the peer.", error);
        }
    }

    public int Waits(string kind) => EventsOf(kind).Reader.Count;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var time = new CancellationTokenSource(Waiting.Deadline, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private Channel<JObject> EventsOf(string kind) => _events.GetOrAdd(kind, _ => Channel.CreateUnbounded<JObject>());

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            var line = (JObject)JsonText.Parse(text);
            if ((string?)line["event"] is { } kind) EventsOf(kind).Writer.TryWrite(line);
            else if (_asked.TryRemove((long)line["id"]!, out var answer)) Complete(answer, line);
        }

        var end = new NodePeerException($"The peer has ended. {await _complaints}", null);
        foreach (var answer in _asked.Values) answer.TrySetException(end);
        foreach (var events in _events.Values) events.Writer.TryComplete(end);
    }

    private static void Complete(TaskCompletionSource<JToken?> answer, JObject line)
    {
        if ((string?)line["error"] is { } error) answer.TrySetException(new NodePeerException(error, (int?)line["status"]));
        else answer.TrySetResult(line["result"] is { Type: not JTokenType.Null } result ? result : null);
    }
}

/// <param name="message">Name and text of the SDK's error.</param>
/// <param name="status">Of the HTTP response, where there was one.</param>
internal sealed class NodePeerException(string message, int? status, Exception? cause = null) : Exception(message, cause)
{
    public int? Status => status;
}
