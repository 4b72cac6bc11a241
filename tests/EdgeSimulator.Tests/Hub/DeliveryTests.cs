using Microsoft.Extensions.Time.Testing;
using MQTTnet.Protocol;

namespace EdgeSimulator.Tests.Hub;

public sealed class DeliveryTests
{
    private static readonly Dictionary<string, string> ToFilter = new()
    {
        ["readings"] = "FROM /messages/modules/source/outputs/readings INTO BrokeredEndpoint(\"/modules/filter/inputs/readings\")",
        ["more"] = "FROM /messages/modules/source/outputs/more INTO BrokeredEndpoint(\"/modules/filter/inputs/more\")",
    };

    [Fact]
    public async Task Deliver_WritesThePropertiesAsEdgeHubDoes()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        await source.PublishAsync(
            "devices/edge-1/modules/source/messages/events/%24.ce=utf-8&b=2&%24.ctime=2026-01-02T03%3A04%3A05.0000000Z&%24.on=readings&%24.ct=application%2Fjson"
            + "&a%20b=%2F%26%C3%A4&%24.mid=m-1&%24.cid=c-1&none&iothub-operation=op&%24.uid=u",
            "[1]"u8.ToArray());
        var received = await filter.ReceiveAsync();
        Assert.Equal(
            "devices/edge-1/modules/filter/inputs/readings/b=2&a%20b=%2F%26%C3%A4&none=&%24.cdid=edge-1&%24.cmid=source&%24.mid=m-1&%24.cid=c-1&%24.uid=u"
            + "&%24.ct=application%2Fjson&%24.ce=utf-8&%24.ctime=2026-01-02T03%3A04%3A05.0000000Z&iothub-operation=op",
            received.Topic);
        Assert.Equal("[1]", received.Body);
    }

    [Fact]
    public async Task Deliver_KeepsTheOrderAndTheBooks()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var filter = await ReceiverAsync(hub);
        await using var source = await hub.ConnectAsync("source");
        for (var i = 0; i < 50; i++) await source.SendAsync("readings", $"{i}", $"id-{i}", ("count", "3"));
        for (var i = 0; i < 50; i++) Assert.Equal($"{i}", await filter.ReceiveBodyAsync());
        await Eventually.IsTrueAsync(() => hub.Input("filter", "readings").QueuedMessages == 0);
        var input = hub.Input("filter", "readings");
        Assert.Equal((150, 150, 0, 50, 0), (input.AcceptedReadings, input.AcknowledgedReadings, input.QueuedReadings, input.AcknowledgedMessages, input.Redeliveries));
        var output = hub.Output("source", "readings");
        Assert.Equal((50, 150, 0), (output.Messages, output.AcceptedReadings, output.UnroutedReadings));
    }

    [Fact]
    public async Task Deliver_WaitsForTheAcknowledgementOverAllInputs()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var filter = await ReceiverAsync(hub, acknowledge: false);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        var first = await filter.ReceiveAsync();
        await source.SendAsync("readings", "2");
        await source.SendAsync("more", "3");
        await filter.SubscribeAsync("$iothub/twin/res/#");
        await filter.GetTwinAsync(); // A round trip: had the hub sent another input, it would have come first.
        Assert.Equal(0, filter.Waiting);
        await first.AcknowledgeAsync();
        var second = await filter.ReceiveAsync();
        Assert.Equal(0, filter.Waiting);
        await second.AcknowledgeAsync();
        var third = await filter.ReceiveAsync();
        Assert.Equal(["2", "3"], new[] { second.Body, third.Body }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Deliver_WithoutAnAcknowledgement_PublishesAnewAfterTimeoutAndBackoff()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var filter = await ReceiverAsync(hub, acknowledge: false);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        await source.SendAsync("readings", "2");
        var first = await filter.ReceiveAsync();
        var sent = clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        var waited = clock.GetUtcNow() - sent;
        var again = await filter.ReceiveAsync();
        Assert.Equal("1", again.Body);
        Assert.False(again.Duplicate);
        Assert.NotEqual(first.PacketId, again.PacketId);
        Assert.InRange(waited.TotalSeconds, 31, 45);
        await again.AcknowledgeAsync();
        Assert.Equal("2", await filter.ReceiveBodyAsync());
        Assert.Equal(1, hub.Input("filter", "readings").Redeliveries);
        Assert.Contains(hub.Logs.Lines, line => line.Contains("edge-1/filter/readings did not acknowledge a message within 30 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_WhenTheReceiverLeavesUnacknowledged_StallsUntilTheTimeout()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        await using (var filter = await ReceiverAsync(hub, acknowledge: false))
        {
            await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        }

        var left = clock.GetUtcNow();
        await using var back = await ReceiverAsync(hub);
        await Eventually.IsTrueAsync(() => back.Waiting > 0, clock);
        Assert.InRange((clock.GetUtcNow() - left).TotalSeconds, 31, 45);
    }

    [Fact]
    public async Task Deliver_ToAModuleThatIsAway_ComesWithTheBackoffNotWithTheReconnect()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        var away = clock.GetUtcNow();
        await Eventually.IsTrueAsync(() => clock.GetUtcNow() - away >= TimeSpan.FromSeconds(20), clock);
        await using var filter = await ReceiverAsync(hub);
        await filter.SubscribeAsync("$iothub/twin/res/#");
        await filter.GetTwinAsync();
        Assert.Equal(0, filter.Waiting);
        await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        Assert.Equal("1", await filter.ReceiveBodyAsync());
    }

    [Fact]
    public async Task Deliver_OnlyToFiltersThatEndInHash()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeAsync("devices/edge-1/modules/filter/inputs/readings");
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        clock.Advance(TimeSpan.FromSeconds(2));
        await filter.SubscribeAsync("$iothub/twin/res/#");
        await filter.GetTwinAsync();
        Assert.Equal((0, 1), (filter.Waiting, hub.Input("filter", "readings").QueuedMessages));
        Assert.Contains(hub.Logs.Lines, line => line.Contains("delivers nothing", StringComparison.Ordinal));
        await filter.SubscribeAsync("devices/edge-1/modules/filter/inputs/#", MqttQualityOfServiceLevel.AtMostOnce);
        await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        await Eventually.IsTrueAsync(() => hub.Input("filter", "readings").QueuedMessages == 0);
    }

    [Fact]
    public async Task Reconnect_KeepsTheSubscriptionsUnlessTheSessionIsClean()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using (var first = await ReceiverAsync(hub)) Assert.False(first.SessionPresent);
        await using (var again = await hub.ConnectAsync("filter"))
        {
            Assert.True(again.SessionPresent);
            await using var source = await hub.ConnectAsync("source");
            await source.SendAsync("readings", "1");
            await Eventually.IsTrueAsync(() => again.Waiting > 0, clock);
        }

        await using (await TestModule.ConnectAsync(hub, "filter", clock, cleanSession: true))
        {
        }

        await using var forgotten = await hub.ConnectAsync("filter");
        Assert.False(forgotten.SessionPresent);
    }

    [Fact]
    public async Task TakeOver_DoesNotResendWhatTheEarlierConnectionLeftUnacknowledged()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var earlier = await ReceiverAsync(hub, acknowledge: false);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("readings", "1");
        await earlier.ReceiveAsync();
        await using var later = await ReceiverAsync(hub);
        await later.SubscribeAsync("$iothub/twin/res/#");
        await later.GetTwinAsync();
        Assert.Equal(0, later.Waiting);
        await Eventually.IsTrueAsync(() => later.Waiting > 0, clock);
        Assert.Equal("1", await later.ReceiveBodyAsync());
        await Eventually.IsTrueAsync(() => hub.Input("filter", "readings").QueuedMessages == 0);
    }

    private static async Task<TestModule> ReceiverAsync(TestHub hub, bool acknowledge = true)
    {
        var filter = await hub.ConnectAsync("filter");
        filter.AcknowledgeAtOnce = acknowledge;
        await filter.SubscribeInputsAsync();
        return filter;
    }
}
