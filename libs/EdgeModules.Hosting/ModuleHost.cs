using EdgeModules.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeModules.Hosting;

/// <summary>Wires everything that runs a module, so that its <c>Program.cs</c> is three lines.</summary>
public static class ModuleHost
{
    /// <returns>A builder to which the module adds its logic; <c>await builder.Build().RunAsync()</c> runs it until SIGTERM.</returns>
    public static HostApplicationBuilder Create<TModule, TSettings>(string[] args)
        where TModule : EdgeModule<TSettings>
        where TSettings : class, ISettings<TSettings>, new()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        builder.Services.AddSingleton<EdgeModule<TSettings>, TModule>();
        return builder;
    }
}
