using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Health;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using EdgeModules.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <summary>The life of a module: opens its state, connects, runs the pump, keeps the twin told, and at SIGTERM finishes what is in hand.</summary>
public sealed partial class ModuleService<TSettings> : IHostedService, IDisposable
    where TSettings : class, ISettings<TSettings>, new()
{
    private static readonly TimeSpan BooksInterval = TimeSpan.FromSeconds(60);

    // Together less than the 8 s that the host gives, which are less than the 10 s after which the container engine kills.
    private static readonly TimeSpan FinishMessage = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FinishStep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FinishReport = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FinishConnection = TimeSpan.FromSeconds(1);

    private readonly EdgeModule<TSettings> _module;
    private readonly IModuleClient _client;
    private readonly IStateStore _store;
    private readonly TimeProvider _clock;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<ModuleService<TSettings>> _logger;
    private readonly TwinSettings<TSettings> _settings;
    private readonly TwinReporter _reporter;
    private readonly MessagePump<TSettings> _pump;
    private readonly ModuleMethods<TSettings> _methods;
    private readonly ModuleMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private Task _running = Task.CompletedTask;
    private JObject? _reportedByModule;
    private long _held;

    public ModuleService(
        EdgeModule<TSettings> module, IModuleClient client, IStateStore store, ModuleAddress address, TimeProvider clock, IHostApplicationLifetime lifetime,
        ILoggerFactory loggers)
    {
        (_module, _client, _store, _clock, _lifetime) = (module, client, store, clock, lifetime);
        _logger = loggers.CreateLogger<ModuleService<TSettings>>();
        _settings = new TwinSettings<TSettings>(store, loggers.CreateLogger<TwinSettings<TSettings>>());
        _reporter = new TwinReporter(client, loggers.CreateLogger<TwinReporter>());
        _pump = new MessagePump<TSettings>(module, client, store, _settings, clock, loggers.CreateLogger<MessagePump<TSettings>>());
        _methods = new ModuleMethods<TSettings>(module, _pump, _settings, () => _reporter.SetWanted(BuildReport()));
        _metrics = new ModuleMetrics(MetricsPage.Prefix(address), () => _pump.SavedBooks, () => Volatile.Read(ref _held));
    }

    /// <summary>For the watchdog.</summary>
    public LoopPulse Pulse => _pump.Pulse;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_store.Warning is { } warning) LogStore(warning);
        _pump.Stepped += OnStepped;
        await _client.OpenAsync(new ModuleClientHandlers(OnMessageAsync, OnTwinAsync, (request, _) => _methods.CallAsync(request)), cancellationToken);
        _running = Task.WhenAll(
            Watched(() => _pump.RunAsync(_stop.Token, _abandon.Token)), Watched(() => _reporter.RunAsync(_stop.Token)), Watched(() => ReportBooksAsync(_stop.Token)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopping();
        await WithinAsync(FinishMessage, _client.StopReceivingAsync);
        await _stop.CancelAsync();
        _abandon.CancelAfter(FinishStep);
        await _running;
        await _abandon.CancelAsync();
        try
        {
            _pump.SaveBooks();
        }
        catch (IOException error)
        {
            LogBooksNotSaved(error.Message);
        }

        _reporter.SetWanted(BuildReport());
        await WithinAsync(FinishReport, _reporter.FlushAsync);
        await WithinAsync(FinishConnection, _client.CloseAsync);
        LogStopped();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task OnMessageAsync(InboundMessage message, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        await _pump.HandleAsync(message);
        _metrics.MessageHandled(_clock.GetElapsedTime(start));
    }

    private async Task OnTwinAsync(ModuleTwin twin, CancellationToken cancellation)
    {
        try
        {
            await _pump.OnLoopAsync(() =>
            {
                if (twin.Reported is not null) _reporter.SetHeld(twin.Reported);
                // Messages that can be made again are made with the settings they were made with: what was sent must be known as sent before those change.
                if (_settings.IsNew(twin.Desired)) _pump.SaveBooks();
                if (_settings.Apply(twin.Desired)) _pump.SettingsChanged();
                _reporter.SetWanted(BuildReport());
                return Task.FromResult(true);
            });
        }
        catch (IOException error)
        {
            LogSettingsNotSaved(error.Message);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the twin is fetched again at the next start.
        }
    }

    /// <summary>On the loop, after each step: what the module says of itself is passed on when it has changed.</summary>
    private void OnStepped()
    {
        Volatile.Write(ref _held, _module.Held);
        var report = _module.Report(_pump.Context());
        if (JToken.DeepEquals(report, _reportedByModule)) return;
        _reporter.SetWanted(BuildReport());
    }

    private async Task ReportBooksAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(BooksInterval, _clock, stop);
            await _pump.OnLoopAsync(() =>
            {
                _reporter.SetWanted(BuildReport());
                return Task.FromResult(true);
            });
        }
    }

    /// <summary>On the loop, or after its end.</summary>
    private JObject BuildReport()
    {
        var report = _settings.Report();
        report["ledger"] = _methods.Books();
        _reportedByModule = _module.Report(_pump.Context());
        if (_reportedByModule is not null) report.Merge(_reportedByModule.DeepClone());
        return report;
    }

    /// <summary>A part that fails takes the process with it: the runtime starts a new one, and nothing hangs half alive.</summary>
    private async Task Watched(Func<Task> part)
    {
        try
        {
            await Task.Run(part);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            LogFailed(error);
            Environment.ExitCode = 1;
            _lifetime.StopApplication();
        }
    }

    private async Task WithinAsync(TimeSpan limit, Func<CancellationToken, Task> action)
    {
        using var time = new CancellationTokenSource(limit, _clock);
        try
        {
            await action(time.Token);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotFinished(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogStore(string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: finishing the message in hand.")]
    private partial void LogStopping();

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped; all that was accepted is saved.")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The module failed and ends, to be started again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new settings are not in force, since they cannot be saved: {Cause}")]
    private partial void LogSettingsNotSaved(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The books of redeliveries since the last message could not be saved: {Cause}")]
    private partial void LogBooksNotSaved(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not finished in time while stopping: {Cause}")]
    private partial void LogNotFinished(string cause);
}
