using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting.Connection;

/// <summary><see cref="IModuleClient"/> over MQTT, in edgeHub's dialect.</summary>
public sealed class MqttModuleClient(IModuleCredentials credentials, int port, int httpsPort, TimeProvider clock, ILogger<MqttModuleClient> logger)
    : SupervisedModuleClient(credentials, httpsPort, clock, logger)
{
    protected override string Endpoint => $"{Credentials.Address.GatewayHostName}:{port}";

    private protected override async Task<IModuleSession> ConnectAsync(Func<MethodRequest, Task<MethodResponse>> onMethod, CancellationToken cancellation) =>
        await MqttSession.ConnectAsync(Credentials, port, ModelId, Clock.GetUtcNow() + TokenLife, onMethod, Clock, cancellation);
}
