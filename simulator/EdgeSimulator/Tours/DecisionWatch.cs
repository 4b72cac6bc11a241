using System.Collections.Concurrent;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using Newtonsoft.Json;

namespace EdgeSimulator.Tours;

/// <summary>Collects the decisions on models as they pass the hub. Thread-safe.</summary>
internal sealed class DecisionWatch : IDisposable
{
    private const string MessageType = "shadowReport";

    private readonly IEdgeHub _hub;
    private readonly ConcurrentQueue<DecisionReport> _reports = [];
    private readonly ConcurrentDictionary<string, bool> _seen = [];

    public DecisionWatch(IEdgeHub hub)
    {
        _hub = hub;
        hub.Published += OnPublished;
    }

    /// <returns>The next one, or null.</returns>
    public DecisionReport? Take() => _reports.TryDequeue(out var report) ? report : null;

    public void Dispose() => _hub.Published -= OnPublished;

    private void OnPublished(HubMessage message)
    {
        if (message.MessageType != MessageType || (message.MessageId is { } id && !_seen.TryAdd(id, true))) return;
        try
        {
            _reports.Enqueue(new DecisionReport(JsonText.ParseObject(message.Body.Span)));
        }
        catch (JsonException)
        {
            // Of a module that gives this name to something else.
        }
    }
}
