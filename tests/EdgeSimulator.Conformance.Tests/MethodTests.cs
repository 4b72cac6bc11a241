using EdgeModules.Testing;
using EdgeSimulator.Hub;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>Direct methods that Microsoft's Node SDK answers and calls.</summary>
public sealed class MethodTests
{
    [SkippableTheory]
    [InlineData("""{"text":"ü \"quoted\"","list":[1,{"a":null}]}""")]
    [InlineData("5")]
    [InlineData("null")]
    public async Task Invoke_MethodOfTheSdk_GivesItsStatusAndPayload(string payload)
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("method", new { name = "echo", status = 207 });
        var result = await rig.CallAsync("echo", JToken.Parse(payload));
        Assert.Equal(207, result.Status);
        Assert.True(JToken.DeepEquals(JToken.Parse(payload), result.Payload), $"{result.Payload}");
        var call = await peer.NextAsync("method");
        Assert.Equal("echo", (string?)call["name"]);
        Assert.True(JToken.DeepEquals(JToken.Parse(payload), call["payload"]), $"{call}");
    }

    [SkippableFact]
    public async Task Invoke_WithoutPayload_ReachesTheSdkAsNull()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("method", new { name = "echo", status = 200 });
        // An empty body would come back with 400 from the SDK itself.
        Assert.Equal(200, (await rig.CallAsync("echo")).Status);
    }

    [SkippableFact]
    public async Task Invoke_SideBySide_EachGetsItsOwnAnswer()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("method", new { name = "echo", status = 200 });
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rig.CallAsync("echo", i)));
        Assert.Equal(Enumerable.Range(0, 20), results.Select(result => (int)result.Payload!));
    }

    [SkippableFact]
    public async Task Invoke_UnknownMethod_TimesOutAndSaysSo()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("method", new { name = "known", status = 200 });
        // The SDK answers nothing at all.
        var error = await Assert.ThrowsAsync<SimulatorException>(
            () => rig.Hub.InvokeMethodAsync(NodeRig.Receiver, "unknown", null, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal("Module 'Receiver' did not answer method 'unknown' within 1 s.", error.Message);
        Assert.Equal(200, (await rig.CallAsync("known")).Status);
    }

    [SkippableFact]
    public async Task Invoke_BeforeTheSdkHasAnyMethod_SaysSo()
    {
        await using var rig = await NodeRig.StartAsync();
        await rig.OpenAsync(NodeRig.Receiver);
        await Waiting.ForAsync(() => rig.Hub.GetStatus().ConnectedModules.Contains(NodeRig.Receiver), "the module is connected");
        var error = await Assert.ThrowsAsync<SimulatorException>(() => rig.CallAsync("ping"));
        Assert.Contains("has not subscribed to direct methods", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InvokeMethod_OfAnotherModule_GoesThroughTheHub(bool byWorkloadApi)
    {
        await using var rig = await NodeRig.StartAsync();
        var target = await rig.OpenAsync(NodeRig.Receiver);
        await target.AskAsync("method", new { name = "echo", status = 207 });
        var caller = byWorkloadApi ? rig.CreateOnWorkloadApi(NodeRig.Sender) : rig.Create(NodeRig.Sender);
        await caller.AskAsync("open");
        var result = await CallFromAsync(rig, caller, "echo", new JObject { ["text"] = "ü" });
        Assert.True(JToken.DeepEquals(JToken.Parse("""{"status":207,"payload":{"text":"ü"}}"""), result), $"{result}");
    }

    [SkippableFact]
    public async Task InvokeMethod_OfAModuleThatIsAway_Is404()
    {
        await using var rig = await NodeRig.StartAsync();
        var caller = await rig.OpenAsync(NodeRig.Sender);
        var error = await Assert.ThrowsAsync<NodePeerException>(() => CallFromAsync(rig, caller, "echo", null));
        Assert.Equal(404, error.Status);
    }

    [SkippableFact]
    public async Task InvokeMethod_ThatTheOtherSdkDoesNotKnow_Is504()
    {
        await using var rig = await NodeRig.StartAsync();
        var target = await rig.OpenAsync(NodeRig.Receiver);
        await target.AskAsync("method", new { name = "known", status = 200 });
        var caller = await rig.OpenAsync(NodeRig.Sender);
        var error = await Assert.ThrowsAsync<NodePeerException>(() => CallFromAsync(rig, caller, "unknown", null, responseSeconds: 5));
        Assert.Equal(504, error.Status);
    }

    private static Task<JToken?> CallFromAsync(NodeRig rig, NodePeer caller, string method, JToken? payload, int responseSeconds = 20) =>
        caller.AskAsync("invoke", new
        {
            port = rig.Hub.HttpsPort,
            device = LoopbackHub.Device,
            module = NodeRig.Receiver,
            // The time of the SDK itself is the sum of the two: it must not end before the hub's.
            call = new { methodName = method, payload, responseTimeoutInSeconds = responseSeconds, connectTimeoutInSeconds = 0 },
        });
}
