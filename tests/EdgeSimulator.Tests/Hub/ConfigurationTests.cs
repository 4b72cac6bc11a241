using EdgeModules.Testing;
using EdgeSimulator.Hub.Configuration;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

/// <summary>The twin of <c>$edgeHub</c> while the hub runs.</summary>
public sealed class ConfigurationTests
{
    private const string IntoFilter = "FROM /messages/modules/source/* INTO BrokeredEndpoint(\"/modules/filter/inputs/in\")";
    private const string IntoOther = "FROM /messages/modules/source/* INTO BrokeredEndpoint(\"/modules/other/inputs/in\")";
    private static readonly Dictionary<string, string> ToFilter = new() { ["a"] = IntoFilter };

    [Fact]
    public async Task Start_ReportsTheConfigurationAsEdgeHubDoes()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        Assert.Equal(
            """{"schemaVersion":"1.0","version":{"version":"1.6.1","build":"EdgeSimulator","commit":""},"lastDesiredVersion":1,"lastDesiredStatus":{"code":200,"description":""},"$version":3}""",
            Reported(hub).ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(IntoFilter, (string)hub.Hub.GetTwin(HubTwin.Name)["desired"]!["routes"]!["a"]!);
    }

    [Fact]
    public async Task PatchDesired_NewRoute_ServesItsEndpointAtOnce()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var source = await hub.ConnectAsync("source");
        await using var other = await hub.ConnectAsync("other");
        await other.SubscribeInputsAsync();
        Assert.Equal(2, Patch(hub, Routes("b", new JObject { ["route"] = IntoOther, ["priority"] = 3 })));
        await source.SendAsync("out", "1");
        Assert.Equal("1", await other.ReceiveBodyAsync());
        Assert.Equal(1, hub.Input("filter", "in").QueuedMessages);
        Assert.Equal((2, 200), (Reported(hub).Value<long>("lastDesiredVersion"), Status(hub).Code));
    }

    [Fact]
    public async Task PatchDesired_RouteGone_QueuedMessagesAreStillDelivered()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(ToFilter, clock);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", "1");
        Patch(hub, """{"routes":{"a":null}}""");
        await source.SendAsync("out", "2");
        Assert.Equal((1, 1), (hub.Output("source", "out").AcceptedReadings, hub.Output("source", "out").UnroutedReadings));
        Assert.Contains(
            hub.Logs.Lines,
            line => line.StartsWith("Warning: No route leads into edge-1/filter/in any more, and 1 messages wait there", StringComparison.Ordinal));
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeInputsAsync();
        await Eventually.IsTrueAsync(() => filter.Waiting > 0, clock);
        Assert.Equal("1", await filter.ReceiveBodyAsync());
    }

    [Fact]
    public async Task Restart_AfterARouteIsGone_QueuedMessagesAreStillDelivered()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using (var source = await hub.ConnectAsync("source")) await source.SendAsync("out", "1");
        await hub.RestartAsync(options => options with { HubDesired = HubDesired.Create(new JObject()) });
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith("Warning: No route leads into edge-1/filter/in any more", StringComparison.Ordinal));
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeInputsAsync();
        Assert.Equal("1", await filter.ReceiveBodyAsync());
    }

    /// <summary>A bad change, and what its refusal says.</summary>
    public static TheoryData<string, string> BadChanges => new()
    {
        { """{"routes":{"b":"FROM /* TO $upstream"}}""", "routes.b: Route 'b', column 9: found 'TO'; expected WHERE or INTO." },
        { """{"routes":{"a":{"route":"FROM /* INTO $upstream","priority":10}}}""", "routes.a.priority is 10; it must be an integer from 0 to 9." },
        { """{"schemaVersion":"1.4"}""", "schemaVersion is \"1.4\"; it must be 1.0, 1.1, 1.2 or 1.3." },
        { """{"storeAndForwardConfiguration":null}""", "storeAndForwardConfiguration is absent; it must be an object." },
    };

    [Theory]
    [MemberData(nameof(BadChanges))]
    public async Task PatchDesired_BadChange_KeepsTheEarlierConfigurationWhole(string patch, string error)
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var source = await hub.ConnectAsync("source");
        await using var filter = await hub.ConnectAsync("filter");
        await filter.SubscribeInputsAsync();
        Patch(hub, patch);
        await source.SendAsync("out", "1");
        Assert.Equal("1", await filter.ReceiveBodyAsync());
        Assert.Equal(2, Reported(hub).Value<long>("lastDesiredVersion"));
        Assert.Equal((400, $"Error while parsing desired properties - The twin of $edgeHub: desired.{error}"), Status(hub));
        Assert.Contains(hub.Logs.Lines, line =>
            line.StartsWith("Error: Rejected version 2 of the twin of $edgeHub", StringComparison.Ordinal) && line.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task PatchDesired_ConditionThatDoesNotFitTogether_IsRefusedThoughTheStatusSays200()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        await using var source = await hub.ConnectAsync("source");
        Patch(hub, Routes("a", "FROM /* WHERE temperature > 25 INTO $upstream"));
        await source.SendAsync("out", "1");
        Assert.Equal(1, hub.Input("filter", "in").AcceptedReadings);
        Assert.Equal((2, 200), (Reported(hub).Value<long>("lastDesiredVersion"), Status(hub).Code));
        Assert.Contains("Route 'a', column 27: > has 'string' and 'number'", hub.Hub.ConfigurationRefusal);
        Assert.Contains(hub.Logs.Lines, line =>
            line.StartsWith("Error: Rejected version 2 of the twin of $edgeHub", StringComparison.Ordinal)
            && line.Contains("lastDesiredStatus says 200 all the same", StringComparison.Ordinal)
            && line.Contains("desired.routes.a: Route 'a'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PatchDesired_OneRouteThatCannotBeReadAndOneThatDoesNotFit_IsReportedAsTheFirst()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        Patch(hub, new JObject { ["routes"] = new JObject { ["a"] = "FROM /* WHERE temperature > 25 INTO $upstream", ["b"] = "nonsense" } });
        Assert.Equal(400, Status(hub).Code);
        Assert.Contains("routes.b", Status(hub).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ConditionThatDoesNotFitTogether_IsRefusedWithItsPath()
    {
        await using var hub = await TestHub.StartAsync();
        var error = await Assert.ThrowsAnyAsync<SimulatorException>(() => hub.RestartAsync(
            options => options with { HubDesired = HubDesired.Create(new JObject { ["a"] = "FROM /* WHERE temperature > 25 INTO $upstream" }) }));
        Assert.StartsWith("The deployment of $edgeHub: routes.a: Route 'a', column", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_AfterABadChange_StartsWithTheLastGoodConfiguration()
    {
        await using var hub = await TestHub.StartAsync();
        Patch(hub, Routes("a", IntoFilter));
        Patch(hub, """{"routes":{"b":"nonsense"}}""");
        await hub.CrashAsync();
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", "1");
        Assert.Equal(1, hub.Input("filter", "in").QueuedMessages);
        Assert.Equal((3, 400), (Reported(hub).Value<long>("lastDesiredVersion"), Status(hub).Code));
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith("Error: Started with the last good configuration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_KeepsAChangedTwinUntilTheDeploymentChanges()
    {
        await using var hub = await TestHub.StartAsync(ToFilter);
        Patch(hub, """{"storeAndForwardConfiguration":{"timeToLiveSecs":5}}""");
        await hub.RestartAsync();
        Assert.Equal(5, (int)hub.Hub.GetTwin(HubTwin.Name)["desired"]!.SelectToken("storeAndForwardConfiguration.timeToLiveSecs")!);
        await hub.RestartAsync(options => options with { HubDesired = HubDesired.Create(new JObject(), 60) });
        Assert.Equal(60, (int)hub.Hub.GetTwin(HubTwin.Name)["desired"]!.SelectToken("storeAndForwardConfiguration.timeToLiveSecs")!);
        Assert.Equal(3, Reported(hub).Value<long>("lastDesiredVersion"));
    }

    [Fact]
    public async Task Clients_AreReportedWithTheirTimes()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        await using var hub = await TestHub.StartAsync(clock: clock, change: options => options with { DeviceId = "edge.1" });
        var module = await TestModule.ConnectAsync(hub, "source", clock, device: "edge.1");
        await using (module)
        {
            await Eventually.IsTrueAsync(() => Client(hub) is not null);
            Assert.Equal("""{"status":"Connected","lastConnectedTimeUtc":"2026-01-31T12:00:00.0000000Z"}""", Client(hub));
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        await Eventually.IsTrueAsync(() => Client(hub)!.Contains("Disconnected"));
        Assert.Equal(
            """{"status":"Disconnected","lastConnectedTimeUtc":"2026-01-31T12:00:00.0000000Z","lastDisconnectedTimeUtc":"2026-01-31T12:00:05.0000000Z"}""",
            Client(hub));
        await hub.RestartAsync();
        Assert.Null(Reported(hub)["clients"]);
    }

    private static string? Client(TestHub hub) => Reported(hub)["clients"]?["edge%2E1/source"]?.ToString(Newtonsoft.Json.Formatting.None);

    private static long Patch(TestHub hub, string patch) => Patch(hub, JObject.Parse(patch));

    private static long Patch(TestHub hub, JObject patch) => hub.Hub.PatchDesired(HubTwin.Name, patch);

    private static JObject Routes(string name, JToken route) => new() { ["routes"] = new JObject { [name] = route } };

    private static JObject Reported(TestHub hub) => (JObject)hub.Hub.GetTwin(HubTwin.Name)["reported"]!;

    private static (int Code, string Description) Status(TestHub hub)
    {
        var status = Reported(hub)["lastDesiredStatus"]!;
        return (status.Value<int>("code"), status.Value<string>("description")!);
    }
}
