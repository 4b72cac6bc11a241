using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeModules.Testing.Scenarios;

/// <summary>How to start a module as its own process would, on a given client, state and clock.</summary>
/// <param name="stateDirectory">Where <paramref name="store"/> is, and a module may keep files of its own.</param>
public delegate IHostedService StartModule(IModuleClient client, IStateStore store, string stateDirectory, ModuleAddress address, TimeProvider clock);

public static class ScenarioModule
{
    public static StartModule Of<TSettings>(Func<EdgeModule<TSettings>> create)
        where TSettings : class, ISettings<TSettings>, new() => Of((_, _) => create());

    /// <param name="create">With the state directory and the clock.</param>
    public static StartModule Of<TSettings>(Func<string, TimeProvider, EdgeModule<TSettings>> create)
        where TSettings : class, ISettings<TSettings>, new() => (client, store, stateDirectory, address, clock) =>
        new ModuleService<TSettings>(create(stateDirectory, clock), client, store, address, clock, new NoLifetime(), NullLoggerFactory.Instance);

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
