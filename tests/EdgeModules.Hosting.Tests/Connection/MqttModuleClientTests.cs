using EdgeModules.Hosting.Connection;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class MqttModuleClientTests : ModuleClientContract
{
    protected override IModuleClient Create(string module, TimeSpan? tokenLife) => Loopback.CreateClient(module, tokenLife);
}
