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

    [Fact]
    public async Task StopByHand_Module_StaysStoppedUntilItIsStarted()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        await supervisor.StopByHandAsync();
        Assert.Equal((true, false), (_starter.Lives[0].Terminated, _starter.Lives[0].Killed));
        for (var i = 0; i < 400; i++) _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(_starter.Lives);
        Assert.Equal((ModuleRuntimeStatus.Stopped, true, false), (supervisor.State.Status, supervisor.State.MayReturn, supervisor.State.GoneForGood));

        await supervisor.StartByHandAsync();
        Assert.Equal(2, _starter.Lives.Count);
        var state = supervisor.State;
        Assert.Equal((ModuleRuntimeStatus.Running, false, 0, 0), (state.Status, state.MayReturn, state.Restarts, state.RestartsByHand));
        Assert.Equal(["X was stopped by hand.", "X was started by hand."], _announced);
        await StopAsync(supervisor);
        Assert.True(supervisor.State.GoneForGood);
    }

    [Fact]
    public async Task StartByHand_AfterAStop_RestartsByThePolicyAgain()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        await supervisor.StopByHandAsync();
        await supervisor.StartByHandAsync();
        _starter.Lives[1].End(1);
        await Waiting.ForAsync(() => _starter.Lives.Count == 3, "the third life", () => _clock.Advance(TimeSpan.FromSeconds(1)));
        await Waiting.ForAsync(() => supervisor.State.Restarts == 1, "the count of restarts");
        await StopAsync(supervisor);
    }

    [Fact]
    public async Task RestartByHand_Module_IsStoppedAndStartedAndCountedApart()
    {
        using var supervisor = Create(RestartPolicy.Never);
        supervisor.Start();
        _starter.Lives[0].Obeys = false;
        var restarting = supervisor.RestartByHandAsync();
        await Waiting.ForAsync(() => _starter.Lives[0].Terminated, "SIGTERM");
        Assert.False(supervisor.State.GoneForGood);
        _starter.Lives[0].End(0);
        await restarting;
        Assert.Equal(2, _starter.Lives.Count);
        Assert.Equal((ModuleRuntimeStatus.Running, 0, 1), (supervisor.State.Status, supervisor.State.Restarts, supervisor.State.RestartsByHand));
        await StopAsync(supervisor);
    }

    /// <summary>Between its two lives it is not there, and not gone: a run must not end because of it.</summary>
    [Fact]
    public async Task RestartByHand_BetweenTheLives_CountsAsAboutToBeRestarted()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        ModuleState? between = null;
        _starter.OnStart = () => between = supervisor.State;
        await supervisor.RestartByHandAsync();
        Assert.Equal((ModuleRuntimeStatus.Backoff, false), (between!.Status, between.GoneForGood));
        await StopAsync(supervisor);
    }

    [Fact]
    public async Task StartByHand_DuringTheBackoff_DoesNotWait()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].End(1);
        await StatusAsync(supervisor, ModuleRuntimeStatus.Backoff);
        await supervisor.StartByHandAsync();
        Assert.Equal((2, ModuleRuntimeStatus.Running), (_starter.Lives.Count, supervisor.State.Status));
        await StopAsync(supervisor);
    }

    [Fact]
    public async Task StopByHand_DuringTheBackoff_EndsIt()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].End(1);
        await StatusAsync(supervisor, ModuleRuntimeStatus.Backoff);
        await supervisor.StopByHandAsync();
        Assert.Equal((ModuleRuntimeStatus.Stopped, true), (supervisor.State.Status, supervisor.State.MayReturn));
        Assert.Single(_starter.Lives);
    }

    [Fact]
    public async Task ByHand_ModuleThatRunsOrHasFailed_OnlyAStartActsOnIt()
    {
        using var supervisor = Create(RestartPolicy.Never);
        supervisor.Start();
        await supervisor.StartByHandAsync();
        Assert.Single(_starter.Lives);
        _starter.Lives[0].End(3);
        await StatusAsync(supervisor, ModuleRuntimeStatus.Failed);
        await supervisor.StopByHandAsync();
        Assert.Equal((ModuleRuntimeStatus.Failed, false), (supervisor.State.Status, supervisor.State.MayReturn));
        await supervisor.StartByHandAsync();
        Assert.Equal(2, _starter.Lives.Count);
        await StopAsync(supervisor);
    }

    [Fact]
    public async Task StartByHand_ThatCannotStart_LeavesTheModuleStopped()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.FailNext = true;
        Assert.Equal("dotnet is gone", (await Assert.ThrowsAsync<SimulatorException>(supervisor.RestartByHandAsync)).Message);
        Assert.Equal((ModuleRuntimeStatus.Stopped, true), (supervisor.State.Status, supervisor.State.MayReturn));
        await supervisor.StartByHandAsync();
        Assert.Equal(ModuleRuntimeStatus.Running, supervisor.State.Status);
        await StopAsync(supervisor);
    }

    [Fact]
    public async Task BeginShutdown_ModuleStoppedByHand_IsGoneForGoodAndCannotBeStarted()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        await supervisor.StopByHandAsync();
        supervisor.BeginShutdown();
        Assert.True(supervisor.State.GoneForGood);
        foreach (var command in new[] { supervisor.StartByHandAsync, supervisor.RestartByHandAsync })
            Assert.Equal("The run is ending; X is not started any more.", (await Assert.ThrowsAsync<SimulatorException>(command)).Message);
        Assert.Single(_starter.Lives);
    }

    /// <summary>The stop of the run and a restart at the same moment: whichever comes first, nothing runs in the end.</summary>
    [Fact]
    public async Task BeginShutdown_DuringARestart_NothingRunsInTheEnd()
    {
        using var supervisor = Create(RestartPolicy.Always);
        supervisor.Start();
        _starter.Lives[0].Obeys = false;
        var restarting = supervisor.RestartByHandAsync();
        await Waiting.ForAsync(() => _starter.Lives[0].Terminated, "SIGTERM");
        supervisor.BeginShutdown();
        var stopping = supervisor.StopAsync();
        _starter.Lives[0].End(0);
        await Assert.ThrowsAsync<SimulatorException>(() => restarting);
        await stopping;
        Assert.Single(_starter.Lives);
        Assert.True(supervisor.State.GoneForGood);
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

        public Action OnStart { get; set; } = () => { };

        public IReadOnlyList<FakeProcess> Lives
        {
            get
            {
                lock (_lives) return [.. _lives];
            }
        }

        public IModuleProcess Start()
        {
            OnStart();
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
