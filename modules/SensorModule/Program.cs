using EdgeModules.Hosting;
using EdgeModules.Sensing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = ModuleHost.Create<SensorModule, SensorSettings>(args);
builder.Services.AddSingleton<SensorTelemetry>();
await builder.Build().RunAsync();
