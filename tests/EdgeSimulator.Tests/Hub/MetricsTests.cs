using System.Net;
using EdgeModules.Testing;
using EdgeSimulator.Hub.Configuration;
using EdgeSimulator.Hub.Metrics;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class MetricsTests
{
    private static readonly JObject Routes = new()
    {
        ["up"] = new JObject { ["route"] = "FROM /messages/modules/source/outputs/up INTO $upstream", ["priority"] = 3 },
        ["in"] = "FROM /messages/modules/source/outputs/in INTO BrokeredEndpoint(\"/modules/filter/inputs/readings\")",
        ["short"] = new JObject { ["route"] = "FROM /messages/modules/source/outputs/short INTO $upstream", ["priority"] = 9, ["timeToLiveSecs"] = 5 },
    };

    [Fact]
    public async Task Page_HasTheNamesAndLabelsOfEdgeHub()
    {
        await using var hub = await StartAsync();
        await using var source = await hub.ConnectAsync("source");
        await using (var filter = await hub.ConnectAsync("filter"))
        {
            await filter.SubscribeInputsAsync();
            await source.SendAsync("in", "{}");
            await filter.ReceiveAsync();
            await Eventually.IsTrueAsync(() => hub.Input("filter", "readings").QueuedMessages == 0);
        }

        await source.SendAsync("up", "{}");
        await source.SendAsync("nowhere", "{}");
        await source.SubscribeAsync("$iothub/twin/res/#");
        await source.GetTwinAsync();
        await source.ReportAsync("""{"a":1}""");
        await TestModule.TryConnectAsync(hub, "no token", clientId: "edge-1/other");
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0 && hub.Hub.GetStatus().ConnectedModules.Count == 1);

        var page = await PageAsync(hub);
        foreach (var line in new[]
        {
            """edgehub_messages_received_total{id="edge-1/source",route_output="up",ms_telemetry="True"} 1""",
            """edgehub_messages_received_total{id="edge-1/source",route_output="nowhere",ms_telemetry="True"} 1""",
            """edgehub_messages_sent_total{from="edge-1/source",to="edge-1/filter",from_route_output="in",to_route_input="readings",priority="2000000000",ms_telemetry="True"} 1""",
            """edgehub_messages_sent_total{from="edge-1/source",to="upstream",from_route_output="up",to_route_input="",priority="3",ms_telemetry="True"} 1""",
            """edgehub_message_send_duration_seconds_count{from="edge-1/source",to="edge-1/filter",from_route_output="in",to_route_input="readings"} 1""",
            """edgehub_message_process_duration_seconds_count{from="edge-1/source",to="upstream",priority="3",ms_telemetry="True"} 1""",
            """edgehub_messages_dropped_total{reason="no_route",from="edge-1/source",from_route_output="nowhere",ms_telemetry="True"} 1""",
            """edgehub_queue_length{endpoint="edge-1/filter/readings",priority="2000000000",ms_telemetry="True"} 0""",
            """edgehub_queue_length{endpoint="iothub",priority="3",ms_telemetry="True"} 0""",
            """edgehub_gettwin_total{source="edge_hub",id="edge-1/source",ms_telemetry="True"} 1""",
            """edgehub_gettwin_duration_seconds_count{source="edge_hub",id="edge-1/source"} 1""",
            """edgehub_reported_properties_total{target="edge_hub",id="edge-1/source",ms_telemetry="True"} 1""",
            """edgehub_reported_properties_update_duration_seconds_count{target="edge_hub",id="edge-1/source"} 1""",
            """edgehub_client_connect_failed_total{id="edge-1/other",reason="not_authenticated",ms_telemetry="True"} 1""",
            """edgehub_client_connect_success_total{id="edge-1/filter"} 1""",
            """edgehub_client_disconnect_total{id="edge-1/filter"} 1""",
            """edgehub_connected_clients{} 1""",
            """edgehub_message_size_bytes_count{id="edge-1/source"} 3""",
        }) Assert.Contains(line, page);
    }

    [Fact]
    public async Task Page_OfACloudThatWasAway_TellsRetriesAndWhatExpired()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await StartAsync(clock);
        await using var source = await hub.ConnectAsync("source");
        hub.Hub.UpstreamOnline = false;
        await source.SendAsync("up", "{}");
        await Eventually.IsTrueAsync(() => Sum(hub, "edgehub_operation_retry_total") > 0);
        await source.SendAsync("short", "{}");
        Assert.Contains("""edgehub_queue_length{endpoint="iothub",priority="9",ms_telemetry="True"} 1""", await PageAsync(hub));
        clock.Advance(TimeSpan.FromSeconds(10));
        hub.Hub.UpstreamOnline = true;
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0, clock);
        var page = await PageAsync(hub);
        Assert.Contains("""edgehub_messages_dropped_total{reason="ttl_expiry",from="edge-1/source",from_route_output="short",ms_telemetry="True"} 1""", page);
        Assert.Contains("""edgehub_offline_count_total{id="edge-1/$edgeHub",ms_telemetry="True"} 1""", page);
        Assert.Contains("""edgehub_offline_duration_seconds_sum{id="edge-1/$edgeHub",ms_telemetry="True"} 10""", page);
    }

    [Fact]
    public async Task Page_OfMethods_CountsTheCallsOfModulesAndTimesAll()
    {
        await using var hub = await StartAsync();
        var metrics = new HubMetrics(hub.Options, TimeProvider.System);
        foreach (var caller in new[] { HubMetrics.Upstream, "edge-1/source" })
        {
            metrics.MethodRouted(caller, "filter");
            metrics.MethodCalled(caller, "filter", TimeProvider.System.GetTimestamp());
        }

        var page = System.Text.Encoding.UTF8.GetString(await metrics.WritePageAsync(CancellationToken.None));
        Assert.DoesNotMatch("edgehub_direct_methods_total.*upstream", page);
        Assert.Matches("""edgehub_direct_methods_total\{.*from="edge-1/source",to="edge-1/filter",ms_telemetry="True",[^}]*\} 1\n""", page);
        Assert.Matches("""edgehub_direct_method_duration_seconds_count\{.*from="upstream",to="edge-1/filter",[^}]*\} 1\n""", page);
    }

    [Fact]
    public async Task Start_OnAMetricsPortInUse_RunsWithoutAPageAndSaysSo()
    {
        var port = Ports.Free();
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, port);
        taken.Start();
        await using var hub = await TestHub.StartAsync(change: options => options with { MetricsPort = port });
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith($"Warning: No metrics page on port {port}", StringComparison.Ordinal));
    }

    private static Task<TestHub> StartAsync(TimeProvider? clock = null) => TestHub.StartAsync(
        clock: clock, change: options => options with { HubDesired = HubDesired.Create(Routes), MetricsPort = Ports.Free() });

    private static double Sum(TestHub hub, string name) => PageAsync(hub).GetAwaiter().GetResult()
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)).Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));

    /// <returns>The lines, without the labels that every line must have.</returns>
    private static async Task<IReadOnlyList<string>> PageAsync(TestHub hub)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync($"http://127.0.0.1:{hub.Options.MetricsPort}/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        const string Common = """,?iothub="hub\.example\.com",edge_device="edge-1",instance_number="[0-9a-f-]{36}"(?=[,}])""";
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Matches(@"^edgehub_\w+\{.*" + Common, line));
        return [.. lines.Select(line => System.Text.RegularExpressions.Regex.Replace(line, Common, ""))];
    }
}
