using System.Net;
using System.Net.Sockets;
using EdgeSimulator.Hub;
using EdgeSimulator.Manifests;
using EdgeSimulator.Processes;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Agent;

/// <summary>The modules of a run, as edgeAgent sees them.</summary>
public interface IModuleFleet
{
    IReadOnlyList<ModuleState> States { get; }

    /// <summary>Stops those modules side by side; one that does not run stays as it is.</summary>
    Task StopAsync(IReadOnlyCollection<string> modules);

    /// <summary>From now on no module is started by hand: one that was stopped by hand is gone for good.</summary>
    void BeginShutdown();

    /// <summary>In good order, until it is started again by hand.</summary>
    /// <exception cref="SimulatorException">The module takes no part in this run.</exception>
    Task StopByHandAsync(string module);

    /// <exception cref="SimulatorException">The module takes no part in this run, cannot be started, or the run is ending.</exception>
    Task StartByHandAsync(string module);

    /// <inheritdoc cref="StartByHandAsync"/>
    Task RestartByHandAsync(string module);
}

/// <summary>The stand-in for edgeAgent: one process per module instead of one container.</summary>
public sealed class EdgeAgent : IModuleFleet, IAsyncDisposable
{
    private readonly IChildLauncher _launcher;
    private readonly List<LogFile> _logs = [];
    private readonly List<(ModuleDeployment Module, ModuleSupervisor Supervisor)> _modules = [];

    /// <exception cref="SimulatorException">A module is not built or not local; nothing has been started.</exception>
    public EdgeAgent(AgentPlan plan, IEdgeHub hub, IChildLauncher launcher, Terminal terminal, TimeProvider clock)
    {
        _launcher = launcher;
        try
        {
            foreach (var module in plan.Manifest.Modules.Where(module => module.Status == ModuleStatus.Running).OrderBy(module => module.StartupOrder))
            {
                var assembly = plan.Assemblies[module.Name];
                var state = Path.Combine(plan.StateDirectory, "modules", module.Name);
                Directory.CreateDirectory(state);
                var place = new ModulePlace(
                    hub.WorkloadUri, plan.IotHubHostName, plan.GatewayHostName, plan.HubPort, plan.HttpsPort, hub.MetricsPort, FreePort(), state, plan.LogLevel);
                var environment = ModuleEnvironment.Create(module, hub.GetIdentity(module.Name), place);
                var command = new ChildCommand(ChildLauncher.DotnetCommand, ["exec", assembly], plan.WorkingDirectory, environment);
                var log = new LogFile(Path.Combine(plan.StateDirectory, "logs", module.Name + ".log"));
                _logs.Add(log);
                var starter = new ModuleProcessStarter(module.Name, command, launcher, log, terminal);
                _modules.Add((module, new ModuleSupervisor(module, starter, plan.RestartBackoff, clock, terminal.Warning)));
            }
        }
        catch
        {
            _logs.ForEach(log => log.Dispose());
            throw;
        }
    }

    public IReadOnlyList<ModuleState> States => [.. _modules.Select(entry => entry.Supervisor.State)];

    /// <summary>Starts the modules by <c>startupOrder</c>; as with edgeAgent, none waits until the one before is ready.</summary>
    public void Start()
    {
        foreach (var (_, supervisor) in _modules) supervisor.Start();
    }

    public Task StopAsync(IReadOnlyCollection<string> modules) =>
        Task.WhenAll(_modules.Where(entry => modules.Contains(entry.Module.Name)).Select(entry => entry.Supervisor.StopAsync()));

    public void BeginShutdown() => _modules.ForEach(entry => entry.Supervisor.BeginShutdown());

    public Task StopByHandAsync(string module) => Supervisor(module).StopByHandAsync();

    public Task StartByHandAsync(string module) => Supervisor(module).StartByHandAsync();

    public Task RestartByHandAsync(string module) => Supervisor(module).RestartByHandAsync();

    public async ValueTask DisposeAsync()
    {
        BeginShutdown();
        await StopAsync([.. _modules.Select(entry => entry.Module.Name)]);
        _modules.ForEach(entry => entry.Supervisor.Dispose());
        _launcher.Dispose();
        _logs.ForEach(log => log.Dispose());
    }

    private ModuleSupervisor Supervisor(string module) =>
        _modules.Find(entry => entry.Module.Name == module).Supervisor
        ?? throw new SimulatorException($"{module} takes no part in this run: its status in the manifest is stopped.");

    /// <summary>Free now; on a machine of one's own that holds until the module takes it.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <param name="Assemblies">Module name → what <c>dotnet exec</c> runs; one for each module that is to run.</param>
/// <param name="LogLevel">As edgeAgent's <c>RuntimeLogLevel</c>.</param>
public sealed record AgentPlan(
    DeploymentManifest Manifest,
    IReadOnlyDictionary<string, string> Assemblies,
    string WorkingDirectory,
    string StateDirectory,
    string IotHubHostName,
    string GatewayHostName,
    int HubPort,
    int HttpsPort,
    TimeSpan RestartBackoff,
    string LogLevel);
