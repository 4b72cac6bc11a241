using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Hosting.Health;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using EdgeModules.Hosting.Telemetry;
using EdgeModules.Hosting.Verbs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting;

/// <summary>Wires everything that runs a module, so that its <c>Program.cs</c> is one statement.</summary>
public static class ModuleHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PatienceWithEnd = TimeSpan.FromSeconds(5);

    /// <summary>Runs the module until SIGTERM, or the verb that the arguments name.</summary>
    /// <param name="addLogic">Adds what the module's constructor asks for.</param>
    /// <returns>The exit code: 0 after SIGTERM, 1 when the environment is wrong, a part failed or hung; the last log line says why.</returns>
    public static async Task<int> RunAsync<TModule, TSettings>(string[] args, Action<IServiceCollection>? addLogic = null)
        where TModule : EdgeModule<TSettings>
        where TSettings : class, ISettings<TSettings>, new() =>
        await ModuleVerbs.RunAsync<TModule, TSettings>(args, Console.In, Console.Out, Console.Error) ?? await RunModuleAsync<TModule, TSettings>(addLogic);

    private static async Task<int> RunModuleAsync<TModule, TSettings>(Action<IServiceCollection>? addLogic)
        where TModule : EdgeModule<TSettings>
        where TSettings : class, ISettings<TSettings>, new()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.AddConsole(options => options.FormatterName = EdgeLogFormatter.FormatterName).AddConsoleFormatter<EdgeLogFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(provider => ModuleEnvironment.Read(provider.GetRequiredService<IConfiguration>()));
        builder.Services.AddSingleton(provider => provider.GetRequiredService<ModuleEnvironment>().Credentials);
        builder.Services.AddSingleton(provider => provider.GetRequiredService<IModuleCredentials>().Address);
        builder.Services.AddSingleton<IStateStore>(OpenStore);
        builder.Services.AddSingleton<IModuleClient>(CreateClient<TSettings>);
        builder.Services.AddSingleton<MetricsPage>();
        builder.Services.AddSingleton<EdgeModule<TSettings>, TModule>();
        builder.Services.AddSingleton<ModuleService<TSettings>>();
        // First to start and last to stop.
        builder.Services.AddHostedService(provider => CreateWatchdog(provider, provider.GetRequiredService<ModuleService<TSettings>>().Pulse));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ModuleService<TSettings>>());
        addLogic?.Invoke(builder.Services);

        try
        {
            builder.Logging.SetMinimumLevel(ModuleEnvironment.ReadLogLevel(builder.Configuration));
            using var host = builder.Build();
            if (host.Services.GetRequiredService<ModuleEnvironment>().Warning is { } warning)
                host.Services.GetRequiredService<ILogger<ModuleEnvironment>>().LogEnvironment(warning);
            host.Services.GetRequiredService<MetricsPage>();
            await host.RunAsync();
            return Environment.ExitCode;
        }
        catch (ModuleConfigurationException error)
        {
            var now = TimeProvider.System.GetUtcNow();
            await Console.Out.WriteLineAsync($"<3> {now:yyyy-MM-dd HH:mm:ss.fff zzz} [ERR] - {error.Message.ReplaceLineEndings("\\n")}");
            return 1;
        }
    }

    private static LiteDbStateStore OpenStore(IServiceProvider provider)
    {
        var environment = provider.GetRequiredService<ModuleEnvironment>();
        var name = environment.Credentials.Address.ModuleId;
        return LiteDbStateStore.Open(environment.StateDirectory, name, provider.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    private static Watchdog CreateWatchdog(IServiceProvider provider, LoopPulse pulse)
    {
        var variables = provider.GetRequiredService<IConfiguration>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var limit = provider.GetRequiredService<ModuleEnvironment>().WatchdogLimit;
        var heartbeat = Heartbeat.Of(ModuleEnvironment.InstanceOf(name => variables[name]));
        return new Watchdog(pulse, heartbeat, limit, provider.GetRequiredService<TimeProvider>(), End, loggers.CreateLogger<Watchdog>());

        void End()
        {
            // What hangs may hang the end too.
            new Thread(static () =>
            {
                using var never = new ManualResetEventSlim();
                never.Wait(PatienceWithEnd);
                Environment.FailFast("The module hung, and so did its end.");
            }) { IsBackground = true }.Start();
            // Writes the lines that wait.
            loggers.Dispose();
            Environment.Exit(1);
        }
    }

    private static SupervisedModuleClient CreateClient<TSettings>(IServiceProvider provider)
        where TSettings : class, ISettings<TSettings>, new()
    {
        var environment = provider.GetRequiredService<ModuleEnvironment>();
        var clock = provider.GetRequiredService<TimeProvider>();
        var model = provider.GetRequiredService<EdgeModule<TSettings>>().ModelId;
        if (environment.SdkTransport is { } transport)
        {
            var log = provider.GetRequiredService<ILogger<SdkModuleClient>>();
            return new SdkModuleClient(environment.Credentials, transport, environment.HttpsPort, AzureDeviceSdk.Create!, clock, log) { ModelId = model };
        }

        var logger = provider.GetRequiredService<ILogger<MqttModuleClient>>();
        return new MqttModuleClient(environment.Credentials, environment.MqttPort, environment.HttpsPort, clock, logger) { ModelId = model };
    }
}

internal static partial class EnvironmentLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void LogEnvironment(this ILogger logger, string warning);
}
