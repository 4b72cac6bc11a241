using System.Collections.Concurrent;
using EdgeModules.Messages;
using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests;

/// <summary>A hub of plain values: tests set what it knows, and see what was asked of it.</summary>
internal sealed class FakeHub : IEdgeHub
{
    private readonly ConcurrentDictionary<string, JObject> _twins = new();

    public event Action<string, JObject>? Reported;

    public event Action<HubMessage>? Published;

    public event Action<HubDelivery>? Delivering;

    public string CaCertificateFile => "/state/ca.pem";

    public string WorkloadUri => "unix:///state/workload.sock";

    public bool UpstreamOnline { get; set; } = true;

    public UpstreamQuality UpstreamQuality { get; set; } = UpstreamQuality.Good;

    public int? MetricsPort { get; set; }

    public string? ConfigurationRefusal { get; set; }

    public HubStatus Status { get; set; } = HubStatuses.Empty;

    public Func<string, string, MethodResult> Answer { get; set; } = (module, _) => throw new SimulatorException($"{module} is not connected.");

    public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

    public ModuleIdentity GetIdentity(string module) => new("device-1", module, "1", "a2V5");

    public HubStatus GetStatus() => Status with { Upstream = Status.Upstream with { Online = UpstreamOnline }, Quality = UpstreamQuality };

    public JObject GetTwin(string module) => (JObject)Twin(module).DeepClone();

    public long PatchDesired(string module, JObject patch)
    {
        var desired = (JObject)Twin(module)["desired"]!;
        JsonMergePatch.Apply(desired, patch);
        desired["$version"] = desired.Value<long>("$version") + 1;
        return desired.Value<long>("$version");
    }

    public void Report(string module, JObject patch)
    {
        JsonMergePatch.Apply((JObject)Twin(module)["reported"]!, patch);
        Reported?.Invoke(module, patch);
    }

    public void Publish(HubMessage message) => Published?.Invoke(message);

    public void Deliver(HubDelivery delivery) => Delivering?.Invoke(delivery);

    public Task<MethodResult> InvokeMethodAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation) =>
        Task.FromResult(Answer(module, method));

    public ConcurrentQueue<(string Module, string Input, InjectedMessage Message)> Sent { get; } = [];

    public string Send(string module, string input, InjectedMessage message)
    {
        Sent.Enqueue((module, input, message));
        return $"message-{Sent.Count}";
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private JObject Twin(string module) =>
        _twins.GetOrAdd(module, _ => new JObject { ["desired"] = new JObject { ["$version"] = 1 }, ["reported"] = new JObject { ["$version"] = 1 } });
}

internal static class HubStatuses
{
    public static HubStatus Empty { get; } = new([], [], [], new UpstreamStatus(true, 0, 0, 0, 0, 0, 0));

    public static OutputStatus Output(string module, string output, long accepted, long unrouted = 0) => new(module, output, 1, accepted, unrouted, 0, 0);

    public static EndpointStatus Input(string module, long accepted, long acknowledged, long queued = 0, long expired = 0, long dropped = 0) =>
        new($"device-1/{module}/readings", module, "readings", accepted, acknowledged, queued, expired, dropped, acknowledged, queued, 0);

    public static EndpointStatus Cloud(long accepted, long acknowledged, long queued = 0) =>
        new("iothub", null, null, accepted, acknowledged, queued, 0, 0, acknowledged, queued, 0);
}

internal sealed class FakeFleet(params string[] modules) : IModuleFleet
{
    private readonly ConcurrentDictionary<string, ModuleState> _states = new(modules.Select(module => KeyValuePair.Create(module, Running(module))));

    public ConcurrentQueue<string> Stopped { get; } = [];

    public Action<string> OnStop { get; set; } = _ => { };

    public IReadOnlyList<ModuleState> States => [.. modules.Select(module => _states[module])];

    public Task StopAsync(IReadOnlyCollection<string> names)
    {
        foreach (var name in names)
        {
            if (_states[name].GoneForGood) continue;
            OnStop(name);
            Stopped.Enqueue(name);
            Set(name, ModuleRuntimeStatus.Stopped);
        }

        return Task.CompletedTask;
    }

    public bool IsShuttingDown { get; private set; }

    public void BeginShutdown()
    {
        IsShuttingDown = true;
        foreach (var (name, state) in _states) _states[name] = state with { MayReturn = false };
    }

    public Task StopByHandAsync(string module)
    {
        _states[module] = _states[module] with { Status = ModuleRuntimeStatus.Stopped, ProcessId = null, MayReturn = true };
        return Task.CompletedTask;
    }

    public Task StartByHandAsync(string module)
    {
        Set(module, ModuleRuntimeStatus.Running);
        return Task.CompletedTask;
    }

    public Task RestartByHandAsync(string module)
    {
        _states[module] = Running(module) with { ProcessId = 2, RestartsByHand = 1 };
        return Task.CompletedTask;
    }

    public void Set(string module, ModuleRuntimeStatus status) => _states[module] = Running(module) with { Status = status };

    private static ModuleState Running(string module) => new(module, ModuleRuntimeStatus.Running, 1, TimeSpan.Zero, 0, default);
}
