using System.Runtime.Versioning;
using EdgeSimulator.Agent;
using EdgeSimulator.Control;
using EdgeSimulator.Manifests;
using EdgeSimulator.Processes;
using EdgeSimulator.Terminals;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Soak;

/// <summary>
/// The suite with every part in a process of its own, edgeHub too: <c>run --only hub</c>, so that it can be killed, stopped and started without the modules,
/// and the modules as edgeAgent keeps them.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SoakHouse : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<ModuleDeployment> _deployed;
    private readonly IReadOnlyDictionary<string, string> _assemblies;
    private readonly string _root;
    private readonly string _state;
    private readonly IReadOnlyList<string> _runArguments;
    private readonly Terminal _terminal;
    private readonly TimeProvider _clock;
    private readonly IChildLauncher _launcher = ChildLauncher.Create();
    private readonly List<LogFile> _logs = [];
    private readonly Dictionary<string, ModuleSupervisor> _modules = [];
    private readonly LogFile _hubLog;
    private IModuleProcess? _hub;

    public SoakHouse(
        DeploymentManifest manifest,
        IReadOnlyDictionary<string, string> assemblies,
        string root,
        string state,
        IReadOnlyList<string> runArguments,
        int apiPort,
        Terminal terminal,
        TimeProvider clock)
    {
        _deployed = [.. manifest.Modules.Where(module => module.Status == ModuleStatus.Running).OrderBy(module => module.StartupOrder)];
        (_assemblies, _root, _state, _runArguments, _terminal, _clock) = (assemblies, root, state, runArguments, terminal, clock);
        Client = new ControlClient(apiPort, clock);
        _hubLog = Log("simulator");
    }

    public ControlClient Client { get; }

    public IReadOnlyList<string> Modules => [.. _deployed.Select(module => module.Name)];

    /// <summary>Modules that ended by themselves → how often.</summary>
    public IReadOnlyDictionary<string, int> Crashes =>
        _modules.Where(module => module.Value.State.Restarts > 0).ToDictionary(module => module.Key, module => module.Value.State.Restarts);

    /// <exception cref="SimulatorException">The hub does not come to answer.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await StartHubAsync(cancellation);
        foreach (var module in _deployed)
        {
            var environment = ModuleEnvironment.OfThisMachine();
            var credentials = (JObject)(await Client.GetCredentialsAsync(module.Name, cancellation))["environment"]!;
            foreach (var (name, value) in credentials) environment[name] = value!.ToString();
            var command = new ChildCommand(ChildLauncher.DotnetCommand, ["exec", _assemblies[module.Name]], _root, environment);
            var starter = new ModuleProcessStarter(module.Name, command, _launcher, Log(module.Name), _terminal);
            // As edgeAgent waits; after a kill of ours the start is by hand, so that the wait is not a part of what is measured.
            var supervisor = new ModuleSupervisor(module, starter, TimeSpan.FromSeconds(10), _clock, _ => { });
            _modules[module.Name] = supervisor;
            supervisor.Start();
        }
    }

    public async Task StartHubAsync(CancellationToken cancellation)
    {
        var environment = ModuleEnvironment.OfThisMachine();
        string[] arguments = ["exec", typeof(SoakHouse).Assembly.Location, "run", "--only", "hub", .. _runArguments];
        var command = new ChildCommand(ChildLauncher.DotnetCommand, arguments, _root, environment);
        _hub = new ModuleProcessStarter("simulator", command, _launcher, _hubLog, _terminal).Start();
        var start = _clock.GetTimestamp();
        while (!await AnswersAsync(cancellation))
        {
            if (_hub.Exited.IsCompleted)
            {
                var log = Path.Combine(_state, "logs", "simulator.log");
                throw new SimulatorException($"The hub's process ended with exit code {await _hub.Exited}; {log} says why.");
            }

            if (_clock.GetElapsedTime(start) > Patience) throw new SimulatorException($"The hub did not come to answer within {Patience.TotalSeconds:0} s.");
            await Task.Delay(Look, _clock, cancellation);
        }
    }

    public async Task StopHubAsync()
    {
        _hub!.Terminate();
        await EndedAsync(_hub);
    }

    public async Task KillHubAsync()
    {
        _hub!.Kill();
        await EndedAsync(_hub);
    }

    /// <summary>kill -9 of them all at once; returns when each has been started again.</summary>
    public async Task KillAsync(IReadOnlyList<string> modules)
    {
        var before = modules.Select(module => (Supervisor: _modules[module], Id: IdOf(module))).ToList();
        foreach (var (_, id) in before)
        {
            if (id is not null) UnixSignal.Send(id.Value, UnixSignal.Kill);
        }

        foreach (var (supervisor, id) in before)
        {
            while (id is not null && supervisor.State.ProcessId == id) await Task.Delay(Look, _clock);
            await supervisor.StartByHandAsync();
        }
    }

    public void Pause(string? module) => SendTo(module, UnixSignal.Stop);

    /// <param name="module">Null for the hub.</param>
    public void Resume(string? module) => SendTo(module, UnixSignal.Continue);

    /// <summary>Ends everything in good order.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_modules.Values.Select(supervisor => supervisor.StopAsync()));
        await StopHubAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Kills what is left; a process that a signal holds up too.
        _launcher.Dispose();
        await Task.WhenAll(_modules.Values.Select(supervisor => supervisor.StopAsync()));
        foreach (var supervisor in _modules.Values) supervisor.Dispose();
        _logs.ForEach(log => log.Dispose());
        Client.Dispose();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            await Client.GetStatusAsync(cancellation);
            return true;
        }
        catch (SimulatorException)
        {
            return false;
        }
    }

    private async Task EndedAsync(IModuleProcess process)
    {
        try
        {
            await process.Exited.WaitAsync(Patience, _clock);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.Exited;
        }
    }

    private int? IdOf(string module) => _modules[module].State.ProcessId;

    private void SendTo(string? module, int signal)
    {
        if ((module is null ? _hub!.Id : IdOf(module)) is { } id) UnixSignal.Send(id, signal);
    }

    private LogFile Log(string name)
    {
        var log = new LogFile(Path.Combine(_state, "logs", name + ".log"));
        _logs.Add(log);
        return log;
    }
}
