using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Running;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <param name="modules">Every module of the manifest, those that are not to run too.</param>
/// <param name="fleet">Null when only the hub runs.</param>
/// <param name="announce">Tells the user of the run what another terminal has done.</param>
public sealed class SimulatorControl(
    IEdgeHub hub,
    IReadOnlyCollection<string> modules,
    IModuleFleet? fleet,
    RunFiles files,
    ModuleCredentials credentials,
    Action<string> announce,
    TimeProvider clock) : ISimulatorControl
{
    private const string HubLog = "edgeHub";

    private readonly long _startedAt = clock.GetTimestamp();

    public JObject GetTwin(string module) => hub.GetTwin(KnownTwin(module));

    public DesiredChange PatchDesired(string module, JObject patch) =>
        new(hub.PatchDesired(KnownTwin(module), patch), module == HubTwin.Name ? hub.ConfigurationRefusal : null);

    public Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation) =>
        hub.InvokeMethodAsync(Known(module), method, payload, timeout, cancellation);

    public JObject Send(string module, string input, InjectedMessage message)
    {
        var id = hub.Send(Known(module), input, message);
        return new JObject
        {
            ["messageId"] = id,
            ["module"] = module,
            ["input"] = input,
            ["readings"] = message.Readings,
            ["connected"] = hub.GetStatus().ConnectedModules.Contains(module),
        };
    }

    public async Task<JObject> CommandAsync(string module, ModuleCommand command)
    {
        Known(module);
        if (fleet is null) throw new SimulatorException("This simulator runs only the hub (--only hub): it starts and stops no module.");
        if (command != ModuleCommand.Stop && RunsElsewhere(module))
            throw new SimulatorException($"{module} is connected, though this simulator does not run it; end that one first.");
        await (command switch
        {
            ModuleCommand.Start => fleet.StartByHandAsync(module),
            ModuleCommand.Stop => fleet.StopByHandAsync(module),
            _ => fleet.RestartByHandAsync(module),
        });
        return StatusDocument.OfModule(module, StateOf(module), hub.GetStatus());
    }

    public JObject SetOnline(bool online)
    {
        var changed = hub.UpstreamOnline != online;
        hub.UpstreamOnline = online;
        if (changed) announce(online ? "The cloud can be reached again, by hand." : "The cloud cannot be reached from now on, by hand.");
        var queue = hub.GetStatus().Endpoints.FirstOrDefault(endpoint => endpoint.Module is null);
        return new JObject
        {
            ["online"] = online,
            ["changed"] = changed,
            ["queuedMessages"] = queue?.QueuedMessages ?? 0,
            ["queuedReadings"] = queue?.QueuedReadings ?? 0,
        };
    }

    public JObject SetQuality(CloudQualityChange change)
    {
        var before = hub.UpstreamQuality;
        var latency = change.LatencyMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : before.Latency;
        var after = new UpstreamQuality(latency, change.LossPercent ?? before.LossPercent);
        hub.UpstreamQuality = after;
        if (after != before)
        {
            announce(FormattableString.Invariant(
                $"Calls to the cloud take {after.Latency.TotalMilliseconds:0.###} ms longer, and {after.LossPercent:0.###} % fail, by hand."));
        }

        return new JObject { ["latencyMs"] = after.Latency.TotalMilliseconds, ["lossPercent"] = after.LossPercent };
    }

    public GrowingFile GetCloud(string? module)
    {
        if (module is not null) Known(module);
        return files.Cloud;
    }

    public GrowingFile GetLog(string source)
    {
        if (source != HubLog && !modules.Contains(source))
            throw new SimulatorException($"There is no module {source}; logs are kept of {string.Join(", ", [HubLog, .. modules])}.");
        return files.FindLog(source) ?? throw new SimulatorException($"{source} has no log in this run: this simulator has not started it.");
    }

    public JObject GetCredentials(string module)
    {
        var variables = credentials.Of(Known(module));
        return new JObject
        {
            ["running"] = RunsHere(module),
            ["runsElsewhere"] = RunsElsewhere(module),
            ["environment"] = new JObject(variables.Select(variable => new JProperty(variable.Key, variable.Value))),
        };
    }

    public JObject GetStatus() =>
        StatusDocument.Create(clock.GetElapsedTime(_startedAt), [.. modules.Select(module => (module, StateOf(module)))], hub.GetStatus());

    private bool RunsHere(string module) => StateOf(module)?.Status is ModuleRuntimeStatus.Running or ModuleRuntimeStatus.Backoff;

    /// <summary>In a debugger, for instance; two of them would share one connection and one state directory.</summary>
    private bool RunsElsewhere(string module) => !RunsHere(module) && hub.GetStatus().ConnectedModules.Contains(module);

    private ModuleState? StateOf(string module) => fleet?.States.FirstOrDefault(state => state.Name == module);

    /// <summary>The hub has a twin too.</summary>
    private string KnownTwin(string module) => module == HubTwin.Name ? module : Known(module);

    private string Known(string module) => modules.Contains(module)
        ? module
        : throw new SimulatorException($"There is no module {module}; the modules are {string.Join(", ", modules)}.");
}
