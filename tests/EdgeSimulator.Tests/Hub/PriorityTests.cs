using EdgeModules.Testing;
using EdgeSimulator.Hub.Configuration;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Priorities and time to live at a module. A message in hand, unacknowledged, shows that the pump has taken its batch.</summary>
public sealed class PriorityTests
{
    private const string Into = "INTO BrokeredEndpoint(\"/modules/filter/inputs/in\")";

    private static readonly JObject Routes = new()
    {
        ["low"] = Route("/messages/modules/source/outputs/low", 5),
        ["high"] = Route("/messages/modules/source/outputs/high", 0),
        ["short"] = Route("/messages/modules/source/outputs/short", 5, timeToLiveSeconds: 5),
        ["both as low"] = Route("/messages/modules/source/outputs/both", 5, timeToLiveSeconds: 5),
        ["both as high"] = Route("/messages/modules/source/outputs/both", 1),
        ["plain"] = $"FROM /messages/modules/source/outputs/plain {Into}",
    };

    [Fact]
    public async Task Deliver_BatchInHandFirst_ThenTheBestPriority()
    {
        await using var hub = await StartAsync();
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("low", "0");
        var inHand = await filter.ReceiveAsync();
        await source.SendAsync("plain", "last");
        for (var i = 1; i <= 12; i++) await source.SendAsync("low", $"{i}");
        await source.SendAsync("both", "second");
        await source.SendAsync("high", "first");

        var received = new List<string>();
        for (var i = 0; i < 16; i++)
        {
            await inHand.AcknowledgeAsync();
            inHand = await filter.ReceiveAsync();
            received.Add(inHand.Body);
            // The batch of ten is in hand: this waits for its end, and goes before the rest.
            if (inHand.Body == "1") await source.SendAsync("high", "third");
        }

        await inHand.AcknowledgeAsync();
        Assert.Equal(["first", "second", .. Enumerable.Range(1, 10).Select(i => $"{i}"), "third", "11", "12", "last"], received);
        await Eventually.IsTrueAsync(() => hub.Input("filter", "in").QueuedMessages == 0);
        Assert.Equal((17, 17), (hub.Input("filter", "in").AcceptedReadings, hub.Input("filter", "in").AcknowledgedReadings));
    }

    [Fact]
    public async Task Deliver_ExpiredInTheQueue_IsSkippedCountedAndSaid()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await StartAsync(clock);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("low", "0");
        var inHand = await filter.ReceiveAsync();
        await source.SendAsync("short", "1", properties: ("count", "4"));
        await source.SendAsync("low", "2");
        await source.SendAsync("both", "3"); // not the time to live of the worse route
        clock.Advance(TimeSpan.FromSeconds(10));
        await inHand.AcknowledgeAsync();
        filter.AcknowledgeAtOnce = true;
        Assert.Equal(["3", "2"], [await AcknowledgedAsync(filter), await AcknowledgedAsync(filter)]);
        await Eventually.IsTrueAsync(() => hub.Input("filter", "in").QueuedMessages == 0);
        var input = hub.Input("filter", "in");
        Assert.Equal((7, 3, 4, 0), (input.AcceptedReadings, input.AcknowledgedReadings, input.ExpiredReadings, input.QueuedReadings));
        Assert.Contains(
            "Warning: Dropped 1 messages for edge-1/filter/in, which outlived their time to live in the queue. Readings lost: 4.", hub.Logs.Lines);
    }

    [Fact]
    public async Task Deliver_ExpiredInTheBatchInHand_ComesHoweverLate()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await StartAsync(clock);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("short", "0");
        var inHand = await filter.ReceiveAsync();
        await source.SendAsync("short", "1");
        await source.SendAsync("short", "2");
        await inHand.AcknowledgeAsync();
        Assert.Equal("1", (await filter.ReceiveAsync()).Body); // never acknowledged
        await source.SendAsync("short", "3");
        await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        var again = await filter.ReceiveAsync();
        Assert.Equal("1", again.Body);
        await again.AcknowledgeAsync();
        Assert.Equal("2", await AcknowledgedAsync(filter));
        await Eventually.IsTrueAsync(() => hub.Input("filter", "in").QueuedMessages == 0);
        Assert.Equal((3, 1), (hub.Input("filter", "in").AcknowledgedReadings, hub.Input("filter", "in").ExpiredReadings));
    }

    [Fact]
    public async Task PatchDesired_TimeToLive_HoldsForNewMessagesOnly()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await StartAsync(clock);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("low", "0");
        var inHand = await filter.ReceiveAsync();
        await source.SendAsync("low", "1");
        Patch(hub, 5);
        await source.SendAsync("low", "2");
        Patch(hub, -1);
        await source.SendAsync("low", "3");
        clock.Advance(TimeSpan.FromSeconds(10));
        await inHand.AcknowledgeAsync();
        Assert.Equal(["1", "3"], [await AcknowledgedAsync(filter), await AcknowledgedAsync(filter)]);
        Assert.Equal(1, hub.Input("filter", "in").ExpiredReadings);
    }

    [Fact]
    public async Task Cleanup_OfAQueueThatStands_RemovesWhatHasExpired()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var environment = new HubEnvironment(TimeSpan.FromHours(1), TimeSpan.FromSeconds(30), CheckEntireQueueOnCleanup: false);
        await using var hub = await StartAsync(clock, environment);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("short", "0");
        await filter.ReceiveAsync();
        foreach (var output in new[] { "short", "short", "low", "short" }) await source.SendAsync(output, "later", properties: ("count", "2"));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, hub.Input("filter", "in").ExpiredReadings);
        await Eventually.IsTrueAsync(() => hub.Input("filter", "in").ExpiredReadings == 4, clock);
        var input = hub.Input("filter", "in");
        Assert.Equal((9, 5, 3), (input.AcceptedReadings, input.QueuedReadings, input.QueuedMessages));
        Assert.Contains(hub.Logs.Lines, line => line.Contains("Dropped 2 messages for edge-1/filter/in", StringComparison.Ordinal));
    }

    private static async Task<string> AcknowledgedAsync(TestModule module)
    {
        var received = await module.ReceiveAsync();
        if (!module.AcknowledgeAtOnce) await received.AcknowledgeAsync();
        return received.Body;
    }

    private static void Patch(TestHub hub, int seconds) => hub.Hub.PatchDesired(
        HubTwin.Name, new JObject { ["storeAndForwardConfiguration"] = new JObject { ["timeToLiveSecs"] = seconds } });

    private static JObject Route(string from, int priority, int timeToLiveSeconds = 0) =>
        new() { ["route"] = $"FROM {from} {Into}", ["priority"] = priority, ["timeToLiveSecs"] = timeToLiveSeconds };

    private static Task<TestHub> StartAsync(TimeProvider? clock = null, HubEnvironment? environment = null) => TestHub.StartAsync(
        clock: clock, change: options => options with { HubDesired = HubDesired.Create(Routes), Environment = environment ?? HubEnvironment.Default });

    private static async Task<TestModule> ReceiverAsync(TestHub hub)
    {
        var filter = await hub.ConnectAsync("filter");
        filter.AcknowledgeAtOnce = false;
        await filter.SubscribeInputsAsync();
        return filter;
    }
}
