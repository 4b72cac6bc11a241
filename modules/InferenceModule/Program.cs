using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Inference;
using EdgeModules.Inference.Models;
using EdgeModules.Inference.Swap;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<InferenceModule, InferenceSettings>(args, services => services
    .AddSingleton<IModelLoader, OnnxModelLoader>()
    .AddSingleton<SwapTelemetry>()
    .AddSingleton(provider => ModelPlaces.Read(provider.GetRequiredService<ModuleEnvironment>(), provider.GetRequiredService<IConfiguration>()))
    .AddSingleton(provider => provider.GetRequiredService<ModelPlaces>().Surroundings(
        provider.GetRequiredService<IModelLoader>(), provider.GetRequiredService<IModuleCredentials>(), provider.GetRequiredService<TimeProvider>())));
