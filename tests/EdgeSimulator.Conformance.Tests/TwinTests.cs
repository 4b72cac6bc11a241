using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Conformance.Tests;

/// <summary>Twins as Microsoft's Node SDK sees them.</summary>
public sealed class TwinTests
{
    [SkippableFact]
    public async Task GetTwin_GivesDesiredAndReportedWithTheirVersions()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        AssertJson(
            """{"desired":{"interval":5,"zones":{"a":1,"b":{"deep":true}},"$version":1},"reported":{"$version":1}}""", (await peer.AskAsync("twin"))!);
    }

    [SkippableFact]
    public async Task Report_Patches_AreMergedAndNullDeletes()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("twin");
        await peer.AskAsync("report", new { patch = new { state = "ü \"quoted\"", list = new[] { 1, 2 }, zones = new { a = 1.5, b = true } } });
        AssertReported(rig, """{"state":"ü \"quoted\"","list":[1,2],"zones":{"a":1.5,"b":true}}""");
        await peer.AskAsync("report", new { patch = new { state = (string?)null, zones = new { a = (object?)null, c = new { d = 2 } } } });
        AssertReported(rig, """{"list":[1,2],"zones":{"b":true,"c":{"d":2}}}""");
        AssertJson("""{"list":[1,2],"zones":{"b":true,"c":{"d":2}},"$version":3}""", (JObject)(await peer.AskAsync("twin"))!["reported"]!);
    }

    [SkippableFact]
    public async Task Desired_Patches_ArriveInOrderAndNullDeletes()
    {
        await using var rig = await NodeRig.StartAsync();
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("watch");
        rig.Hub.PatchDesired(NodeRig.Receiver, new JObject { ["interval"] = 7, ["zones"] = new JObject { ["b"] = null } });
        rig.Hub.PatchDesired(NodeRig.Receiver, new JObject { ["interval"] = null });
        AssertJson("""{"interval":7,"zones":{"b":null},"$version":2}""", await NextPatchAsync(peer));
        AssertJson("""{"interval":null,"$version":3}""", await NextPatchAsync(peer));
        AssertJson("""{"zones":{"a":1},"$version":3}""", (JObject)(await peer.AskAsync("twin"))!["desired"]!);
    }

    [SkippableFact]
    public async Task Desired_PatchForAnotherModule_DoesNotArrive()
    {
        await using var rig = await NodeRig.StartAsync();
        var other = await rig.OpenAsync(NodeRig.Sender);
        await other.AskAsync("watch");
        var peer = await rig.OpenAsync(NodeRig.Receiver);
        await peer.AskAsync("watch");
        rig.Hub.PatchDesired(NodeRig.Receiver, new JObject { ["interval"] = 8 });
        Assert.Equal(8, (int)(await NextPatchAsync(peer))["interval"]!);
        await other.AskAsync("twin");
        // The answer raises an event with the whole twin, which is its own.
        Assert.Null((await NextPatchAsync(other))["interval"]);
        Assert.Equal(0, other.Waits("desired"));
    }

    [SkippableFact]
    public async Task Report_WithARouteForNotifications_ReachesTheOtherModule()
    {
        await using var rig = await NodeRig.StartAsync(
            moreRoutes: ("changes", "FROM /twinChangeNotifications INTO BrokeredEndpoint(\"/modules/Receiver/inputs/changes\")"));
        var receiver = await rig.OpenAsync(NodeRig.Receiver);
        await receiver.AskAsync("listen");
        var reporter = await rig.OpenAsync(NodeRig.Sender);
        await reporter.AskAsync("twin");
        await reporter.AskAsync("report", new { patch = new { a = 1 } });
        var notification = await receiver.NextAsync("input");
        Assert.Equal(("changes", """{"a":1}"""), ((string?)notification["input"], (string?)notification["body"]));
        AssertJson("""[["$.cdid","gateway"],["$.cmid","Sender"],["$.schema","twinChangeNotification"]]""", notification["properties"]!);
    }

    private static async Task<JObject> NextPatchAsync(NodePeer peer) => (JObject)(await peer.NextAsync("desired"))["patch"]!;

    private static void AssertReported(NodeRig rig, string expected)
    {
        var reported = (JObject)rig.Hub.GetTwin(NodeRig.Receiver)["reported"]!;
        reported.Remove("$version");
        AssertJson(expected, reported);
    }

    private static void AssertJson(string expected, JToken actual) =>
        Assert.True(JToken.DeepEquals(JToken.Parse(expected), actual), $"{actual} is not {expected}");
}
