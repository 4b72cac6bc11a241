using EdgeModules.Hosting;
using EdgeModules.Inference;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<InferenceModule, InferenceSettings>(args, services => services
    .AddSingleton<IModelLoader, OnnxModelLoader>()
    .AddSingleton<IShadowTap, NoShadow>()
    .AddSingleton(provider => new ModelReader(provider.GetRequiredService<IConfiguration>()["ModelsDirectory"] ?? "models")));
