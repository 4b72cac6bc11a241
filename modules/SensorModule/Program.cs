using EdgeModules.Hosting;
using EdgeModules.Sensing;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<SensorModule, SensorSettings>(args, services => services.AddSingleton<SensorTelemetry>());
