using System.Net;
using System.Net.Sockets;
using EdgeModules.Testing;
using EdgeSimulator.Hub.Configuration;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class RecoveryTests
{
    private static readonly Dictionary<string, string> ToBoth = new()
    {
        ["in"] = "FROM /messages/modules/source/* INTO BrokeredEndpoint(\"/modules/filter/inputs/readings\")",
        ["up"] = "FROM /messages/modules/source/* INTO $upstream",
    };

    [Fact]
    public async Task Crash_AfterTheAcknowledgement_LosesNothing()
    {
        await using var hub = await TestHub.StartAsync(ToBoth);
        hub.Hub.UpstreamOnline = false;
        await using (var source = await hub.ConnectAsync("source"))
        {
            for (var i = 0; i < 30; i++) await source.SendAsync("out", $"{i}", $"id-{i}", ("count", "2"), ("name", "wärme"));
        }

        var key = hub.Hub.GetIdentity("source");
        await hub.CrashAsync();
        Assert.Equal(key, hub.Hub.GetIdentity("source"));
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeInputsAsync();
        for (var i = 0; i < 30; i++)
        {
            var received = await filter.ReceiveAsync();
            Assert.Equal($"{i}", received.Body);
            Assert.Contains($"count=2&name=w%C3%A4rme&%24.cdid=edge-1&%24.cmid=source&%24.mid=id-{i}", received.Topic, StringComparison.Ordinal);
        }

        await Eventually.IsTrueAsync(() => hub.Input("filter", "readings").QueuedMessages == 0 && hub.Endpoint("iothub").QueuedMessages == 0);
        Assert.Equal(Enumerable.Range(0, 30), hub.ReadCloud().Select(line => (int)line["body"]!));
        Assert.Equal((60, 60), (hub.Input("filter", "readings").AcceptedReadings, hub.Input("filter", "readings").AcknowledgedReadings));
        Assert.Equal((30, 60), (hub.Output("source", "out").Messages, hub.Output("source", "out").AcceptedReadings));
    }

    [Fact]
    public async Task Crash_InTheMiddle_DeliversTheRestInOrder()
    {
        await using var hub = await TestHub.StartAsync(ToBoth);
        await using (var filter = await hub.ConnectAsync("filter"))
        await using (var source = await hub.ConnectAsync("source"))
        {
            filter.AcknowledgeAtOnce = false;
            await filter.SubscribeInputsAsync();
            for (var i = 0; i < 5; i++) await source.SendAsync("out", $"{i}", $"id-{i}");
            await (await filter.ReceiveAsync()).AcknowledgeAsync();
            await (await filter.ReceiveAsync()).AcknowledgeAsync();
            Assert.Equal("2", await filter.ReceiveBodyAsync());
            await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0);
        }

        await hub.CrashAsync();
        Assert.Equal(3, hub.Input("filter", "readings").QueuedMessages);
        await using var back = await hub.ConnectAsync("filter");
        Assert.True(back.SessionPresent);
        Assert.Equal(["2", "3", "4"], [await back.ReceiveBodyAsync(), await back.ReceiveBodyAsync(), await back.ReceiveBodyAsync()]);
        Assert.Equal((5, 0), (hub.ReadCloud().Count, hub.Hub.GetStatus().Upstream.DuplicateMessages));
    }

    [Fact]
    public async Task Crash_WithPrioritiesTimeToLiveAndChangedRoutes_KeepsOrderAndBooks()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        const string Into = "INTO BrokeredEndpoint(\"/modules/filter/inputs/readings\")";
        var routes = new JObject
        {
            ["low"] = Route($"FROM /messages/modules/source/outputs/low {Into}", 5),
            ["high"] = Route($"FROM /messages/modules/source/outputs/high {Into}", 0),
            // Far more than the clock is moved by while the end of the deliveries is waited for, however slow the machine.
            ["short"] = Route($"FROM /messages/modules/source/outputs/short {Into}", 5, timeToLiveSeconds: 1500),
            ["cloud"] = Route("FROM /messages/modules/source/* INTO $upstream", 5),
        };
        await using var hub = await TestHub.StartAsync(clock: clock, change: options => options with { HubDesired = HubDesired.Create(routes) });
        hub.Hub.UpstreamOnline = false;
        await using (var source = await hub.ConnectAsync("source"))
        {
            for (var i = 0; i < 15; i++)
            {
                foreach (var output in new[] { "low", "short", "high" }) await source.SendAsync(output, $"{output} {i}", $"{output}-{i}", ("count", "2"));
            }

            hub.Hub.PatchDesired(HubTwin.Name, new JObject { ["routes"] = new JObject { ["low"] = null, ["high"] = null, ["cloud"] = null } });
            await source.SendAsync("low", "to nobody", "low-15", ("count", "2"));
            await source.SendAsync("short", "later", "short-15", ("count", "2"));
        }

        await hub.CrashAsync();
        clock.Advance(TimeSpan.FromSeconds(2000));
        await hub.CrashAsync(); // and once more before anything is delivered
        await using var again = await hub.ConnectAsync("source");
        await again.SendAsync("short", "later", "short-15", ("count", "2")); // whose acknowledgement was lost
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeInputsAsync();
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Endpoints.All(endpoint => endpoint.QueuedMessages == 0), clock);

        var received = new List<string>();
        while (filter.Waiting > 0) received.Add(await filter.ReceiveBodyAsync());
        // What a pump had in hand before the crash is read anew, so all that was short-lived is gone.
        Assert.Equal([.. Enumerable.Range(0, 15).Select(i => $"high {i}"), .. Enumerable.Range(0, 15).Select(i => $"low {i}"), "later"], received);
        var input = hub.Input("filter", "readings");
        Assert.Equal((92, 60, 32, 0), (input.AcceptedReadings, input.AcknowledgedReadings, input.ExpiredReadings, input.QueuedReadings));
        var cloud = hub.Endpoint("iothub");
        Assert.Equal((90, 90, 0), (cloud.AcceptedReadings, cloud.AcknowledgedReadings, cloud.ExpiredReadings));
        Assert.Equal(45, hub.ReadCloud().Select(line => (string)line["messageId"]!).Distinct().Count());
        Assert.Equal((2, 2), (hub.Output("source", "low").UnroutedReadings, hub.Output("source", "short").RepeatedReadings));
        Assert.Equal(32, hub.Output("source", "short").AcceptedReadings);
    }

    private static JObject Route(string text, int priority, int timeToLiveSeconds = 0) =>
        new() { ["route"] = text, ["priority"] = priority, ["timeToLiveSecs"] = timeToLiveSeconds };

    [Fact]
    public async Task Start_OnAStateDirectoryInUse_NamesIt()
    {
        await using var hub = await TestHub.StartAsync();
        await using var second = new EdgeSimulator.Hub.EdgeHub(hub.Options, TimeProvider.System, new Microsoft.Extensions.Logging.LoggerFactory());
        var error = await Assert.ThrowsAsync<SimulatorException>(() => second.StartAsync(CancellationToken.None));
        Assert.Contains(hub.Options.StateDirectory, error.Message, StringComparison.Ordinal);
        Assert.Contains("is held by another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnAPortInUse_NamesIt()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var hub = await TestHub.StartAsync();
        var error = await Assert.ThrowsAsync<SimulatorException>(() => hub.RestartAsync(options => options with { Port = port }));
        Assert.Contains($"Port {port} of 127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithABadRoute_TouchesNothing()
    {
        await using var hub = await TestHub.StartAsync();
        var error = await Assert.ThrowsAnyAsync<SimulatorException>(
            () => hub.RestartAsync(options => options with { HubDesired = HubDesired.Create(new JObject { ["bad"] = "FROM /* WHERE a = 25 INTO $upstream" }) }));
        Assert.Contains("Route 'bad'", error.Message, StringComparison.Ordinal);
    }
}
