using EdgeSimulator.Manifests;

namespace EdgeSimulator.Agent;

/// <summary>Keeps one module as the manifest wants it: starts it, restarts it by its policy, stops it.</summary>
public sealed class ModuleSupervisor(ModuleDeployment module, IModuleProcessStarter starter, TimeSpan firstWait, TimeProvider clock, Action<string> announce)
    : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly RestartPlan _plan = new(module.RestartPolicy, firstWait);
    private readonly CancellationTokenSource _stop = new();
    private IModuleProcess? _process;
    private ProcessUsage _formerLives;
    private ProcessUsage _thisLife;
    private DateTimeOffset _startedAt;
    private int _restarts;
    private ModuleRuntimeStatus _status = ModuleRuntimeStatus.Stopped;
    private Task _running = Task.CompletedTask;

    public string Name => module.Name;

    public ModuleState State
    {
        get
        {
            lock (_lock)
            {
                var running = _status == ModuleRuntimeStatus.Running;
                return new ModuleState(
                    module.Name,
                    _status,
                    running ? _process?.Id : null,
                    running ? clock.GetUtcNow() - _startedAt : TimeSpan.Zero,
                    _restarts,
                    _formerLives.Then(_thisLife));
            }
        }
    }

    /// <summary>Starts the module, once.</summary>
    /// <exception cref="SimulatorException">The first process cannot be started; later ones are tried again by the restart policy.</exception>
    public void Start()
    {
        var process = Begin();
        _running = Task.Run(() => KeepAsync(process));
    }

    /// <summary>SIGTERM, 8 seconds to finish, then SIGKILL; no restart.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        IModuleProcess? process;
        lock (_lock) process = _process;
        if (process is not null)
        {
            Measure(process);
            process.Terminate();
            try
            {
                await process.Exited.WaitAsync(Grace, clock);
            }
            catch (TimeoutException)
            {
                announce($"{module.Name} did not end within {Grace.TotalSeconds:0} s of SIGTERM and is killed.");
                process.Kill();
            }
        }

        await _running;
    }

    /// <summary>After <see cref="StopAsync"/>.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task KeepAsync(IModuleProcess? process)
    {
        while (true)
        {
            var exitCode = process is null ? 126 : await FollowAsync(process);
            if (_stop.IsCancellationRequested)
            {
                Set(ModuleRuntimeStatus.Stopped);
                return;
            }

            var wait = _plan.AfterExit(exitCode, clock.GetUtcNow() - _startedAt);
            if (wait is null)
            {
                Set(exitCode == 0 ? ModuleRuntimeStatus.Stopped : ModuleRuntimeStatus.Failed);
                announce($"{module.Name} ended with exit code {exitCode} and is not restarted.");
                return;
            }

            Set(ModuleRuntimeStatus.Backoff);
            announce($"{module.Name} ended with exit code {exitCode}; restart in {wait.Value.TotalSeconds:0.##} s.");
            try
            {
                await Task.Delay(wait.Value, clock, _stop.Token);
                process = Begin();
                lock (_lock) _restarts++;
            }
            catch (OperationCanceledException)
            {
                Set(ModuleRuntimeStatus.Stopped);
                return;
            }
            catch (SimulatorException error)
            {
                announce(error.Message);
                process = null;
            }
        }
    }

    private IModuleProcess Begin()
    {
        lock (_lock)
        {
            _stop.Token.ThrowIfCancellationRequested();
            _startedAt = clock.GetUtcNow();
            _process = starter.Start();
            _status = ModuleRuntimeStatus.Running;
            return _process;
        }
    }

    /// <summary>The figures of a process are gone when it has ended: they are taken while it runs.</summary>
    private async Task<int> FollowAsync(IModuleProcess process)
    {
        using var timer = new PeriodicTimer(MeasureEvery, clock);
        while (true)
        {
            var tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(process.Exited, tick) == process.Exited) break;
            Measure(process);
        }

        var exitCode = await process.Exited;
        lock (_lock)
        {
            _formerLives = _formerLives.Then(_thisLife);
            _thisLife = default;
            _process = null;
        }

        return exitCode;
    }

    private void Measure(IModuleProcess process)
    {
        if (process.Measure() is not { } usage) return;
        lock (_lock)
        {
            if (_process == process) _thisLife = usage.AtLeast(_thisLife);
        }
    }

    private void Set(ModuleRuntimeStatus status)
    {
        lock (_lock) _status = status;
    }
}

public enum ModuleRuntimeStatus
{
    Running,

    /// <summary>Ended, to be restarted.</summary>
    Backoff,

    /// <summary>Ended well or on demand; nothing will restart it.</summary>
    Stopped,

    /// <summary>Ended badly; nothing will restart it.</summary>
    Failed,
}

/// <param name="Usage">Over all its lives.</param>
public sealed record ModuleState(string Name, ModuleRuntimeStatus Status, int? ProcessId, TimeSpan Uptime, int Restarts, ProcessUsage Usage)
{
    /// <summary>Nothing but the user will start it again.</summary>
    public bool GoneForGood => Status is ModuleRuntimeStatus.Stopped or ModuleRuntimeStatus.Failed;
}
