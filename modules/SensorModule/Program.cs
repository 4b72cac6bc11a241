using EdgeModules.Hosting;
using EdgeModules.Sensing;
using EdgeModules.Sensing.Faults;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<SensorModule, SensorSettings>(args, services => services
    .AddSingleton<SensorTelemetry>()
    .AddSingleton(provider => new TruthFile(provider.GetRequiredService<ModuleEnvironment>().StateDirectory)));
