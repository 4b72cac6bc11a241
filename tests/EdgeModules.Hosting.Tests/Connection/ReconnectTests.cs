using EdgeModules.Hosting.Connection;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Next_FailureAfterFailure_DoublesUpToTenSeconds()
    {
        var backoff = new ReconnectBackoff(() => 0.5);

        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10], Enumerable.Range(0, 9).Select(_ => Math.Round(backoff.Next().TotalSeconds, 3)));
        for (var i = 0; i < 10_000; i++) Assert.Equal(10, backoff.Next().TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0.0, 0.08)]
    [InlineData(0.999, 0.12)]
    public void Next_Jitter_IsTwentyPercentEachWay(double jitter, double seconds) =>
        Assert.Equal(seconds, new ReconnectBackoff(() => jitter).Next().TotalSeconds, 3);

    [Fact]
    public void Reset_AfterFailures_StartsOver()
    {
        var backoff = new ReconnectBackoff(() => 0.5);
        for (var i = 0; i < 5; i++) backoff.Next();
        backoff.Reset();

        Assert.Equal(0.1, backoff.Next().TotalSeconds, 3);
    }
}

public sealed class TakeoverGuardTests
{
    [Theory]
    [InlineData(new[] { 0, 30, 60 }, new[] { false, false, true })]
    [InlineData(new[] { 0, 30, 61 }, new[] { false, false, false })]
    [InlineData(new[] { 0, 30, 61, 90 }, new[] { false, false, false, true })]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5 }, new[] { false, false, true, false, false, true })]
    [InlineData(new[] { 0, 100, 200, 300 }, new[] { false, false, false, false })]
    public void Lost_AtTheseSeconds_IsATakeoverAtTheThirdWithinAMinute(int[] seconds, bool[] expected)
    {
        var guard = new TakeoverGuard();

        Assert.Equal(expected, seconds.Select(second => guard.Lost(DateTimeOffset.UnixEpoch.AddSeconds(second))));
    }
}

public sealed class UserNameTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("dtmi:edgemodules:FilterModule;1", "&model-id=dtmi%3Aedgemodules%3AFilterModule%3B1")]
    public void UserName_WithModelAndWithout_NamesHubModuleVersionAndModel(string? modelId, string end) =>
        Assert.Matches(
            $"^hub\\.net/edge-1/FilterModule/\\?api-version=2021-04-12&DeviceClientType=EdgeModules%2F[0-9.]+{end}$",
            MqttSession.UserName(new ModuleAddress("hub.net", "gateway", "edge-1", "FilterModule"), modelId));
}

public sealed class EdgeTopicsTests
{
    private readonly EdgeTopics _topics = new(new ModuleAddress("hub", "gateway", "edge-1", "FilterModule"));

    [Fact]
    public void Event_Message_CarriesItsPropertiesInTheTopic() =>
        Assert.Equal(
            "devices/edge-1/modules/FilterModule/messages/events/%24.mid=a%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&%24.on=filtered&messageType=reading&priority=normal&count=2&x=%20y/",
            _topics.Event(new OutboundMessage
            {
                Output = "filtered", Body = default, Count = 2, MessageType = "reading", MessageId = "a/1", Properties = new Dictionary<string, string> { ["x"] = " y" },
            }));

    [Theory]
    [InlineData("devices/edge-1/modules/FilterModule/inputs/readings/%24.mid=m1&a%20b=c/", "readings", "$.mid=m1 a b=c")]
    [InlineData("devices/edge-1/modules/FilterModule/inputs/readings/a=1", "readings", "a=1")]
    [InlineData("devices/edge-1/modules/FilterModule/inputs/readings/", "readings", "")]
    [InlineData("devices/edge-1/modules/FilterModule/inputs/readings", "readings", "")]
    public void TryReadInput_TopicOfThisModule_GivesInputAndProperties(string topic, string input, string properties)
    {
        Assert.True(_topics.TryReadInput(topic, out var found, out var bag));
        Assert.Equal((input, properties), (found, string.Join(' ', bag.Select(pair => $"{pair.Key}={pair.Value}"))));
    }

    [Theory]
    [InlineData("devices/edge-1/modules/Other/inputs/readings/")]
    [InlineData("$iothub/twin/res/200/?$rid=1")]
    [InlineData("")]
    public void TryReadInput_AnotherTopic_IsNone(string topic) => Assert.False(_topics.TryReadInput(topic, out _, out _));

    [Theory]
    [InlineData("$iothub/twin/res/200/?$rid=abc", 200, "abc")]
    [InlineData("$iothub/twin/res/204/?$rid=abc&$version=7", 204, "abc")]
    [InlineData("$iothub/twin/res/429/?$version=7&$rid=1", 429, "1")]
    public void TryReadTwinResponse_Answer_GivesStatusAndRequest(string topic, int status, string request)
    {
        Assert.True(EdgeTopics.TryReadTwinResponse(topic, out var foundStatus, out var foundRequest));
        Assert.Equal((status, request), (foundStatus, foundRequest));
    }

    [Theory]
    [InlineData("$iothub/twin/res/")]
    [InlineData("$iothub/twin/res/200")]
    [InlineData("$iothub/twin/res/ok/?$rid=1")]
    [InlineData("$iothub/twin/res/200/?rid=1")]
    [InlineData("$iothub/twin/GET/?$rid=1")]
    public void TryReadTwinResponse_AnotherTopic_IsNone(string topic) => Assert.False(EdgeTopics.TryReadTwinResponse(topic, out _, out _));

    [Theory]
    [InlineData("$iothub/methods/POST/ping/?$rid=5", "ping", "5")]
    [InlineData("$iothub/methods/POST/a.b/?$rid=", "a.b", "")]
    public void TryReadMethod_Call_GivesNameAndRequest(string topic, string name, string request)
    {
        Assert.True(EdgeTopics.TryReadMethod(topic, out var foundName, out var foundRequest));
        Assert.Equal((name, request), (foundName, foundRequest));
    }

    [Theory]
    [InlineData("$iothub/methods/POST/ping")]
    [InlineData("$iothub/methods/POST/ping/?rid=1")]
    [InlineData("$iothub/methods/res/200/?$rid=1")]
    public void TryReadMethod_AnotherTopic_IsNone(string topic) => Assert.False(EdgeTopics.TryReadMethod(topic, out _, out _));
}
