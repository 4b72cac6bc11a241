using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Tests.Pump;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Service;

/// <summary>A whole module but for the connection.</summary>
internal sealed class ServiceRig : IHostApplicationLifetime, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ModuleService<CountingSettings> _service;
    private bool _isStopped;

    public ServiceRig(InMemoryStateStore? store = null)
    {
        Store = store ?? new InMemoryStateStore();
        _service = new ModuleService<CountingSettings>(Module, Client, Store, new ModuleAddress("hub", "gateway", "edge", "CountingModule"), Clock, this, Log);
    }

    public InMemoryStateStore Store { get; }

    public CountingModule Module { get; } = new();

    public RecordingModuleClient Client { get; } = new();

    public FakeTimeProvider Clock { get; } = new(PumpRig.Start);

    public RecordingLogger Log { get; } = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    /// <summary>Cancelled when the service asks the process to end.</summary>
    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public async Task<ServiceRig> StartedAsync(string desired = "{}")
    {
        await StartedWithoutTwinAsync();
        await GiveTwinAsync(1, desired);
        return this;
    }

    public Task StartedWithoutTwinAsync() => _service.StartAsync(default);

    public Task GiveTwinAsync(long version, string desired)
    {
        var twin = JObject.Parse(desired);
        twin["$version"] = version;
        return Client.GiveTwinAsync(twin).WaitAsync(Waiting.Deadline);
    }

    public Task DeliverAsync(string body, string? id = null, int? count = null) =>
        Client.DeliverAsync(PumpRig.Message(body, id, count: count)).WaitAsync(Waiting.Deadline);

    public async Task StopAsync()
    {
        _isStopped = true;
        await _service.StopAsync(default).WaitAsync(Waiting.Deadline);
    }

    public Task StopWithoutWaitingAsync()
    {
        _isStopped = true;
        return _service.StopAsync(default);
    }

    /// <summary>Waits until the hub has this at a path of the reported properties.</summary>
    public Task UntilReportedAsync(string path, string json) =>
        Waiting.ForAsync(() => Client.Reported.SelectToken(path)?.ToString(Newtonsoft.Json.Formatting.None) == json, $"{path} is reported as {json}");

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped) await StopAsync();
        _service.Dispose();
        _stopping.Dispose();
        Log.Dispose();
    }
}
