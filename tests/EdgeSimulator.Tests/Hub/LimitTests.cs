using MQTTnet.Protocol;

namespace EdgeSimulator.Tests.Hub;

public sealed class LimitTests
{
    private const string Events = "devices/edge-1/modules/source/messages/events/";
    private static readonly Dictionary<string, string> ToCloud = new() { ["up"] = "FROM /messages/* INTO $upstream" };

    public static TheoryData<string, string, int, MqttQualityOfServiceLevel> Forbidden => new()
    {
        { "remaining length", Events, 262_144, MqttQualityOfServiceLevel.AtLeastOnce },
        { "QoS 2", Events, 1, MqttQualityOfServiceLevel.ExactlyOnce },
        { "under its own id", "devices/edge-1/modules/other/messages/events/", 1, MqttQualityOfServiceLevel.AtLeastOnce },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Publish_WhatIsForbidden_ClosesTheConnection(string why, string topic, int bytes, MqttQualityOfServiceLevel quality)
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await Assert.ThrowsAnyAsync<Exception>(() => source.PublishAsync(topic, new byte[bytes], quality));
        await source.Disconnected.WithinDeadlineAsync();
        Assert.Contains(hub.Logs.Lines, line => line.Contains($"Closed the connection of source: ", StringComparison.Ordinal) && line.Contains(why, StringComparison.Ordinal));
        Assert.Empty(hub.Hub.GetStatus().Outputs);
    }

    [Fact]
    public async Task Publish_TheLargestMessage_Arrives()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", new byte[261_900], "id-1");
        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().Upstream.Messages == 1);
        Assert.Equal(0, hub.Endpoint("iothub").DroppedReadings);
    }

    [Fact]
    public async Task Publish_OverTheSizeOfAMessage_IsAcknowledgedDroppedAndCounted()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", new byte[262_050], "id-1", ("count", "7"));
        var upstream = hub.Endpoint("iothub");
        Assert.Equal((7, 7, 0, 0), (upstream.AcceptedReadings, upstream.DroppedReadings, upstream.QueuedReadings, upstream.QueuedMessages));
        Assert.Equal((1, 7), (hub.Output("source", "out").Messages, hub.Output("source", "out").AcceptedReadings));
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith("Warning: Acknowledged and dropped a message of source, output out", StringComparison.Ordinal));
    }

    /// <summary>Properties are counted in characters, not bytes, and those that the hub adds count too; each body fills up to the limit.</summary>
    public static TheoryData<string?, string> MessagesAtTheLimit => new()
    {
        { null, "" },
        { "id-1", "count=1&straße=ä€" },
        { "id-1", "$.ct=application/json&$.ce=utf-8&$.cid=c&iothub-operation=op&$.cmid=forged" },
    };

    [Theory]
    [MemberData(nameof(MessagesAtTheLimit))]
    public async Task Publish_AtTheExactSizeOfAMessage_ArrivesAndOneByteMoreIsDropped(string? id, string bag)
    {
        (string Name, string Value)[] properties =
            [.. bag.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => (pair[0], pair[1]))];
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        var names = new Dictionary<string, string>
        {
            ["$.ct"] = "contentType", ["$.ce"] = "contentEncoding", ["$.cid"] = "cid", ["iothub-operation"] = "operation", ["$.cmid"] = "",
        };
        var counted = properties
            .Where(property => property.Name != "$.cmid")
            .Select(property => names.GetValueOrDefault(property.Name, property.Name) + property.Value)
            .Append(id is null ? "" : "messageId" + id)
            .Append("outputName" + "out")
            .Append("connectionDeviceId" + TestHub.Device)
            .Append("connectionModuleId" + "source")
            .Append("edgeMessageId" + Guid.Empty)
            .Append("edgeHubOriginInterface" + "internal");
        var body = 262_144 - counted.Sum(text => text.Length);
        await source.SendAsync("out", new byte[body], id, properties);
        Assert.Equal(0, hub.Endpoint("iothub").DroppedReadings);
        await source.SendAsync("out", new byte[body + 1], id is null ? null : id[..^1] + "2", properties);
        Assert.Equal((2, 1), (hub.Endpoint("iothub").AcceptedReadings, hub.Endpoint("iothub").DroppedReadings));
        Assert.Contains(hub.Logs.Lines, line => line.Contains("are 262145 bytes; edgeHub drops what is over 262144", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publish_OfTheLongestPacket_IsTakenAndOneByteMoreClosesTheConnection()
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        var body = 262_144 - 2 - Events.Length - 2;
        await source.PublishAsync(Events, new byte[body]);
        Assert.False(source.Disconnected.IsCompleted);
        await Assert.ThrowsAnyAsync<Exception>(() => source.PublishAsync(Events, new byte[body + 1]));
        await source.Disconnected.WithinDeadlineAsync();
        Assert.Contains(hub.Logs.Lines, line => line.Contains("a remaining length of 262145 bytes; edgeHub takes at most 262144", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("somewhere/else")]
    [InlineData("$iothub/twin/POST/?$rid=1")]
    [InlineData("devices/edge-1/modules/source/messages/events/a=b/more")]
    public async Task Publish_ToAnUnknownTopic_IsAcknowledgedAndIgnored(string topic)
    {
        await using var hub = await TestHub.StartAsync(ToCloud);
        await using var source = await hub.ConnectAsync("source");
        await source.PublishAsync(topic, []);
        Assert.Contains(hub.Logs.Lines, line => line.Contains($"Ignored what source published to {topic}", StringComparison.Ordinal));
        Assert.Empty(hub.Hub.GetStatus().Outputs);
    }

    [Fact]
    public async Task Publish_WhatNoRouteWants_IsCountedAsUnrouted()
    {
        await using var hub = await TestHub.StartAsync(new Dictionary<string, string> { ["r"] = "FROM /messages/modules/other/* INTO $upstream" });
        await using var source = await hub.ConnectAsync("source");
        await source.SendAsync("out", "{}", properties: ("count", "4"));
        Assert.Equal((1, 0, 4), (hub.Output("source", "out").Messages, hub.Output("source", "out").AcceptedReadings, hub.Output("source", "out").UnroutedReadings));
        Assert.Equal(0, hub.Endpoint("iothub").AcceptedReadings);
    }
}
