using System.Text.Json;
using EdgeSimulator.Alarms;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Running;

/// <summary>How much of the plant's time a run plays, by the timestamps of the source's first and last message. Thread-safe.</summary>
public sealed class DataSpan : IDisposable
{
    private const string MessageType = "reading";

    private readonly IEdgeHub _hub;
    private volatile HubMessage? _first;
    private volatile HubMessage? _last;

    public DataSpan(IEdgeHub hub)
    {
        _hub = hub;
        hub.Published += OnPublished;
    }

    /// <returns>Null while there are no two messages with different times.</returns>
    public TimeSpan? Measure()
    {
        if (_first is not { } first || _last is not { } last || TimeOf(first) is not { } from || TimeOf(last) is not { } to || to <= from) return null;
        return TimeSpan.FromMilliseconds(to - from);
    }

    public void Dispose() => _hub.Published -= OnPublished;

    private void OnPublished(HubMessage message)
    {
        if (message.Module != TwinOverrides.Source || message.MessageType != MessageType) return;
        _first ??= message;
        _last = message;
    }

    /// <returns>In the middle of those of its readings, of which one or another may be wrong; null when it tells none.</returns>
    private static long? TimeOf(HubMessage message)
    {
        try
        {
            using var body = JsonDocument.Parse(message.Body);
            var root = body.RootElement;
            var times = (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().AsEnumerable() : [root])
                .Select(reading => reading.Whole("timestamp")).OfType<long>().Order().ToList();
            return times.Count == 0 ? null : times[times.Count / 2];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
