using EdgeModules.Testing;
using EdgeSimulator.Agent;
using EdgeSimulator.Manifests;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Agent;

public sealed class ModuleSupervisorTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeStarter _starter = new();
    private readonly List<string> _announced = [];

    [Fact]
    public async Task Module_ThatEnds_IsRestartedAfterTheBackoff()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].End(137);
        await StatusAsync(supervisor, ModuleRuntimeStatus.Backoff);
        Assert.Null(supervisor.State.ProcessId);
        Assert.Contains("X ended with exit code 137; restart in 10 s.", _announced);

        await Waiting.ForAsync(() => _starter.Lives.Count == 2, "the second life", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        await Waiting.ForAsync(() => supervisor.State.Restarts == 1, "the count of restarts");
        Assert.Equal(ModuleRuntimeStatus.Running, supervisor.State.Status);
        Assert.False(supervisor.State.GoneForGood);
        await StopAsync(supervisor);
    }

    [Theory]
    [InlineData(0, ModuleRuntimeStatus.Stopped)]
    [InlineData(3, ModuleRuntimeStatus.Failed)]
    public async Task Module_ThatIsNotRestarted_IsGoneForGood(int exitCode, ModuleRuntimeStatus status)
    {
        using var supervisor = Create(RestartPolicy.Never);
        supervisor.Start();
        _starter.Lives[0].End(exitCode);
        await StatusAsync(supervisor, status);
        Assert.True(supervisor.State.GoneForGood);
        await supervisor.StopAsync();
    }

    [Fact]
    public async Task Stop_ModuleThatObeys_IsNotKilledNorRestarted()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        await StopAsync(supervisor);
        Assert.Equal((true, false), (_starter.Lives[0].Terminated, _starter.Lives[0].Killed));
        Assert.Equal(ModuleRuntimeStatus.Stopped, supervisor.State.Status);
        Assert.Single(_starter.Lives);
        await supervisor.StopAsync();
    }

    [Fact]
    public async Task Stop_ModuleThatDoesNotObey_IsKilledAfter8Seconds()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].Obeys = false;
        var stopping = supervisor.StopAsync();
        await Waiting.ForAsync(() => _starter.Lives[0].Terminated, "SIGTERM");
        _clock.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(_starter.Lives[0].Killed);
        await Waiting.ForAsync(() => _starter.Lives[0].Killed, "SIGKILL", () => _clock.Advance(TimeSpan.FromSeconds(0.2)));
        await stopping;
    }

    [Fact]
    public async Task Stop_DuringTheBackoff_EndsIt()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].End(1);
        await StatusAsync(supervisor, ModuleRuntimeStatus.Backoff);
        await supervisor.StopAsync();
        Assert.Equal(ModuleRuntimeStatus.Stopped, supervisor.State.Status);
        Assert.Single(_starter.Lives);
    }

    [Fact]
    public async Task Usage_OverTwoLives_AddsCpuAndKeepsThePeak()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].Usage = new ProcessUsage(TimeSpan.FromSeconds(3), 500);
        await Waiting.ForAsync(() => supervisor.State.Usage.PeakMemoryBytes == 500, "the first figures", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        // What the last look at an ending process shows.
        _starter.Lives[0].Usage = new ProcessUsage(TimeSpan.FromSeconds(3.5), 0);
        await Waiting.ForAsync(() => supervisor.State.Usage.Cpu == TimeSpan.FromSeconds(3.5), "the last figures", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        _starter.Lives[0].End(1);
        await Waiting.ForAsync(() => _starter.Lives.Count == 2, "the second life", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        _starter.Lives[1].Usage = new ProcessUsage(TimeSpan.FromSeconds(1), 400);
        await StopAsync(supervisor);
        Assert.Equal(new ProcessUsage(TimeSpan.FromSeconds(4.5), 500), supervisor.State.Usage);
    }

    [Fact]
    public async Task Restart_ThatCannotStart_IsTriedAgain()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.FailNext = true;
        _starter.Lives[0].End(1);
        await Waiting.ForAsync(() => _starter.Lives.Count == 2, "the second life", () => _clock.Advance(TimeSpan.FromSeconds(5)));
        Assert.Contains("dotnet is gone", _announced);
        await StopAsync(supervisor);
    }

    private ModuleSupervisor Create(RestartPolicy policy) => new(
        new ModuleDeployment("X", "${MODULES.X}", ModuleStatus.Running, policy, 0, new Dictionary<string, string>()),
        _starter,
        TimeSpan.FromSeconds(10),
        _clock,
        text =>
        {
            lock (_announced) _announced.Add(text);
        });

    private static Task StatusAsync(ModuleSupervisor supervisor, ModuleRuntimeStatus status) =>
        Waiting.ForAsync(() => supervisor.State.Status == status, $"the status {status}");

    private static async Task StopAsync(ModuleSupervisor supervisor)
    {
        await Waiting.ForAsync(() => supervisor.State.Status == ModuleRuntimeStatus.Running, "a running module");
        await supervisor.StopAsync();
    }

    private sealed class FakeStarter : IModuleProcessStarter
    {
        private readonly List<FakeProcess> _lives = [];

        public bool FailNext { get; set; }

        public IReadOnlyList<FakeProcess> Lives
        {
            get
            {
                lock (_lives) return [.. _lives];
            }
        }

        public IModuleProcess Start()
        {
            if (FailNext)
            {
                FailNext = false;
                throw new SimulatorException("dotnet is gone");
            }

            lock (_lives)
            {
                _lives.Add(new FakeProcess());
                return _lives[^1];
            }
        }
    }

    private sealed class FakeProcess : IModuleProcess
    {
        private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Obeys { get; set; } = true;

        public bool Terminated { get; private set; }

        public bool Killed { get; private set; }

        public ProcessUsage? Usage { get; set; }

        public int Id => 42;

        public Task<int> Exited => _exit.Task;

        public ProcessUsage? Measure() => Usage;

        public void End(int exitCode) => _exit.TrySetResult(exitCode);

        public void Terminate()
        {
            Terminated = true;
            if (Obeys) End(0);
        }

        public void Kill()
        {
            Killed = true;
            End(137);
        }
    }
}
