using EdgeModules.Hosting;
using EdgeModules.Uplink;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<UplinkModule, UplinkSettings>(args, services => services
    .AddSingleton<UplinkTelemetry>()
    .AddSingleton(provider => UplinkSurroundings.Of(
        provider.GetRequiredService<ModuleEnvironment>(), provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>())));
