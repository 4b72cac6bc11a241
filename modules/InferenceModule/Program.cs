using EdgeModules.Hosting;
using EdgeModules.Inference;

return await ModuleHost.RunAsync<InferenceModule, InferenceSettings>(args);
