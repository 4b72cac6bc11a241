using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>The state of a running simulator as JSON.</summary>
internal static class StatusDocument
{
    public static JObject Create(TimeSpan elapsed, IReadOnlyList<(string Module, ModuleState? State)> modules, HubStatus hub) => new()
    {
        ["seconds"] = Math.Round(elapsed.TotalSeconds, 1),
        ["modules"] = new JArray(modules.Select(module => OfModule(module.Module, module.State, hub))),
        ["queues"] = new JArray(hub.Endpoints.Select(endpoint => new JObject
        {
            ["endpoint"] = endpoint.Id,
            ["messages"] = endpoint.QueuedMessages,
            ["readings"] = endpoint.QueuedReadings,
        })),
        ["cloud"] = new JObject
        {
            ["online"] = hub.Upstream.Online,
            ["latencyMs"] = hub.Quality.Latency.TotalMilliseconds,
            ["lossPercent"] = hub.Quality.LossPercent,
            ["messages"] = hub.Upstream.Messages,
            ["readings"] = hub.Upstream.Readings,
            ["bytes"] = hub.Upstream.Bytes,
            ["meteredUnits"] = hub.Upstream.MeteredUnits,
            ["duplicates"] = hub.Upstream.DuplicateMessages,
        },
    };

    /// <param name="state">Null for a module that this simulator does not run.</param>
    public static JObject OfModule(string module, ModuleState? state, HubStatus hub) => new()
    {
        ["name"] = module,
        ["status"] = (state?.Status ?? ModuleRuntimeStatus.Stopped).ToString().ToLowerInvariant(),
        ["processId"] = state?.ProcessId,
        ["uptimeSeconds"] = Math.Round((state?.Uptime ?? TimeSpan.Zero).TotalSeconds, 1),
        ["restarts"] = state?.Restarts ?? 0,
        ["restartsByHand"] = state?.RestartsByHand ?? 0,
        ["connected"] = hub.ConnectedModules.Contains(module),
    };
}
