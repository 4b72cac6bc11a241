using EdgeSimulator.Hub;
using EdgeSimulator.Running;
using EdgeSimulator.Tests.Hub;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Running;

public sealed class UplinkFlushTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Uplink = "UplinkModule";

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeHub _hub = new() { Status = HubStatuses.Empty with { ConnectedModules = [Uplink] } };
    private readonly List<string> _calls = [];
    private long _held = 10;
    private long _step = 4;

    public UplinkFlushTests() => _hub.Answer = (_, method) =>
    {
        _calls.Add(method);
        if (method == "flush") return new MethodResult(200, null);
        _held = Math.Max(0, _held - _step);
        return new MethodResult(200, new JObject { ["received"] = 10, ["held"] = _held });
    };

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task SendAllAsync_ModuleThatSends_IsWaitedForUntilItHoldsNothing()
    {
        Assert.True(await RunAsync());
        Assert.Equal(["flush", "getLedger", "getLedger", "getLedger"], _calls);
    }

    [Fact]
    public async Task SendAllAsync_ModuleThatSendsNoMore_IsWaitedForFiveSeconds()
    {
        _step = 0;
        var start = _clock.GetUtcNow();
        Assert.True(await RunAsync());
        Assert.InRange((_clock.GetUtcNow() - start).TotalSeconds, 5, 6);
    }

    [Fact]
    public async Task SendAllAsync_CloudAway_LeavesWhatItHolds()
    {
        _hub.UpstreamOnline = false;
        Assert.False(await RunAsync());
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task SendAllAsync_NoSuchModuleOrOneThatDoesNotAnswer_Ends()
    {
        _hub.Answer = (_, _) => throw new SimulatorException("It does not answer.");
        Assert.False(await RunAsync());
        _hub.Status = HubStatuses.Empty;
        Assert.False(await RunAsync());
        Assert.Empty(_calls);
    }

    private async Task<bool> RunAsync()
    {
        var running = new UplinkFlush(_hub, new LedgerReader(_hub), _clock).SendAllAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(() => running.IsCompleted, _clock);
        return await running;
    }
}
