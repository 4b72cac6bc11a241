using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <param name="modules">Every module of the manifest, those that are not to run too.</param>
/// <param name="fleet">Null when only the hub runs.</param>
public sealed class SimulatorControl(IEdgeHub hub, IReadOnlyCollection<string> modules, IModuleFleet? fleet, TimeProvider clock) : ISimulatorControl
{
    private readonly long _startedAt = clock.GetTimestamp();

    public JObject GetTwin(string module) => hub.GetTwin(Known(module));

    public long PatchDesired(string module, JObject patch) => hub.PatchDesired(Known(module), patch);

    public JObject GetStatus()
    {
        var status = hub.GetStatus();
        var states = (fleet?.States ?? []).ToDictionary(state => state.Name);
        return new JObject
        {
            ["seconds"] = Math.Round(clock.GetElapsedTime(_startedAt).TotalSeconds, 1),
            ["modules"] = new JArray(modules.Select(module => Describe(module, states.GetValueOrDefault(module), status))),
            ["queues"] = new JArray(status.Endpoints.Select(endpoint => new JObject
            {
                ["endpoint"] = endpoint.Id,
                ["messages"] = endpoint.QueuedMessages,
                ["readings"] = endpoint.QueuedReadings,
            })),
            ["cloud"] = new JObject
            {
                ["online"] = status.Upstream.Online,
                ["messages"] = status.Upstream.Messages,
                ["readings"] = status.Upstream.Readings,
                ["bytes"] = status.Upstream.Bytes,
                ["meteredUnits"] = status.Upstream.MeteredUnits,
                ["duplicates"] = status.Upstream.DuplicateMessages,
            },
        };
    }

    private static JObject Describe(string module, ModuleState? state, HubStatus hub) => new()
    {
        ["name"] = module,
        ["status"] = (state?.Status ?? ModuleRuntimeStatus.Stopped).ToString().ToLowerInvariant(),
        ["processId"] = state?.ProcessId,
        ["uptimeSeconds"] = Math.Round((state?.Uptime ?? TimeSpan.Zero).TotalSeconds, 1),
        ["restarts"] = state?.Restarts ?? 0,
        ["connected"] = hub.ConnectedModules.Contains(module),
    };

    private string Known(string module) => module == HubTwin.Name || modules.Contains(module)
        ? module
        : throw new SimulatorException($"There is no module {module}; the modules are {string.Join(", ", modules)}.");
}
