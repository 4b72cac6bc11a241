using EdgeModules.Aggregation;
using EdgeModules.Hosting;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<AggregatorModule, AggregatorSettings>(args, services => services.AddSingleton<WindowAggregator>());
