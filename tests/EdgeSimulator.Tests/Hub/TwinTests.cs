using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class TwinTests
{
    private const string TwinAnswers = "$iothub/twin/res/#";
    private const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/#";

    [Fact]
    public async Task Get_AnswersDesiredAndReportedWithVersions()
    {
        await using var hub = await TestHub.StartAsync(change: options => options with { Desired = Desired("""{"a":{"b":1}}""") });
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync(TwinAnswers);
        var answer = await module.RequestTwinAsync("$iothub/twin/GET/");
        Assert.Equal("$iothub/twin/res/200/?$rid=1", answer.Topic);
        Assert.Equal("""{"desired":{"a":{"b":1},"$version":1},"reported":{"$version":1}}""", answer.Body);
    }

    [Fact]
    public async Task PatchReported_MergesRaisesTheVersionAndTellsTheSimulator()
    {
        await using var hub = await TestHub.StartAsync();
        var reported = new List<string>();
        hub.Hub.Reported += (name, patch) => reported.Add($"{name} {patch.ToString(Newtonsoft.Json.Formatting.None)}");
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync(TwinAnswers);
        Assert.Equal("$iothub/twin/res/204/?$rid=1", await module.ReportAsync("""{"a":{"x":1,"y":2},"at":"2026-01-31T00:00:00Z"}"""));
        Assert.Equal("$iothub/twin/res/204/?$rid=2", await module.ReportAsync("""{"a":{"x":null},"b":[1]}"""));
        Assert.Equal("""{"a":{"y":2},"at":"2026-01-31T00:00:00Z","b":[1],"$version":3}""", Text(hub.Hub.GetTwin("source")["reported"]!));
        Assert.Equal(["""source {"a":{"x":1,"y":2},"at":"2026-01-31T00:00:00Z"}""", """source {"a":{"x":null},"b":[1]}"""], reported);
    }

    public static TheoryData<string> BadPatches => new(
        "not json", "", "1", """{"a.b":1}""", """{"$a":1}""", """{"a#":1}""", """{"a b":1}""", """{"a":4503599627370496}""", """{"a":-4503599627370497}""",
        """{"a":99999999999999999999999}""", """{"a":[null]}""", """{"a":[{"b":null}]}""", $$"""{"a":"{{new string('x', 4097)}}"}""",
        $$"""{"{{new string('n', 1025)}}":1}""", Nested(11), $$"""{{{string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"p{i}\":\"{new string('x', 4000)}\""))}}}""");

    [Theory]
    [MemberData(nameof(BadPatches))]
    public async Task PatchReported_AgainstTheRules_Is400AndChangesNothing(string patch)
    {
        await using var hub = await TestHub.StartAsync();
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync(TwinAnswers);
        var answer = await module.RequestTwinAsync("$iothub/twin/PATCH/properties/reported/", patch);
        Assert.Equal(("$iothub/twin/res/400/?$rid=1", ""), (answer.Topic, answer.Body));
        Assert.Equal("""{"$version":1}""", Text(hub.Hub.GetTwin("source")["reported"]!));
        Assert.Contains(hub.Logs.Lines, line => line.StartsWith("Warning: Rejected a reported patch of source.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"a":4503599627370495,"b":-4503599627370496,"c":1.5e300,"d":true,"e":null,"f":[1,[2,{"g":3}]]}""")]
    [InlineData("[1,2]")]
    public async Task PatchReported_AtTheEdgeOfTheRules_Is204(string patch)
    {
        await using var hub = await TestHub.StartAsync();
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync(TwinAnswers);
        Assert.Equal("$iothub/twin/res/204/?$rid=1", await module.ReportAsync(patch));
        Assert.Equal("$iothub/twin/res/204/?$rid=2", await module.ReportAsync(Nested(10)));
    }

    [Fact]
    public async Task PatchDesired_IsPushedInOrderWithItsVersion()
    {
        await using var hub = await TestHub.StartAsync();
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync(DesiredPatches);
        Assert.Equal(2, hub.Hub.PatchDesired("source", JObject.Parse("""{"a":{"b":1},"$version":99}""")));
        Assert.Equal(3, hub.Hub.PatchDesired("source", JObject.Parse("""{"a":null,"c":2}""")));
        var pushes = new[] { await module.ReceiveAsync(), await module.ReceiveAsync() };
        Assert.Equal(
            [
                ("$iothub/twin/PATCH/properties/desired/?$version=2", """{"a":{"b":1},"$version":2}"""),
                ("$iothub/twin/PATCH/properties/desired/?$version=3", """{"a":null,"c":2,"$version":3}"""),
            ],
            pushes.Select(push => (push.Topic, push.Body)));
        Assert.Equal("""{"c":2,"$version":3}""", Text(hub.Hub.GetTwin("source")["desired"]!));
    }

    public static TheoryData<string> WaysToMissPatches => new("away", "hub restarted", "not subscribed");

    [Theory]
    [MemberData(nameof(WaysToMissPatches))]
    public async Task PatchDesired_AfterMissedOnes_PushesAllThatHasChanged(string way)
    {
        await using var hub = await TestHub.StartAsync(change: options => options with { Desired = Desired("""{"a":{"b":1,"c":2},"old":1,"same":[1]}""") });
        await using (var module = await hub.ConnectAsync("source"))
        {
            await module.SubscribeAsync(TwinAnswers);
            await module.SubscribeAsync(DesiredPatches);
            await module.GetTwinAsync();
            if (way == "not subscribed") await module.UnsubscribeAsync(DesiredPatches);
        }

        await Eventually.IsTrueAsync(() => hub.Hub.GetStatus().ConnectedModules.Count == 0);
        hub.Hub.PatchDesired("source", JObject.Parse("""{"a":{"b":5},"old":null}"""));
        if (way == "hub restarted") await hub.RestartAsync();
        await using var back = await hub.ConnectAsync("source");
        if (way == "not subscribed") await back.SubscribeAsync(DesiredPatches);
        hub.Hub.PatchDesired("source", JObject.Parse("""{"new":1}"""));
        hub.Hub.PatchDesired("source", JObject.Parse("""{"newer":1}"""));
        var caughtUp = await back.ReceiveAsync();
        Assert.Equal("$iothub/twin/PATCH/properties/desired/?$version=3", caughtUp.Topic);
        Assert.True(JToken.DeepEquals(JObject.Parse("""{"$version":3,"a":{"b":5},"old":null,"new":1}"""), JObject.Parse(caughtUp.Body)), caughtUp.Body);
        Assert.Equal("""{"newer":1,"$version":4}""", (await back.ReceiveAsync()).Body);
    }

    [Fact]
    public async Task Push_GoesOnlyToTheModuleItIsFor()
    {
        await using var hub = await TestHub.StartAsync();
        await using var module = await hub.ConnectAsync("source");
        await using var other = await hub.ConnectAsync("other");
        await module.SubscribeAsync(DesiredPatches);
        await other.SubscribeAsync(DesiredPatches);
        hub.Hub.PatchDesired("other", new JObject { ["for"] = "other" });
        hub.Hub.PatchDesired("source", new JObject { ["for"] = "source" });
        Assert.Contains("\"source\"", (await module.ReceiveAsync()).Body, StringComparison.Ordinal);
        Assert.Contains("\"other\"", (await other.ReceiveAsync()).Body, StringComparison.Ordinal);
        Assert.Equal((0, 0), (module.Waiting, other.Waiting));
    }

    [Fact]
    public async Task Restart_KeepsATwinUntilTheDeploymentChanges()
    {
        await using var hub = await TestHub.StartAsync(change: options => options with { Desired = Desired("""{"a":1}""") });
        await using (var module = await hub.ConnectAsync("source"))
        {
            await module.SubscribeAsync(TwinAnswers);
            await module.ReportAsync("""{"seen":1}""");
        }

        hub.Hub.PatchDesired("source", JObject.Parse("""{"a":2}"""));
        await hub.RestartAsync();
        Assert.Equal("""{"desired":{"a":2,"$version":2},"reported":{"seen":1,"$version":2}}""", Text(hub.Hub.GetTwin("source")));
        await hub.RestartAsync(options => options with { Desired = Desired("""{"b":1}""") });
        Assert.Equal("""{"desired":{"b":1,"$version":3},"reported":{"seen":1,"$version":2}}""", Text(hub.Hub.GetTwin("source")));
    }

    [Fact]
    public async Task PatchDesired_OfAnUnknownModule_NamesTheModules()
    {
        await using var hub = await TestHub.StartAsync();
        var error = Assert.Throws<SimulatorException>(() => hub.Hub.PatchDesired("ghost", []));
        Assert.Equal("There is no module 'ghost'; the modules are $edgeHub, filter, other, source.", error.Message);
    }

    private static Dictionary<string, JObject> Desired(string source) => new() { ["source"] = JObject.Parse(source) };

    /// <summary>An object with objects to the given depth below it.</summary>
    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("""{"n":""", depth)) + "{}" + new string('}', depth);

    private static string Text(JToken token) => token.ToString(Newtonsoft.Json.Formatting.None);
}
