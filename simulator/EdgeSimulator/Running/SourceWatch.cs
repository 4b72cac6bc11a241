using System.Collections.Concurrent;
using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Running;

/// <summary>
/// Follows the modules that call themselves sources, by reporting <c>source: {state, error}</c>. What a kept twin says from an earlier run is old news:
/// only what was reported since counts.
/// </summary>
public sealed class SourceWatch : IDisposable
{
    private readonly IEdgeHub _hub;
    private readonly ConcurrentDictionary<string, bool> _sources = new();

    public SourceWatch(IEdgeHub hub)
    {
        _hub = hub;
        _hub.Reported += OnReported;
    }

    public IReadOnlyCollection<string> Sources => [.. _sources.Keys.Order()];

    /// <returns>At least one source has reported, and each is at the end of its data, or gone for good.</returns>
    public bool AllEnded(IReadOnlyList<ModuleState> modules) =>
        !_sources.IsEmpty && Sources.All(source => Text(source, "state") == "ended" || modules.Any(module => module.Name == source && module.GoneForGood));

    /// <returns>The error of a source that cannot go on; null when there is none.</returns>
    public string? Failure => Sources.Where(source => Text(source, "state") == "failed").Select(source => $"{source}: {Text(source, "error") ?? "failed without a reason"}").FirstOrDefault();

    public void Dispose() => _hub.Reported -= OnReported;

    private void OnReported(string module, JObject patch)
    {
        if (patch["source"] is JObject) _sources[module] = true;
    }

    private string? Text(string module, string name) => _hub.GetTwin(module)["reported"]?["source"]?.Value<string>(name);
}
