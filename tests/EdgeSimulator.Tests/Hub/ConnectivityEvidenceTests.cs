using EdgeModules.Hosting.Connectivity;
using EdgeModules.Testing;
using EdgeSimulator.Hub;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>What the modules' own reader makes of the metrics page that the simulated hub serves.</summary>
public sealed class ConnectivityEvidenceTests
{
    private static readonly JObject Routes = new()
    {
        ["urgent"] = new JObject { ["route"] = "FROM /messages/modules/source/outputs/urgent INTO $upstream", ["priority"] = 0 },
        ["up"] = new JObject { ["route"] = "FROM /messages/modules/source/outputs/up INTO $upstream", ["priority"] = 5 },
    };

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Page_FromTheStartOn_SaysThatTheCloudIsReached()
    {
        await using var hub = await StartConnectedAsync();
        Assert.Equal(0, (await ReadAsync(hub)).TimesOffline);
        Assert.Equal(new Evidence("edgeHub's metrics") { Queued = 0 }, (await ReadAsync(hub)).Since(null));
    }

    [Fact]
    public async Task Page_CloudAwayAndBack_SaysSoAndWhatWaits()
    {
        await using var hub = await StartConnectedAsync();
        await using var source = await hub.ConnectAsync("source");
        hub.Hub.UpstreamOnline = false;
        await source.SendAsync("up", "1");
        await source.SendAsync("urgent", "2");
        var away = (await ReadAsync(hub)).Since(null);
        Assert.Equal(("edgeHub does not reach the cloud.", 2), (away.Trouble, away.Queued));

        hub.Hub.UpstreamOnline = true;
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0, _clock);
        var back = (await ReadAsync(hub)).Since(null);
        Assert.Equal((null, 0), (back.Trouble, back.Queued));
    }

    [Fact]
    public async Task Page_StartWithTheCloudAway_SaysThatItIsNotReachedUntilItIs()
    {
        await using var hub = await StartAsync(new UpstreamStart(Online: false, UpstreamQuality.Good, Seed: 1));
        Assert.NotNull((await ReadAsync(hub)).Since(null).Trouble);
        Assert.False(hub.Hub.GetStatus().Upstream.Online);
        _clock.Advance(TimeSpan.FromSeconds(7));
        hub.Hub.UpstreamOnline = true;
        await WaitUntilConnectedAsync(hub);
        var back = await ReadAsync(hub);
        Assert.Equal((0, 1), (back.TimesOffline, back.TimesBack));
        Assert.Null(back.Since(null).Trouble);
    }

    [Fact]
    public async Task Page_CloudThatFlaps_IsJudgedByWhatItIsAtTheTime()
    {
        await using var hub = await StartConnectedAsync();
        for (var i = 0; i < 3; i++)
        {
            hub.Hub.UpstreamOnline = false;
            Assert.NotNull((await ReadAsync(hub)).Since(null).Trouble);
            hub.Hub.UpstreamOnline = true;
            Assert.Null((await ReadAsync(hub)).Since(null).Trouble);
        }

        Assert.Equal((3, 4), ((await ReadAsync(hub)).TimesOffline, (await ReadAsync(hub)).TimesBack));
    }

    [Fact]
    public async Task Page_SlowCloud_TellsHowLongACallTakes()
    {
        await using var hub = await StartAsync();
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("up", "1");
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0);
        var before = await ReadAsync(hub);
        hub.Hub.UpstreamQuality = new UpstreamQuality(TimeSpan.FromSeconds(5), 0);
        await source.SendAsync("up", "2");
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0, _clock);
        Assert.InRange((await ReadAsync(hub)).Since(before).LatencyMs!.Value, 5_000, 5_600);
    }

    [Fact]
    public async Task Page_OfAnotherStart_IsAnotherInstance()
    {
        await using var hub = await StartAsync();
        var before = await ReadAsync(hub);
        await hub.RestartAsync();
        var after = await ReadAsync(hub);
        Assert.NotEqual("", before.Instance);
        Assert.NotEqual(before.Instance, after.Instance);
    }

    [Fact]
    public async Task MetricsPort_OfAHubWithAPage_IsThatOfThePage()
    {
        await using var hub = await StartAsync();
        Assert.Equal(hub.Options.MetricsPort, hub.Hub.MetricsPort);
        await hub.RestartAsync(options => options with { MetricsPort = null });
        Assert.Null(hub.Hub.MetricsPort);
    }

    private Task<TestHub> StartAsync(UpstreamStart? upstream = null) => TestHub.StartAsync(
        clock: _clock,
        change: options => options with { HubDesired = HubDesired.Create(Routes), MetricsPort = Ports.Free(), Upstream = upstream ?? options.Upstream });

    private async Task<TestHub> StartConnectedAsync()
    {
        var hub = await StartAsync();
        await WaitUntilConnectedAsync(hub);
        return hub;
    }

    /// <summary>The hub connects for the first time beside its start.</summary>
    private static Task WaitUntilConnectedAsync(TestHub hub) =>
        Waiting.ForAsync(async () => (await ReadAsync(hub)).TimesBack == 1, "the hub has connected to the cloud");

    private static async Task<HubMetrics> ReadAsync(TestHub hub)
    {
        using var http = new HttpClient();
        return HubMetrics.Read(await http.GetStringAsync($"http://127.0.0.1:{hub.Hub.MetricsPort}/metrics"))!;
    }
}
