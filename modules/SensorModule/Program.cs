using EdgeModules.Hosting;
using EdgeModules.Sensing;

return await ModuleHost.RunAsync<SensorModule, SensorSettings>(args);
