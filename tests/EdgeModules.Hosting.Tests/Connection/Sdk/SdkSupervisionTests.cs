using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Connection.Sdk;
using EdgeModules.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>A client that has ended is replaced by a new one, and never called again.</summary>
public sealed class SdkSupervisionTests
{
    [Theory]
    [InlineData("Disconnected, Retry_Expired")]
    [InlineData("Disconnected, Bad_Credential")]
    [InlineData("Disconnected, Communication_Error")]
    [InlineData("Disabled, Client_Close")]
    public async Task Ended_ByWhateverCause_ANewClientIsSubscribedAndHasTheTwinAgain(string cause)
    {
        await using var rig = new SdkRig();
        var first = await rig.OpenAsync();
        first.End(cause);
        var second = await rig.NextAsync(2);
        second.Deliver("a");
        await Waiting.ForAsync(() => second.Acknowledged.Any(), "the new client receives");

        Assert.Equal(["open", "twin", "dispose"], first.Calls);
        Assert.Contains(
            rig.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith($"Lost the connection ({cause});", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SendAsyncAndReportAsync_AfterTheEnd_WaitForTheNextClient()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var rig = new SdkRig(clock: clock);
        var first = await rig.OpenAsync();
        first.End("Disconnected, Retry_Expired");
        var calls = Task.WhenAll(
            rig.Client.SendAsync(SdkRig.Message("x"), CancellationToken.None), rig.Client.ReportAsync(new JObject { ["a"] = 1 }, CancellationToken.None));
        Assert.False(calls.IsCompleted);
        await Waiting.ForAsync(() => calls.IsCompleted, "both are done", () => clock.Advance(TimeSpan.FromMilliseconds(50)));
        await calls;

        Assert.Equal(["open", "twin", "dispose"], first.Calls);
        Assert.Contains("sent x", rig.Clients[1].Calls);
        Assert.Contains("report", rig.Clients[1].Calls);
    }

    [Fact]
    public async Task OnMessage_HandlerStillAtWorkWhenItsClientEnds_FinishesWithoutAnAcknowledgement()
    {
        var inHand = new TaskCompletionSource();
        await using var rig = new SdkRig { WhenHandling = id => id == "a" ? inHand.Task : Task.CompletedTask };
        var first = await rig.OpenAsync();
        first.Deliver("a");
        await Waiting.ForAsync(() => !rig.Handled.IsEmpty, "the message is in hand");
        first.End("Disconnected, Communication_Error");
        var second = await rig.NextAsync(2);
        second.Deliver("b");
        Assert.Equal(["a"], rig.Handled);
        inHand.SetResult();
        await Waiting.ForAsync(() => second.Acknowledged.Any(), "the next client's message is acknowledged");

        Assert.Equal(["a", "b"], rig.Handled);
        Assert.Empty(first.Acknowledged);
    }

    [Fact]
    public async Task OnDesired_PatchesByVersion_AreAppliedOrFetched()
    {
        await using var rig = new SdkRig();
        var sdk = await rig.OpenAsync();
        sdk.Patch(new JObject { ["a"] = 1, ["$version"] = 2 });
        sdk.Patch(new JObject { ["a"] = 1, ["$version"] = 2 });
        sdk.Patch(new JObject { ["a"] = 9, ["$version"] = 7 });
        await Waiting.ForAsync(() => sdk.Calls.Count(call => call == "twin") == 2, "the twin is fetched for the patch that does not follow");
    }

    [Fact]
    public async Task OpenAsync_Refused_IsTriedAgainAndSaysWhatToLookAt()
    {
        var refusals = 0;
        await using var rig = new SdkRig(options => new FakeSdkClient(options)
        {
            WhenOpening = () =>
            {
                if (Interlocked.Increment(ref refusals) <= 2) throw new ConnectRefusedException("Unauthorized");
            },
        });
        await rig.StartAsync();
        await rig.NextAsync(3);

        Assert.Equal(["open", "dispose"], rig.Clients[0].Calls);
        Assert.Equal(2, rig.Log.Lines.Count(line =>
            line.Level == LogLevel.Error
            && line.Text.StartsWith("The hub refused the connection: Unauthorized. Are the keys of d/m still right", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ended_ThreeTimesWithinAMinute_StaysAwayForAMinute()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var rig = new SdkRig(clock: clock);
        await rig.StartAsync();
        for (var number = 1; number <= 3; number++)
            (await rig.NextAsync(number, () => clock.Advance(TimeSpan.FromMilliseconds(50)))).End("Disconnected, Retry_Expired");
        await Waiting.ForAsync(
            () => rig.Log.Lines.Any(line => line.Text.Contains("another client connects as d/m", StringComparison.Ordinal)), "the takeover is told");
        var before = clock.GetUtcNow();
        await rig.NextAsync(4, () => clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.True(clock.GetUtcNow() - before >= TimeSpan.FromSeconds(59));
    }

    [Theory]
    [InlineData(SdkTransport.Mqtt, 2)]
    [InlineData(SdkTransport.Amqp, 1)]
    public async Task TokenLife_NearlyOver_OverMqttTheConnectionIsRenewed(SdkTransport transport, int clients)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var rig = new SdkRig(clock: clock, transport: transport);
        var first = await rig.OpenAsync();
        Assert.Equal(new SdkOptions(transport, TimeSpan.FromHours(1), null), first.Options);
        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Single(rig.Clients);
        clock.Advance(TimeSpan.FromMinutes(2));
        await rig.NextAsync(clients);

        Assert.Equal(clients, rig.Clients.Count);
        Assert.Equal(clients == 2, first.Calls.Contains("close"));
    }

    [Fact]
    public async Task ReportAsync_Refused_ThrowsAndIsNotRepeated()
    {
        var reports = 0;
        await using var rig = new SdkRig(options => new FakeSdkClient(options)
        {
            WhenReporting = _ =>
            {
                reports++;
                throw new TwinRejectedException(400);
            },
        });
        await rig.OpenAsync();
        await Assert.ThrowsAsync<TwinRejectedException>(() => rig.Client.ReportAsync([], CancellationToken.None));
        Assert.Equal(1, reports);
    }

    [Theory]
    [InlineData("Request 6f2 returned status 400", false, SdkTransport.Mqtt, 400)]
    [InlineData("Request 6f2 returned status 413", false, SdkTransport.Mqtt, 413)]
    [InlineData("Request 6f2 returned status 500", false, SdkTransport.Mqtt, null)]
    [InlineData("Request 6f2 returned status 408", false, SdkTransport.Mqtt, null)]
    [InlineData("Request 6f2 was throttled by the server", true, SdkTransport.Mqtt, null)]
    [InlineData("CONNECT failed: RefusedIdentifierRejected", false, SdkTransport.Mqtt, null)]
    [InlineData("{\"errorCode\":400001}", false, SdkTransport.Amqp, 400)]
    [InlineData("{\"errorCode\":500001}", true, SdkTransport.Amqp, null)]
    [InlineData("Device is now offline.", false, SdkTransport.Amqp, null)]
    public void RefusalOf_TheSdksSentence_IsAStatusOrAnotherTry(string message, bool transient, SdkTransport transport, int? status) =>
        Assert.Equal(status, SdkErrors.RefusalOf(message, transient, transport));
}
