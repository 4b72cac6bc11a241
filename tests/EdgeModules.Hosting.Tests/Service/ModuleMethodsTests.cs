using EdgeModules.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Service;

public sealed class ModuleMethodsTests
{
    /// <summary>An answer that edgeHub does not take would cost the module its connection.</summary>
    [Fact]
    public async Task CallAsync_AnswerBeyondTheLimit_SaysSoInItsPlace()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        var response = await rig.Client.CallAsync("echo", new JObject { ["a"] = new string('x', 131_072) });
        Assert.Equal(200, response.Status);
        Assert.Equal("The answer would have 131080 bytes; it must have at most 131072. What was called has been done.", (string?)response.Payload!["message"]);
        Assert.Equal(131_072 - 8, ((string)(await rig.Client.CallAsync("echo", new JObject { ["a"] = new string('x', 131_072 - 8) })).Payload!["a"]!).Length);
    }

    [Fact]
    public async Task CallAsync_LocalValuesWithManyMistakes_TellsTwentyAndHowManyThereAre()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        var response = await rig.Client.CallAsync("setLocal", new JObject(Enumerable.Range(0, 5000).Select(i => new JProperty($"key{i}", i))));
        Assert.Equal(400, response.Status);
        Assert.Equal("Nothing has changed. These are 20 of 5000 errors.", (string?)response.Payload!["message"]);
        Assert.Equal(20, response.Payload["errors"]!.Count());
    }

    [Theory]
    [InlineData("ping", 200, """{"status":"ok"}""")]
    [InlineData("getLedger", 200, """{"forwarded":1,"received":1,"sent":{"out":1},"held":0}""")]
    [InlineData("getSettings", 200,
        """{"version":1,"status":"applied","errors":[],"twinSeen":true,"settings":{"step":7,"emitInvalid":true,"label":null}"""
        + ""","values":{"step":{"value":7,"source":"desired","version":1,"overrode":{"value":1,"source":"default","version":0}}"""
        + ""","emitInvalid":{"value":true,"source":"default","version":0},"label":{"value":null,"source":"default","version":0}}}""")]
    [InlineData("echo", 200, """{"a":1}""")]
    [InlineData("fail", 500, """{"message":"Bang."}""")]
    [InlineData("nothing", 501, """{"message":"There is no method \"nothing\"; this module has ping, getLedger, getSettings, setLocal, clearLocal, resetState, echo, add, fail."}""")]
    [InlineData("Ping", 501, """{"message":"There is no method \"Ping\"; this module has ping, getLedger, getSettings, setLocal, clearLocal, resetState, echo, add, fail."}""")]
    public async Task CallAsync_Method_AnswersWithStatusAndPayload(string method, int status, string payload)
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        await rig.DeliverAsync(Readings("a"));
        var response = await rig.Client.CallAsync(method, JObject.Parse("""{"a":1}"""));

        Assert.Equal((status, payload), (response.Status, response.Payload!.ToString(Formatting.None)));
    }

    [Fact]
    public async Task CallAsync_GetSettingsAfterRejection_SaysSo()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        await rig.GiveTwinAsync(2, """{"step":0}""");
        var payload = (JObject)(await rig.Client.CallAsync("getSettings")).Payload!;
        payload.Remove("values");

        Assert.Equal(
            """{"version":2,"status":"rejected","errors":["step is 0; it must be 1 to 100."],"twinSeen":true,"settings":{"step":7,"emitInvalid":true,"label":null}}""", payload.ToString(Formatting.None));
    }

    [Fact]
    public async Task CallAsync_GetSettingsBeforeTheTwinOfARestart_SaysThatTheyAreTheSavedOnes()
    {
        var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        await rig.DisposeAsync();
        await using var next = new ServiceRig(rig.Store);
        await next.StartedWithoutTwinAsync();

        var payload = (await next.Client.CallAsync("getSettings")).Payload!;
        Assert.Equal((false, 7), (payload.Value<bool>("twinSeen"), payload["settings"]!.Value<int>("step")));
    }

    [Fact]
    public async Task CallAsync_SetLocalAndClearLocal_AreInForceReportedAndOutliveTheProcess()
    {
        var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        var set = await rig.Client.CallAsync("setLocal", JObject.Parse("""{"step":9,"x-source":"shift 2"}"""));
        await rig.UntilReportedAsync("step", """{"value":9,"ac":203,"av":1,"ad":"Local: step, set by shift 2 over version 1."}""");
        Assert.Equal(9, rig.Module.SettingsSeen[^1].Step);
        await rig.DisposeAsync();
        await using var next = new ServiceRig(rig.Store);
        await next.StartedAsync("""{"step":7}""");
        Assert.Equal(9, next.Module.SettingsSeen[^1].Step);
        var cleared = await next.Client.CallAsync("clearLocal", JObject.Parse("""{"all":true}"""));
        await next.UntilReportedAsync("step", """{"value":7,"ac":200,"av":1}""");

        Assert.Equal((200, """{"status":"set","version":1}"""), (set.Status, set.Payload!.ToString(Formatting.None)));
        Assert.Equal((200, """{"status":"cleared","version":2}"""), (cleared.Status, cleared.Payload!.ToString(Formatting.None)));
        Assert.Equal(7, next.Module.SettingsSeen[^1].Step);
    }

    [Theory]
    [InlineData("setLocal", "{\"step\":0}", "step", "step is 0; it must be 1 to 100.")]
    [InlineData("setLocal", "{\"stepp\":5}", "stepp", "stepp is 5; it must be a setting; the nearest is step.")]
    [InlineData("setLocal", "{}", "payload", "payload is {}; it must be an object {path: value, …}, with \"x-source\" for who sets it if that shall be known.")]
    [InlineData("setLocal", "{\"x-source\":\"Jo\"}", "payload", "payload is {\"x-source\":\"Jo\"}; it must be an object with one path at least.")]
    [InlineData("setLocal", "{\"step\":5,\"x-source\":7}", "x-source", "x-source is 7; it must be a string of 1 to 100 characters.")]
    [InlineData("setLocal", "[1]", "payload", "payload is [1]; it must be an object {path: value, …}, with \"x-source\" for who sets it if that shall be known.")]
    [InlineData("setLocal", null, "payload", "payload is null; it must be an object {path: value, …}, with \"x-source\" for who sets it if that shall be known.")]
    [InlineData("clearLocal", null, "payload", "payload is null; it must be {\"paths\": [path, …]} or {\"all\": true}.")]
    [InlineData("clearLocal", "{\"all\":false}", "payload", "payload is {\"all\":false}; it must be {\"paths\": [path, …]} or {\"all\": true}.")]
    [InlineData("clearLocal", "{\"paths\":[1]}", "payload", "payload is {\"paths\":[1]}; it must be {\"paths\": [path, …]} or {\"all\": true}.")]
    [InlineData("clearLocal", "{\"paths\":[\"step\"]}", "paths", "paths is \"step\"; it must be absent: there are no local values.")]
    public async Task CallAsync_LocalSettingsThatAreWrong_AnswersWhyAndChangesNothing(string method, string? payload, string path, string message)
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        var response = await rig.Client.CallAsync(method, payload is null ? null : JToken.Parse(payload));

        var expected = new JObject { ["message"] = "Nothing has changed.", ["errors"] = new JArray(new JObject { ["path"] = path, ["message"] = message }) };
        Assert.Equal((400, expected.ToString(Formatting.None)), (response.Status, response.Payload!.ToString(Formatting.None)));
        Assert.Equal(7, rig.Module.SettingsSeen[^1].Step);
    }

    [Fact]
    public async Task CallAsync_SetLocalOnAFullDisk_SaysThatNothingHasChanged()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync("""{"step":7}""");
        rig.Store.BeforeWrite = () => throw new IOException("Full.");
        var response = await rig.Client.CallAsync("setLocal", JObject.Parse("""{"step":9}"""));
        rig.Store.BeforeWrite = static () => { };

        Assert.Equal((500, "Nothing has changed, since it cannot be saved: Full."), (response.Status, (string?)response.Payload!["message"]));
        Assert.Equal(7, rig.Module.SettingsSeen[^1].Step);
    }

    [Fact]
    public async Task CallAsync_MethodWithAnEffect_IsSavedAndSentBeforeTheAnswer()
    {
        var rig = new ServiceRig();
        await rig.StartedAsync();
        var response = await rig.Client.CallAsync("add", JObject.Parse("""{"id":"n1"}"""));
        var record = rig.Store.Records[^1];

        Assert.Equal((202, "n1"), (response.Status, (string?)response.Payload));
        Assert.Equal("added/n1", Assert.Single(rig.Client.Sent).MessageId);
        Assert.Equal("n1"u8.ToArray(), record.StateChange.ToArray());
        Assert.Equal([new("added", "", 1), new("sent", "out", 1)], record.Ledger!);
        await rig.DisposeAsync();
        await using var next = new ServiceRig(rig.Store);
        await next.StartedAsync();
        Assert.Equal(["n1"], next.Module.State);
    }

    [Fact]
    public async Task CallAsync_MethodWithAnEffectOnAFullDisk_AnswersWhenItIsSaved()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        var failures = 0;
        rig.Store.BeforeWrite = () =>
        {
            if (++failures <= 2) throw new IOException("No space left on device.");
        };
        var called = rig.Client.CallAsync("add", JObject.Parse("""{"id":"n1"}"""));
        await Waiting.ForAsync(() => failures > 0, "the first attempt to save");
        Assert.False(called.IsCompleted);
        Assert.Empty(rig.Client.Sent);
        await Waiting.ForAsync(() => called.IsCompleted, "there is space again", () => rig.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(202, (await called).Status);
        Assert.Single(rig.Client.Sent);
    }

    [Fact]
    public async Task CallAsync_ResetState_ForgetsStateForGoodAndKeepsTheBooks()
    {
        var rig = new ServiceRig();
        await rig.StartedAsync();
        await rig.DeliverAsync(Readings("a", "b"));
        var response = await rig.Client.CallAsync("resetState");
        await rig.DisposeAsync();

        Assert.Equal((200, """{"status":"reset"}"""), (response.Status, response.Payload!.ToString(Formatting.None)));
        await using var next = new ServiceRig(rig.Store);
        await next.StartedAsync();
        Assert.Equal(2, (int?)(await next.Client.CallAsync("getLedger")).Payload!["received"]);
        Assert.Empty(next.Module.State);
    }

    [Fact]
    public async Task CallAsync_ResetStateOnAFullDisk_SaysThatTheNextStartFindsTheOldState()
    {
        var rig = new ServiceRig();
        await rig.StartedAsync();
        await rig.DeliverAsync(Readings("a", "b"));
        rig.Store.BeforeWrite = () => throw new IOException("Full.");
        var response = await rig.Client.CallAsync("resetState");
        rig.Store.BeforeWrite = static () => { };

        Assert.Equal(500, response.Status);
        Assert.Equal(
            "The state is not reset for good, since that cannot be saved: Full. "
            + "The running module has forgotten its state, but its next start finds the old one again. Make the state directory writable, with room on its disk, and call resetState again.",
            response.Payload!.Value<string>("message"));
        Assert.Empty(rig.Module.State);
        await rig.DisposeAsync();
        await using var next = new ServiceRig(rig.Store);
        await next.StartedAsync();
        Assert.NotEmpty(next.Module.State);
    }

    [Fact]
    public async Task CallAsync_WhileStopping_Answers503()
    {
        await using var rig = new ServiceRig();
        await rig.StartedAsync();
        await rig.StopAsync();

        Assert.Equal(503, (await rig.Client.CallAsync("ping")).Status);
    }
}
