using EdgeSimulator.Agent;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;
using EdgeSimulator.Processes;
using EdgeSimulator.Terminals;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Bench;

/// <summary>
/// The hub with those routes of a manifest that begin or end at one module, and that module as a process of its own, as <c>run</c> has it. The modules
/// before and behind it are the caller's; what they are sent by no route here is not stored.
/// </summary>
internal sealed class BenchHouse : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly string _module;
    private readonly TimeProvider _clock;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("edgesimulator-bench-");
    private readonly LogFile _hubLog;
    private readonly ILoggerFactory _loggers;
    private readonly AgentPlan _plan;
    private readonly Terminal _terminal;
    private EdgeAgent? _agent;

    /// <param name="settings">Desired properties over those of the manifest.</param>
    /// <exception cref="SimulatorException">There is no manifest, it does not deploy the module, or the module is not built.</exception>
    public BenchHouse(string module, JObject settings, Terminal terminal, TimeProvider clock)
    {
        (_module, _terminal, _clock) = (module, terminal, clock);
        var workspace = Workspace.Find(manifest: null, environmentFile: null, Environment.CurrentDirectory);
        var variables = workspace.Variables();
        var manifest = ManifestReader.Read(workspace.Manifest, variables);
        var deployed = manifest.Modules.FirstOrDefault(deployment => deployment.Name == module)
            ?? throw new SimulatorException($"{manifest.File} does not deploy {module}.");
        var twins = manifest.Modules.ToDictionary(
            deployment => deployment.Name, deployment => (JObject)(manifest.Twins.GetValueOrDefault(deployment.Name)?.DeepClone() ?? new JObject()));
        EdgeModules.Messages.JsonMergePatch.Apply(twins[module], settings);
        var assembly = BuildOutput.Of(AppContext.BaseDirectory).AssemblyOf(deployed, new ModuleImages(workspace.Root, variables).Resolve(deployed));
        Options = new HubOptions(
            "bench.azure-devices.net", "localhost", "bench", Port: 0,
            Path.Combine(_directory.FullName, "state"), Path.Combine(_directory.FullName, "cloud.jsonl"),
            manifest.Hub.Environment, RoutesOf(module, manifest.Hub.Desired), twins);
        _plan = new AgentPlan(
            manifest with { Modules = [deployed with { Status = ModuleStatus.Running }] },
            new Dictionary<string, string> { [module] = assembly },
            workspace.Root,
            Options.StateDirectory,
            Options.IotHubHostName,
            Options.GatewayHostName,
            HubPort: 0,
            HttpsPort: 0,
            RestartBackoff: TimeSpan.FromSeconds(10),
            "info");
        _hubLog = new LogFile(Path.Combine(_directory.FullName, "logs", "edgeHub.log"));
        var provider = new FileLoggerProvider(_hubLog, terminal, "edgeHub", LogLevel.Warning, clock);
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(LogLevel.Information));
        Hub = new EdgeHub(Options, clock, _loggers);
    }

    public EdgeHub Hub { get; }

    public HubOptions Options { get; }

    /// <summary>Returns when the module works with its settings.</summary>
    /// <exception cref="SimulatorException">It does not come to that, or rejects them.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Options.StateDirectory);
        await Hub.StartAsync(cancellation).ConfigureAwait(false);
        _agent = new EdgeAgent(_plan with { HubPort = Hub.Port, HttpsPort = Hub.HttpsPort }, Hub, ChildLauncher.Create(), _terminal, _clock);
        _agent.Start();
        var start = _clock.GetTimestamp();
        while (Settings() is not "applied")
        {
            if (Settings() is "rejected") throw new SimulatorException($"{_module} rejects its settings: {Hub.GetTwin(_module)["reported"]!["settings"]}");
            if (_clock.GetElapsedTime(start) > Patience)
                throw new SimulatorException($"{_module} did not come to work within {Patience.TotalSeconds:0} s; its state is {_agent.States[0].Status}.");
            await Task.Delay(Look, _clock, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync().ConfigureAwait(false);
        await Hub.DisposeAsync().ConfigureAwait(false);
        _loggers.Dispose();
        _hubLog.Dispose();
        _directory.Delete(recursive: true);
    }

    private static JObject RoutesOf(string module, JObject desired)
    {
        var kept = (JObject)desired.DeepClone();
        foreach (var route in ((JObject)kept["routes"]!).Properties().ToList())
        {
            if (!route.Value.ToString().Contains($"/modules/{module}/", StringComparison.OrdinalIgnoreCase)) route.Remove();
        }

        return kept;
    }

    private string? Settings() => Hub.GetTwin(_module)["reported"]?["settings"]?["status"]?.ToString();
}
