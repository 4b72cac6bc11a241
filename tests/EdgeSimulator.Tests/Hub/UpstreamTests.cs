using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class UpstreamTests
{
    private static readonly Dictionary<string, string> ToCloud = new() { ["up"] = "FROM /messages/* INTO $upstream" };

    [Fact]
    public async Task Upstream_WritesWhatTheMessageSays()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", "{\"t\": \"ä\",\n \"n\":1.50}", "m-1", ("count", "2"), ("$.ct", "application/json"), ("$.cid", "c-1"), ("priority", "normal"));
        await source.SendAsync("out", [0xff, 0x00]);
        await source.SendAsync("out", """{"a":NaN}""");
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 3);
        var lines = hub.ReadCloud();
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$", (string)line["enqueuedTimeUtc"]!));
        Assert.Equal(
            """{"deviceId":"edge-1","moduleId":"source","messageId":"m-1","properties":{"count":"2","priority":"normal"},"systemProperties":{"contentType":"application/json","correlationId":"c-1"},"body":{"t":"ä","n":1.5}}""",
            WithoutTime(lines[0]));
        Assert.Equal("""{"deviceId":"edge-1","moduleId":"source","messageId":null,"properties":{},"systemProperties":{},"bodyBase64":"/wA="}""", WithoutTime(lines[1]));
        Assert.Equal("eyJhIjpOYU59", (string)lines[2]["bodyBase64"]!);
    }

    [Fact]
    public async Task Upstream_MetersBodyAndProperties()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", new byte[4096 - "countä3".Length - 1], null, ("countä", "3"), ("count", "5")); // 6 + 1 + 1 bytes, then 5 + 1 more
        await source.SendAsync("out", []);
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 2);
        Assert.Equal(new UpstreamStatus(true, 2, 6, 4102, 3, 0, 0), hub.Hub.GetStatus().Upstream);
        Assert.Equal([new StreamStatus("source", "out", 2, 6, 4102, 3)], hub.Hub.GetStatus().Streams);
    }

    [Fact]
    public async Task Upstream_Streams_AreKeptApartOverARestartAndWithoutDuplicates()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using (var source = await hub.ConnectAsync("source"))
        {
            await source.SendAsync("b", new byte[100], "b-1");
            await source.SendAsync("a", new byte[10], "a-1");
            await source.SendAsync("a", new byte[10], "a-1");
            await source.SendAsync("a", new byte[20], "a-2");
            await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream is { Messages: 3, DuplicateMessages: 1 });
        }

        var before = hub.Hub.GetStatus().Streams;
        Assert.Equal([("a", 2L), ("b", 1L)], before.Select(stream => (stream.Output, stream.Messages)));
        Assert.Equal(hub.Hub.GetStatus().Upstream.Bytes, before.Sum(stream => stream.Bytes));
        await hub.RestartAsync();
        Assert.Equal(before, hub.Hub.GetStatus().Streams);
    }

    [Fact]
    public async Task Offline_HoldsBackAndKeepsTheOrder()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        for (var i = 0; i < 300; i++)
        {
            if (i == 20) await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 20);
            if (i == 20) hub.Hub.UpstreamOnline = false;
            await source.SendAsync("out", $"{i}", $"id-{i}");
        }

        Assert.Equal((20, 280), (hub.ReadCloud().Count, hub.Endpoint("iothub").QueuedMessages));
        Assert.False(hub.Hub.GetStatus().Upstream.Online);
        hub.Hub.UpstreamOnline = true;
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0);
        Assert.Equal(Enumerable.Range(0, 300), hub.ReadCloud().Select(line => (int)line["body"]!));
        Assert.Equal((300, 300, 0), (hub.Hub.GetStatus().Upstream.Messages, hub.Endpoint("iothub").AcknowledgedReadings, hub.Hub.GetStatus().Upstream.DuplicateMessages));
    }

    [Fact]
    public async Task Repeat_IsDeliveredAndCountedApart()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using (var source = await hub.ConnectAsync("source"))
        {
            await source.SendAsync("out", "1", "id-1", ("count", "2"));
            await source.SendAsync("out", "1", "id-1", ("count", "2"));
            await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0);
        }

        await hub.CrashAsync();
        await using var again = await hub.ConnectAsync("source");
        await again.SendAsync("out", "1", "id-1", ("count", "2"));
        await Eventually.IsTrueAsync(() => hub.ReadCloud().Count == 3);
        await Eventually.IsTrueAsync(() => hub.Endpoint("iothub").QueuedMessages == 0);
        Assert.Equal(new OutputStatus("source", "out", 1, 2, 0, 2, 4), hub.Output("source", "out"));
        Assert.Equal((2, 2, 1), (hub.Endpoint("iothub").AcceptedReadings, hub.Endpoint("iothub").AcknowledgedReadings, hub.Endpoint("iothub").AcknowledgedMessages));
        Assert.Equal((1, 2, 2, 4), (hub.Hub.GetStatus().Upstream.Messages, hub.Hub.GetStatus().Upstream.Readings,
            hub.Hub.GetStatus().Upstream.DuplicateMessages, hub.Hub.GetStatus().Upstream.DuplicateReadings));
    }

    private static string WithoutTime(JObject line)
    {
        var copy = (JObject)line.DeepClone();
        copy.Remove("enqueuedTimeUtc");
        return copy.ToString(Newtonsoft.Json.Formatting.None);
    }
}
