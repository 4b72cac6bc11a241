using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Testing.Scenarios;

/// <summary>How to start a module as its own process would, on a given client, state and clock.</summary>
public delegate IHostedService StartModule(IModuleClient client, IStateStore store, ModuleAddress address, TimeProvider clock);

public static class ScenarioModule
{
    public static StartModule Of<TSettings>(Func<EdgeModule<TSettings>> create)
        where TSettings : class, ISettings<TSettings>, new() =>
        (client, store, address, clock) => new ModuleService<TSettings>(create(), client, store, address, clock, new NoLifetime(), NullLoggerFactory.Instance);

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
