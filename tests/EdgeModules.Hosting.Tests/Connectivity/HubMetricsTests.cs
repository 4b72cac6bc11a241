using EdgeModules.Hosting.Connectivity;

namespace EdgeModules.Hosting.Tests.Connectivity;

public sealed class HubMetricsTests
{
    private const string Page = """
        # HELP edgehub_queue_length Number of messages pending to be processed for the endpoint
        # TYPE edgehub_queue_length gauge
        edgehub_queue_length{iothub="hub",edge_device="gateway",instance_number="a1",endpoint="iothub",priority="0",ms_telemetry="True"} 3
        edgehub_queue_length{iothub="hub",edge_device="gateway",instance_number="a1",endpoint="iothub",priority="2000000005",ms_telemetry="True"} 40
        edgehub_queue_length{iothub="hub",edge_device="gateway",instance_number="a1",endpoint="gateway/AlertModule/readings",priority="0",ms_telemetry="True"} 700
        edgehub_offline_count_total{id="gateway/$edgeHub",ms_telemetry="True",instance_number="a1"} 2
        edgehub_offline_duration_seconds_sum{id="gateway/$edgeHub",ms_telemetry="True",instance_number="a1"} 812.5
        edgehub_offline_duration_seconds_count{id="gateway/$edgeHub",ms_telemetry="True",instance_number="a1"} 3
        edgehub_message_send_duration_seconds_sum{from="gateway/A",to="upstream",from_route_output="{\"a\"}",to_route_input="",instance_number="a1"} 1.5
        edgehub_message_send_duration_seconds_count{from="gateway/A",to="upstream",from_route_output="{\"a\"}",to_route_input="",instance_number="a1"} 10
        edgehub_message_send_duration_seconds_count{from="gateway/A",to="gateway/B",from_route_output="a",to_route_input="b",instance_number="a1"} 900
        edgehub_message_send_duration_seconds{from="gateway/A",to="upstream",quantile="0.5",instance_number="a1"} NaN 1767225600000
        process_start_time_seconds 1767225600.5
        """;

    [Fact]
    public void Read_PageOfEdgeHub_TakesWhatConcernsTheCloud() => Assert.Equal(new HubMetrics("a1", 2, 3, 43, 10, 1.5), HubMetrics.Read(Page));

    [Theory]
    [InlineData("")]
    [InlineData("process_start_time_seconds 1767225600.5")]
    [InlineData("<html><body>edgehub_queue_length</body></html>")]
    [InlineData("# TYPE edgehub_queue_length gauge")]
    [InlineData("edgehub_queue_length{endpoint=\"iothub} 4")]
    [InlineData("edgehub_queue_length")]
    [InlineData("edgehub_queue_length many")]
    public void Read_NoSampleOfEdgeHub_IsNull(string page) => Assert.Null(HubMetrics.Read(page));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(2, 3, true)]
    public void Since_TimesOfflineAndBack_TellWhetherTheCloudIsReached(double offline, double back, bool isReached)
    {
        var evidence = new HubMetrics("a1", offline, back, 7, 0, 0).Since(null);

        Assert.Equal((isReached, 7L), (evidence.Trouble is null, evidence.Queued));
    }

    [Theory]
    [InlineData("a1", 10, 1.0, 30, 7.0, 300.0)]
    [InlineData("a1", 10, 1.0, 10, 1.0, null)]
    [InlineData("b2", 10, 1.0, 30, 7.0, null)]
    public void Since_WhatWasSentSinceTheLookBefore_GivesTheLatency(string instance, double sent, double seconds, double sentNow, double secondsNow, double? latency)
    {
        var before = new HubMetrics("a1", 0, 1, 0, sent, seconds);

        Assert.Equal(latency, new HubMetrics(instance, 0, 1, 0, sentNow, secondsNow).Since(before).LatencyMs);
    }
}
