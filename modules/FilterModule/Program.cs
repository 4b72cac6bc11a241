using EdgeModules.Filtering;
using EdgeModules.Hosting;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<FilterModule, FilterSettings>(args, services => services.AddSingleton<DeadbandFilter>());
