using EdgeModules.Alerting;
using EdgeModules.Hosting;

return await ModuleHost.RunAsync<AlertModule, AlertSettings>(args);
