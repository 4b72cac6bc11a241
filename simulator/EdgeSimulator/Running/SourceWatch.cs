using System.Collections.Concurrent;
using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Running;

/// <summary>
/// Follows the modules that call themselves sources, by reporting <c>source: {state, error}</c>. A kept twin may speak of an earlier run: it counts once
/// the module has reported a source in this one, or has been connected long enough to have put right what is no longer so.
/// </summary>
public sealed class SourceWatch : IDisposable
{
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(5);

    private readonly IEdgeHub _hub;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, bool> _sources = new();
    private readonly Dictionary<string, long> _connectedAt = [];

    public SourceWatch(IEdgeHub hub, TimeProvider clock)
    {
        (_hub, _clock) = (hub, clock);
        _hub.Reported += OnReported;
    }

    public IReadOnlyCollection<string> Sources => [.. _sources.Keys.Order()];

    /// <returns>Those that have ever called themselves sources, in an earlier run too.</returns>
    public IReadOnlyCollection<string> EverAmong(IEnumerable<string> modules) => [.. modules.Where(module => Source(module) is not null)];

    /// <returns>The error of a source that cannot go on; null when there is none.</returns>
    public string? Failure => Sources
        .Where(source => Text(source, "state") == "failed")
        .Select(source => $"{source}: {Text(source, "error") ?? "failed without a reason"}")
        .FirstOrDefault();

    /// <summary>To be called now and then, by one thread.</summary>
    public void Look(IEnumerable<string> modules)
    {
        var connected = _hub.GetStatus().ConnectedModules;
        foreach (var module in modules.Where(module => !_sources.ContainsKey(module)))
        {
            if (!connected.Contains(module)) _connectedAt.Remove(module);
            else if (_connectedAt.TryAdd(module, _clock.GetTimestamp())) continue;
            else if (_clock.GetElapsedTime(_connectedAt[module]) >= TimeToReport && Source(module) is not null) _sources[module] = true;
        }
    }

    /// <returns>There is at least one source, and each is at the end of its data, or gone for good.</returns>
    public bool AllEnded(IReadOnlyList<ModuleState> modules) =>
        !_sources.IsEmpty && Sources.All(source => Text(source, "state") == "ended" || modules.Any(module => module.Name == source && module.GoneForGood));

    public void Dispose() => _hub.Reported -= OnReported;

    private void OnReported(string module, JObject patch)
    {
        if (patch["source"] is JObject) _sources[module] = true;
    }

    private string? Text(string module, string name) => Source(module)?.Value<string>(name);

    private JObject? Source(string module) => _hub.GetTwin(module)["reported"]?["source"] as JObject;
}
