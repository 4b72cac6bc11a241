using EdgeModules.Testing;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>How Microsoft's Node SDK connects, stays connected and comes back.</summary>
public sealed class ConnectionTests
{
    [SkippableFact]
    public async Task Open_ByConnectionString_Connects()
    {
        await using var rig = await NodeRig.StartAsync();
        await rig.OpenAsync(NodeRig.Sender);
        await Waiting.ForAsync(() => rig.Hub.GetStatus().ConnectedModules.Contains(NodeRig.Sender), "the module is connected");
    }

    [SkippableFact]
    public async Task Open_ByWorkloadApi_ConnectsAndWorks()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = rig.CreateOnWorkloadApi(NodeRig.Receiver);
        await peer.AskAsync("open");
        Assert.Equal(5, (int)(await peer.AskAsync("twin"))!["desired"]!["interval"]!);
    }

    [SkippableFact]
    public async Task Open_ByWorkloadApiOfAnotherGeneration_IsRefused()
    {
        await using var rig = await NodeRig.StartAsync();
        await Assert.ThrowsAsync<NodePeerException>(() => rig.CreateOnWorkloadApi(NodeRig.Receiver, generation: "1").AskAsync("open"));
        Assert.Empty(rig.Hub.GetStatus().ConnectedModules);
    }

    [SkippableFact]
    public async Task Open_AuthorityNotOfTheHub_IsRefusedByTheSdk()
    {
        await using var rig = await NodeRig.StartAsync();
        await using var other = new LoopbackHub(new Dictionary<string, string>(), new Dictionary<string, JObject>());
        await other.StartAsync();
        var error = await Assert.ThrowsAsync<NodePeerException>(() => rig.Create(NodeRig.Sender, other.Hub.CaCertificateFile).AskAsync("open"));
        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task Open_TokenExpired_IsRefused()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = rig.Create(NodeRig.Sender);
        await peer.AskAsync("clock", new { aheadSeconds = -2 * 3600 });
        var error = await Assert.ThrowsAsync<NodePeerException>(() => peer.AskAsync("open"));
        Assert.Contains("Not authorized", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, rig.Count("The token expired at"));
    }

    [SkippableFact]
    public async Task TokenRenewed_ByTheTimerOfTheSender_NothingIsLost()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var sender = rig.Create(NodeRig.Sender);
        // The SDK renews after the difference of the two, one second.
        await sender.AskAsync("open", new { tokenRenewal = new { tokenValidTimeInSeconds = 61, tokenRenewalMarginInSeconds = 60 } });
        var sent = 0;
        while (rig.Connections(NodeRig.Sender) < 3) await sender.AskAsync("send", new { output = "out1", body = $"{sent++}" });
        for (var expected = 0; expected < sent;)
        {
            var number = int.Parse((string)(await receiver.NextAsync("input"))["body"]!);
            // What the hub stored just before the connection ended, the SDK sends again.
            Assert.InRange(number, expected - 1, expected);
            expected = number + 1;
        }

        Assert.Equal(0, sender.Waits("error"));
    }

    [SkippableFact]
    public async Task TokenRenewed_OfTheReceiver_InputsMethodsAndDesiredPatchesGoOn()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await OpenWithAllAsync(rig);
        await receiver.AskAsync("renew", new { tokenRenewal = new { tokenValidTimeInSeconds = 3600, tokenRenewalMarginInSeconds = 900 } });
        await Waiting.ForAsync(() => rig.Connections(NodeRig.Receiver) == 2, "the module has connected anew");
        await AssertAllGoesOnAsync(rig, receiver, await rig.OpenAsync(NodeRig.Sender));
    }

    [SkippableFact]
    public async Task TokenExpired_HubDisconnects_SdkComesBackWithANewToken()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await NodeRig.StartAsync(clock);
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("listen");
        await peer.AskAsync("method", new { name = "ping", status = 200 });
        // Both clocks are past the hour of the token; the timer that would have renewed it has not run meanwhile.
        await peer.AskAsync("clock", new { aheadSeconds = 70 * 60 });
        Assert.Equal(1, rig.Connections(NodeRig.Receiver));
        clock.Advance(TimeSpan.FromMinutes(70));
        await Waiting.ForAsync(() => rig.Connections(NodeRig.Receiver) == 2, "the module has come back");
        Assert.NotEqual(0, rig.Count("Disconnected Receiver: its token expired"));
    }

    [SkippableFact]
    public async Task HubRestarted_InputsMethodsAndDesiredPatches_GoOn()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await OpenWithAllAsync(rig);
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await rig.Loopback.StopAsync();
        await rig.Loopback.StartAgainAsync();
        await Waiting.ForAsync(() => rig.Hub.GetStatus().ConnectedModules.Contains(NodeRig.Receiver), "the module is back");
        await AssertAllGoesOnAsync(rig, receiver, sender);
    }

    [SkippableFact]
    public async Task HubStopped_MessageSentMeanwhile_ArrivesAfterTheStart()
    {
        await using var rig = await NodeRig.StartAsync();
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var sender = await rig.OpenAsync(NodeRig.Sender);
        await rig.Loopback.StopAsync();
        var sending = sender.AskAsync("send", new { output = "out1", body = "meanwhile" });
        await rig.Loopback.StartAgainAsync();
        await sending;
        Assert.Equal("meanwhile", (string?)(await receiver.NextAsync("input"))["body"]);
    }

    [SkippableFact]
    public async Task Open_BySecondClientOfTheSameId_TakesThePlaceOfTheFirst()
    {
        await using var rig = await NodeRig.StartAsync();
        var first = await rig.OpenAsync(NodeRig.Sender);
        await first.AskAsync("send", new { output = "out2", body = "1" });
        var second = await rig.OpenAsync(NodeRig.Sender);
        await Waiting.ForAsync(() => rig.Count("A new connection of Sender took the place") == 1, "the first connection was closed");
        await second.AskAsync("send", new { output = "out2", body = "2" });
        // With its next call the first one takes its place back.
        await first.AskAsync("send", new { output = "out2", body = "3" });
        await Waiting.ForAsync(() => rig.Count("A new connection of Sender took the place") == 2, "the second connection was closed");
        Assert.Equal([NodeRig.Sender], rig.Hub.GetStatus().ConnectedModules);
        Assert.Equal(3, rig.Hub.GetStatus().Outputs.Single(output => output.Output == "out2").Messages);
    }

    [SkippableFact]
    public async Task Close_OfTheSdk_DisconnectsAtOnce()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Sender);
        await Waiting.ForAsync(() => rig.Hub.GetStatus().ConnectedModules.Count == 1, "the module is connected");
        await peer.AskAsync("close");
        await Waiting.ForAsync(() => rig.Hub.GetStatus().ConnectedModules.Count == 0, "the module is disconnected");
    }

    private static async Task<NodePeer> OpenWithAllAsync(NodeRig rig)
    {
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("listen");
        await peer.AskAsync("method", new { name = "ping", status = 200 });
        await peer.AskAsync("watch");
        return peer;
    }

    /// <summary>The SDK does not subscribe to twins again after it has connected anew: it relies on its session.</summary>
    private static async Task AssertAllGoesOnAsync(NodeRig rig, NodePeer receiver, NodePeer sender)
    {
        await sender.AskAsync("send", new { output = "out1", body = "after" });
        Assert.Equal("after", (string?)(await receiver.NextAsync("input"))["body"]);
        Assert.Equal(200, (await rig.CallAsync("ping")).Status);
        rig.Hub.PatchDesired(NodeRig.Receiver, new() { ["interval"] = 6 });
        Assert.Equal(6, (int)(await receiver.NextAsync("desired"))["patch"]!["interval"]!);
        Assert.Equal(6, (int)(await receiver.AskAsync("twin"))!["desired"]!["interval"]!);
        await receiver.AskAsync("report", new { patch = new { alive = true } });
        Assert.True((bool)rig.Hub.GetTwin(NodeRig.Receiver)["reported"]!["alive"]!);
    }
}
