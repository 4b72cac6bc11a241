using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>A module's client over <see cref="FakeSdkClient"/>s, one a connection.</summary>
internal sealed class SdkRig : IAsyncDisposable
{
    private static readonly IModuleCredentials Credentials =
        new ConnectionStringCredentials($"HostName=h;DeviceId=d;ModuleId=m;GatewayHostName=g;SharedAccessKey={SasTokenTests.Key}", rootsFile: null);

    private readonly ConcurrentQueue<FakeSdkClient> _clients = new();

    public SdkRig(Func<SdkOptions, FakeSdkClient>? create = null, TimeProvider? clock = null, SdkTransport transport = SdkTransport.Mqtt)
    {
        Client = new SdkModuleClient(Credentials, transport, 443, Create, clock ?? TimeProvider.System, Log.For<SdkModuleClient>());

        FakeSdkClient Create(SdkOptions options)
        {
            var client = create?.Invoke(options) ?? new FakeSdkClient(options);
            _clients.Enqueue(client);
            return client;
        }
    }

    public SdkModuleClient Client { get; }

    public RecordingLogger Log { get; } = new();

    /// <summary>All that were made, in order.</summary>
    public IReadOnlyList<FakeSdkClient> Clients => [.. _clients];

    /// <summary>Ids given to the handler, in order.</summary>
    public ConcurrentQueue<string> Handled { get; } = new();

    /// <summary>Runs in the handler.</summary>
    public Func<string, Task> WhenHandling { get; set; } = _ => Task.CompletedTask;

    public Func<MethodRequest, Task<MethodResponse>> WhenCalled { get; set; } = _ => Task.FromResult(new MethodResponse(200, null));

    public static OutboundMessage Message(string id) => new() { Output = "out", Body = "[]"u8.ToArray(), Count = 1, MessageType = "reading", MessageId = id };

    /// <returns>The first client, connected and with its twin.</returns>
    public async Task<FakeSdkClient> OpenAsync()
    {
        await StartAsync();
        return await NextAsync(1);
    }

    public Task StartAsync() => Client.OpenAsync(
        new ModuleClientHandlers(
            async (message, _) =>
            {
                var id = message.Properties[SystemProperties.MessageId];
                Handled.Enqueue(id);
                await WhenHandling(id);
            },
            (_, _) => Task.CompletedTask,
            (request, _) => WhenCalled(request)),
        CancellationToken.None);

    /// <returns>The client of this number, from 1, connected and with its twin.</returns>
    public async Task<FakeSdkClient> NextAsync(int number, Action? step = null)
    {
        await Waiting.ForAsync(() => Clients.Count >= number && Clients[number - 1].Calls.Contains("twin"), $"client {number} has its twin", step);
        return Clients[number - 1];
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Log.Dispose();
    }
}
