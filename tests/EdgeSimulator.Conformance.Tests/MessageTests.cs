using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>Messages that Microsoft's Node SDK sends and receives.</summary>
public sealed class MessageTests
{
    /// <summary>What the topic's own syntax is made of, and what is not ASCII.</summary>
    private static readonly string[][] OddProperties =
    [
        ["plain", "1"], ["a=b&c", "d&e=f"], ["slash/plus+hash#", "50% $x/?"], ["blank here", " leading and trailing "],
        ["ключ", "значение 🌡 ü"], ["marks!*'()", "~-_.!*'()"],
        ["empty", ""],
    ];

    [SkippableFact]
    public async Task Send_WithProperties_ReachesTheOtherModuleWithThem()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await sender.AskAsync("send", new
        {
            output = "out1",
            body = """{"temperature":21.5,"unit":"°C"}""",
            properties = OddProperties,
            messageId = "m/1 ü",
            correlationId = "c&1",
            contentType = "application/json",
            contentEncoding = "utf-8",
            userId = "u=1",
        });

        var received = await receiver.NextAsync("input");
        Assert.Equal("in1", (string?)received["input"]);
        Assert.Equal("""{"temperature":21.5,"unit":"°C"}""", (string?)received["body"]);
        // The SDK knows no property for the sender, so it is among those of the application; the output's name stays in the hub.
        string[][] sentBy = [[SystemProperties.ConnectionDeviceId, LoopbackHub.Device], [SystemProperties.ConnectionModuleId, NodeRig.Sender]];
        Assert.Equal([.. OddProperties, .. sentBy], received["properties"]!.Select(pair => new[] { (string)pair[0]!, (string)pair[1]! }));
        Assert.Equal(
            ("m/1 ü", "c&1", "application/json", "utf-8", "u=1"),
            ((string?)received["messageId"], (string?)received["correlationId"], (string?)received["contentType"],
                (string?)received["contentEncoding"], (string?)received["userId"]));
    }

    [SkippableFact]
    public async Task Send_ToTheCloud_ArrivesThereWithItsProperties()
    {
        await using var rig = await NodeRig.StartAsync();
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await sender.AskAsync(
            "send", new { output = "any", body = """{"t":1}""", properties = OddProperties, messageId = "m1", contentType = "application/json" });
        await sender.AskAsync("send", new { body = "no output" });
        await Waiting.ForAsync(() => rig.Hub.GetStatus().Upstream.Messages == 2, "both messages are in the cloud");
        var lines = rig.Loopback.ReadCloud();
        Assert.Equal((NodeRig.Sender, "m1", 1), ((string?)lines[0]["moduleId"], (string?)lines[0]["messageId"], (int)lines[0]["body"]!["t"]!));
        Assert.Equal(OddProperties, lines[0]["properties"]!.Cast<JProperty>().Select(property => new[] { property.Name, (string)property.Value! }));
        Assert.Equal("application/json", (string?)lines[0]["systemProperties"]!["contentType"]);
        Assert.Equal("no output", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)lines[1]["bodyBase64"]!)));
    }

    [SkippableFact]
    public async Task Send_Completed_MeansStoredByTheHub()
    {
        await using var rig = await NodeRig.StartAsync();
        var sender = await rig.OpenAsync(NodeRig.Sender);
        for (var i = 0; i < 3; i++) await sender.AskAsync("send", new { output = "out1", body = $"{i}" });
        Assert.Equal(3, rig.Input().QueuedMessages);
        await rig.Loopback.StopAsync();
        await rig.Loopback.StartAgainAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        for (var i = 0; i < 3; i++) Assert.Equal($"{i}", (string?)(await receiver.NextAsync("input"))["body"]);
    }

    [SkippableFact]
    public async Task Receive_Many_InOrderEachAcknowledgedOnce()
    {
        const int Messages = 100;
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => sender.AskAsync("send", new { output = "out1", body = $"{i}", messageId = $"{i}" })));
        for (var i = 0; i < Messages; i++) Assert.Equal($"{i}", (string?)(await receiver.NextAsync("input"))["body"]);
        await rig.Loopback.WaitUntilQuietAsync();
        Assert.Equal((Messages, 0, 0), (rig.Input().AcknowledgedMessages, rig.Input().Redeliveries, receiver.Waits("input")));
    }

    [SkippableFact]
    public async Task Receive_FromAModuleOfThisSuite_HasTheSendersPropertiesAndItsName()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        await using var sender = rig.Loopback.CreateClient(NodeRig.Sender);
        await sender.OpenAsync(
            new((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, (_, _) => Task.FromResult(new MethodResponse(200, null))), CancellationToken.None);
        var message = new OutboundMessage
        {
            Output = "out1",
            Body = """[{"a":1}]"""u8.ToArray(),
            Count = 1,
            MessageType = "reading",
            MessageId = "id 1",
            Properties = new Dictionary<string, string> { ["odd key/"] = "a=b&c" },
        };
        await sender.SendAsync(message, CancellationToken.None);
        var received = await receiver.NextAsync("input");
        var properties = received["properties"]!.ToDictionary(pair => (string)pair[0]!, pair => (string)pair[1]!);
        Assert.Equal(
            ("id 1", "application/json", "utf-8"), ((string?)received["messageId"], (string?)received["contentType"], (string?)received["contentEncoding"]));
        Assert.Equal(("reading", "1", "a=b&c"), (properties["messageType"], properties["count"], properties["odd key/"]));
        Assert.Equal((LoopbackHub.Device, NodeRig.Sender), (properties[SystemProperties.ConnectionDeviceId], properties[SystemProperties.ConnectionModuleId]));
    }

    [SkippableFact]
    public async Task Receive_LargestMessage_IsWhole()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var sender = await rig.OpenAsync(NodeRig.Sender);
        var body = string.Concat(Enumerable.Range(0, 26_000).Select(i => $"{i:D9};"));
        await sender.AskAsync("send", new { output = "out1", body });
        Assert.Equal(body, (string?)(await receiver.NextAsync("input"))["body"]);
    }

    [SkippableFact]
    public async Task Unsubscribed_BySdk_MessagesWaitUntilItListensAgain()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        await receiver.AskAsync("ignore");
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await sender.AskAsync("send", new { output = "out1", body = "kept" });
        Assert.Equal((1, 0), (rig.Input().QueuedMessages, rig.Input().AcknowledgedMessages));
        await receiver.AskAsync("listen");
        Assert.Equal("kept", (string?)(await receiver.NextAsync("input"))["body"]);
        Assert.Equal(0, rig.Input().Redeliveries);
    }
}
