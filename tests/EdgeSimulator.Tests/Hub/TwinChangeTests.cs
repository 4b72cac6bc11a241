using System.Text;
using EdgeSimulator.Hub;
using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Notifications of reported patches, as messages that routes lead on.</summary>
public sealed class TwinChangeTests
{
    private static readonly Dictionary<string, string> ToOther = new()
    {
        ["changes"] = "FROM /twinChangeNotifications INTO BrokeredEndpoint(\"/modules/other/inputs/changes\")",
    };

    private static readonly Dictionary<string, string> ToTheCloud = new() { ["changes"] = "FROM /twinChangeNotifications INTO $upstream" };

    [Fact]
    public async Task Report_WithARoute_DeliversThePatchInTheNameOfTheReporter()
    {
        await using var hub = await TestHub.StartAsync(ToOther);
        await using var source = await ReporterAsync(hub);
        await using var other = await hub.ConnectAsync("other");
        await other.SubscribeInputsAsync();
        Assert.Equal("$iothub/twin/res/204/?$rid=1", await source.ReportAsync("""{ "state": "ü", "old": null }"""));
        var notification = await other.ReceiveAsync();
        Assert.Equal("devices/edge-1/modules/other/inputs/changes/%24.cdid=edge-1&%24.cmid=source&%24.schema=twinChangeNotification", notification.Topic);
        Assert.Equal("""{ "state": "ü", "old": null }""", notification.Body);
    }

    [Fact]
    public async Task Report_WithARoute_IsNoMessageOfAnOutput()
    {
        await using var hub = await TestHub.StartAsync(ToOther);
        await using var source = await ReporterAsync(hub);
        await using var other = await hub.ConnectAsync("other");
        await other.SubscribeInputsAsync();
        for (var i = 0; i < 3; i++) await source.ReportAsync($$"""{"n":{{i}}}""");
        for (var i = 0; i < 3; i++) Assert.Equal($$"""{"n":{{i}}}""", await other.ReceiveBodyAsync());
        await Eventually.IsTrueAsync(() => hub.Input("other", "changes").AcknowledgedMessages == 3);
        Assert.Empty(hub.Hub.GetStatus().Outputs);
        var input = hub.Input("other", "changes");
        // The receiver counts what it receives, so the endpoint does too.
        Assert.Equal((3, 3, 0), (input.AcceptedReadings, input.AcknowledgedReadings, input.QueuedReadings));
    }

    [Fact]
    public async Task Report_WithoutARoute_LeavesNoTrace()
    {
        await using var hub = await TestHub.StartAsync(new Dictionary<string, string> { ["r"] = "FROM /messages/* INTO $upstream" });
        await using var source = await ReporterAsync(hub);
        Assert.Equal("$iothub/twin/res/204/?$rid=1", await source.ReportAsync("""{"a":1}"""));
        var status = hub.Hub.GetStatus();
        Assert.Empty(status.Outputs);
        Assert.Equal((0, 0), (status.Endpoints.Single().AcceptedReadings, status.Upstream.Messages));
    }

    [Fact]
    public async Task Report_OfARefusedPatch_IsRoutedAllTheSame()
    {
        await using var hub = await TestHub.StartAsync(ToOther);
        await using var source = await ReporterAsync(hub);
        Assert.Equal("$iothub/twin/res/400/?$rid=1", await source.ReportAsync("""{"a b":1}"""));
        Assert.Equal(1, hub.Input("other", "changes").QueuedMessages);
        Assert.Null(hub.Hub.GetTwin("source")["reported"]!["a b"]);
    }

    [Fact]
    public async Task Report_ToTheCloud_ArrivesInTheNameOfTheHubAndIsNoReading()
    {
        await using var hub = await TestHub.StartAsync(ToTheCloud);
        await using var source = await ReporterAsync(hub);
        await source.ReportAsync("""{"a":1}""");
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 1);
        var line = hub.ReadCloud().Single();
        Assert.Equal("$edgeHub", (string?)line["moduleId"]);
        Assert.Equal("""{"messageSchema":"twinChangeNotification"}""", line["systemProperties"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(1, (int)line["body"]!["a"]!);
        Assert.Equal(0, hub.Hub.GetStatus().Upstream.Readings);
    }

    [Fact]
    public async Task Report_BeforeARestart_IsDeliveredAfterIt()
    {
        await using var hub = await TestHub.StartAsync(ToOther);
        await using (var source = await ReporterAsync(hub)) await source.ReportAsync("""{"a":1}""");
        await hub.CrashAsync();
        await using var other = await hub.ConnectAsync("other");
        await other.SubscribeInputsAsync();
        var notification = await other.ReceiveAsync();
        Assert.Equal("""{"a":1}""", notification.Body);
        Assert.Contains("%24.cmid=source", notification.Topic, StringComparison.Ordinal);
        Assert.Empty(hub.Hub.GetStatus().Outputs);
    }

    [Fact]
    public async Task Send_TelemetryOfThatSchema_IsTelemetry()
    {
        await using var hub = await TestHub.StartAsync(ToOther);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", "{}", null, ("$.schema", "twinChangeNotification"), ("messageType", "twinChangeNotification"));
        Assert.Equal(1, hub.Output("source", "out").UnroutedReadings);
        Assert.Equal(0, hub.Input("other", "changes").QueuedMessages);
    }

    [Fact]
    public void ToRouted_OfATwinChange_HasTheHubAsItsSender()
    {
        var now = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        var routed = HubMessage.OfTwinChange("source", now, Encoding.UTF8.GetBytes("{}")).ToRouted("edge-1");
        Assert.Equal("/twinChangeNotifications", routed.Source);
        Assert.Empty(routed.ApplicationProperties);
        var expected = new Dictionary<string, string>
        {
            ["messageSchema"] = "twinChangeNotification",
            ["messageType"] = "twinChangeNotification",
            ["connectionDeviceId"] = "edge-1",
            ["connectionModuleId"] = "$edgeHub",
            ["rpSenderDeviceId"] = "edge-1",
            ["rpSenderModuleId"] = "source",
            ["enqueuedTime"] = "2026-01-31T12:00:00.0000000Z",
        };
        Assert.Equal(expected, new Dictionary<string, string>(routed.SystemProperties));
        Assert.Single(RouteTable.Compile("edge-1", [new RouteDefinition("all", "FROM /* INTO $upstream")]).Match(routed));
        Assert.Empty(RouteTable.Compile("edge-1", [new RouteDefinition("telemetry", "FROM /messages/* INTO $upstream")]).Match(routed));
    }

    private static async Task<TestModule> ReporterAsync(TestHub hub)
    {
        var source = await hub.ConnectAsync("source");
        await source.SubscribeAsync("$iothub/twin/res/#");
        return source;
    }
}
