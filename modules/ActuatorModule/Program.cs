using EdgeModules.Actuating;
using EdgeModules.Hosting;
using Microsoft.Extensions.DependencyInjection;

return await ModuleHost.RunAsync<ActuatorModule, ActuatorSettings>(
    args, services => services.AddSingleton<Actuator>().AddSingleton<Lines>().AddSingleton<IBoard, GpioBoard>());
