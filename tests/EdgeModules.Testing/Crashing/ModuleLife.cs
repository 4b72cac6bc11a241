using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Crashing;

/// <summary>One process of a module.</summary>
internal sealed class ModuleLife<TSettings> : IAsyncDisposable
    where TSettings : class, ISettings<TSettings>, new()
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IStateStore _store;
    private readonly TwinSettings<TSettings> _settings;
    private volatile bool _isDead;

    public ModuleLife(EdgeModule<TSettings> module, RecordingModuleClient client, IStateStore store, JObject twin, TimeProvider clock, RecordingLogger log)
    {
        (Module, _store) = (module, store);
        _settings = new TwinSettings<TSettings>(store, log.For<TwinSettings<TSettings>>());
        Apply(twin);
        Pump = new MessagePump<TSettings>(module, client, store, _settings, clock, log.For<MessagePump<TSettings>>());
    }

    public EdgeModule<TSettings> Module { get; }

    public MessagePump<TSettings> Pump { get; }

    /// <summary>Completes when the process was killed.</summary>
    public Task Killed => _killed.Task;

    public Task Running { get; private set; } = Task.CompletedTask;

    public void Run() => Running = Task.Run(() => Pump.RunAsync(_stop.Token, _abandon.Token));

    /// <summary>On the loop, as the module's service does.</summary>
    public Task<bool> ApplyAsync(JObject twin)
    {
        Pump.SaveBooks();
        if (Apply(twin)) Pump.SettingsChanged();
        return Task.FromResult(true);
    }

    /// <summary>On the loop, as the module's service does.</summary>
    public async Task<MethodResponse> CallAsync(MethodRequest request)
    {
        var response = Module.OnMethod(request, Pump.Context()) ?? throw new ArgumentException($"The module has no method {request.Name}.", nameof(request));
        if (response is EffectiveResponse effective) await Pump.PerformAsync(effective.Effect);
        return response;
    }

    /// <summary>From now on nothing that the process does has any effect.</summary>
    public void Kill(Action keep)
    {
        keep();
        _isDead = true;
        _killed.TrySetResult();
    }

    public void ThrowIfKilled()
    {
        if (_isDead) throw new SimulatedCrashException();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.WaitAsync(Waiting.Deadline);
        try
        {
            Pump.SaveBooks();
        }
        catch (SimulatedCrashException)
        {
            // The next process goes on from what is on the disk.
        }
    }

    /// <summary>Nothing of the process is left running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        // It may have failed of being killed.
        await Running.WaitAsync(Waiting.Deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _store.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private bool Apply(JObject twin)
    {
        var isChanged = _settings.Apply(twin);
        var verdict = _settings.Verdict();
        if (verdict.Value<string>("status") == "rejected") throw new ArgumentException($"The settings are not valid: {verdict}", nameof(twin));
        return isChanged;
    }
}
