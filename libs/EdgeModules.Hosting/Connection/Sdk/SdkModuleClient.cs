using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting.Connection.Sdk;

/// <summary><see cref="IModuleClient"/> over Microsoft's SDK: a new <see cref="ISdkClient"/> for each connection.</summary>
internal sealed class SdkModuleClient(
    IModuleCredentials credentials, SdkTransport transport, int httpsPort, Func<SdkOptions, ISdkClient> create, TimeProvider clock,
    ILogger<SdkModuleClient> logger)
    : SupervisedModuleClient(credentials, httpsPort, clock, logger)
{
    protected override string Endpoint => $"{Credentials.Address.GatewayHostName}:{(transport == SdkTransport.Amqp ? 5671 : 8883)} with Microsoft's SDK";

    // Over AMQP the SDK renews the token by itself, on the same connection.
    protected override TimeSpan RenewAfter => transport == SdkTransport.Amqp ? Timeout.InfiniteTimeSpan : base.RenewAfter;

    private protected override async Task<IModuleSession> ConnectAsync(Func<MethodRequest, Task<MethodResponse>> onMethod, CancellationToken cancellation) =>
        await SdkSession.ConnectAsync(create(new SdkOptions(transport, TokenLife, ModelId)), onMethod, Clock, cancellation);
}
