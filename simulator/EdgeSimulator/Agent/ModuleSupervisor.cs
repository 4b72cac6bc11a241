using EdgeSimulator.Manifests;

namespace EdgeSimulator.Agent;

/// <summary>Keeps one module as the manifest wants it: starts it, restarts it by its policy, stops it; and obeys the user in between.</summary>
public sealed class ModuleSupervisor(ModuleDeployment module, IModuleProcessStarter starter, TimeSpan firstWait, TimeProvider clock, Action<string> announce)
    : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(1);

    /// <summary>Commands are carried out one after the other.</summary>
    private readonly SemaphoreSlim _command = new(1, 1);
    private readonly Lock _lock = new();
    private RestartPlan _plan = new(module.RestartPolicy, firstWait);
    private CancellationTokenSource _stop = new();
    private IModuleProcess? _process;
    private ProcessUsage _formerLives;
    private ProcessUsage _thisLife;
    private DateTimeOffset _startedAt;
    private int _restarts;
    private int _restartsByHand;
    private ModuleRuntimeStatus _status = ModuleRuntimeStatus.Stopped;
    private ModuleRuntimeStatus _statusOnceStopped = ModuleRuntimeStatus.Stopped;
    private bool _stoppedByHand;
    private bool _ending;
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
                    _formerLives.Then(_thisLife))
                {
                    RestartsByHand = _restartsByHand,
                    MayReturn = _stoppedByHand && !_ending && _status == ModuleRuntimeStatus.Stopped,
                };
            }
        }
    }

    /// <summary>Starts the module, once.</summary>
    /// <exception cref="SimulatorException">The first process cannot be started; later ones are tried again by the restart policy.</exception>
    public void Start() => Keep(Begin(_stop.Token), _stop.Token);

    /// <summary>SIGTERM, 8 seconds to finish, then SIGKILL; no restart.</summary>
    public Task StopAsync() => CommandAsync(() => EndAsync(ModuleRuntimeStatus.Stopped));

    /// <summary>From now on no user can start it: what was stopped stays so.</summary>
    public void BeginShutdown()
    {
        lock (_lock) _ending = true;
    }

    /// <summary>As <see cref="StopAsync"/>, until the user starts it again; one that does not run stays as it is.</summary>
    public Task StopByHandAsync() => CommandAsync(async () =>
    {
        lock (_lock)
        {
            if (_status is not (ModuleRuntimeStatus.Running or ModuleRuntimeStatus.Backoff)) return;
            _stoppedByHand = true;
        }

        await EndAsync(ModuleRuntimeStatus.Stopped);
        announce($"{module.Name} was stopped by hand.");
    });

    /// <summary>Starts it now, whatever its restart policy waits for; one that runs goes on.</summary>
    /// <exception cref="SimulatorException">The process cannot be started, or the run is ending.</exception>
    public Task StartByHandAsync() => CommandAsync(async () =>
    {
        if (State.Status == ModuleRuntimeStatus.Running) return;
        await BeginAnewAsync();
        announce($"{module.Name} was started by hand.");
    });

    /// <summary>Stops it in good order if it runs, and starts it.</summary>
    /// <exception cref="SimulatorException">The process cannot be started, or the run is ending.</exception>
    public Task RestartByHandAsync() => CommandAsync(async () =>
    {
        await BeginAnewAsync();
        lock (_lock) _restartsByHand++;
        announce($"{module.Name} was restarted by hand.");
    });

    /// <summary>After <see cref="StopAsync"/>.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _command.Dispose();
    }

    private async Task CommandAsync(Func<Task> command)
    {
        await _command.WaitAsync();
        try
        {
            await command();
        }
        finally
        {
            _command.Release();
        }
    }

    /// <summary>A life with a restart plan of its own. Meanwhile the module counts as one that is about to be restarted, not as one that is gone.</summary>
    private async Task BeginAnewAsync()
    {
        lock (_lock) ThrowIfEnding();
        await EndAsync(ModuleRuntimeStatus.Backoff);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _plan = new RestartPlan(module.RestartPolicy, firstWait);
        try
        {
            lock (_lock)
            {
                ThrowIfEnding();
                Begin(_stop.Token);
                _stoppedByHand = false;
            }
        }
        catch
        {
            lock (_lock) (_status, _stoppedByHand) = (ModuleRuntimeStatus.Stopped, true);
            throw;
        }

        Keep(_process, _stop.Token);
    }

    private void ThrowIfEnding()
    {
        if (_ending) throw new SimulatorException($"The run is ending; {module.Name} is not started any more.");
    }

    /// <param name="status">What the module is then.</param>
    private async Task EndAsync(ModuleRuntimeStatus status)
    {
        IModuleProcess? process;
        lock (_lock) (process, _statusOnceStopped) = (_process, status);
        await _stop.CancelAsync();
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

    private void Keep(IModuleProcess? process, CancellationToken stop) => _running = Task.Run(() => KeepAsync(process, stop), CancellationToken.None);

    private async Task KeepAsync(IModuleProcess? process, CancellationToken stop)
    {
        while (true)
        {
            var exitCode = process is null ? 126 : await FollowAsync(process);
            if (stop.IsCancellationRequested)
            {
                SetStopped();
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
                await Task.Delay(wait.Value, clock, stop);
                process = Begin(stop);
                lock (_lock) _restarts++;
            }
            catch (OperationCanceledException)
            {
                SetStopped();
                return;
            }
            catch (SimulatorException error)
            {
                announce(error.Message);
                process = null;
            }
        }
    }

    private IModuleProcess Begin(CancellationToken stop)
    {
        lock (_lock)
        {
            stop.ThrowIfCancellationRequested();
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

    private void SetStopped()
    {
        lock (_lock) _status = _statusOnceStopped;
    }
}
