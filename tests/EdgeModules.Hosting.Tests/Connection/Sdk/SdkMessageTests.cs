using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing;
using EdgeModules.Testing.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeModules.Hosting.Tests.Connection.Sdk;

/// <summary>Input messages and methods over an SDK with the hazards of Microsoft's.</summary>
public sealed class SdkMessageTests
{
    [Fact]
    public async Task OnMessage_SeveralAtOnce_AreHandledOneByOneAndAcknowledgedInOrder()
    {
        var first = new TaskCompletionSource();
        await using var rig = new SdkRig { WhenHandling = id => id == "a" ? first.Task : Task.CompletedTask };
        var sdk = await rig.OpenAsync();
        foreach (var id in new[] { "a", "b", "c", "d" }) sdk.Deliver(id);
        await Waiting.ForAsync(() => !rig.Handled.IsEmpty, "the first is in hand");
        Assert.Equal(["a"], rig.Handled);
        Assert.Empty(sdk.Acknowledged);

        first.SetResult();
        await Waiting.ForAsync(() => sdk.Acknowledged.Count() == 4, "all are acknowledged");
        Assert.Equal(["a", "b", "c", "d"], sdk.Acknowledged);
        Assert.Single(rig.Clients);
    }

    [Fact]
    public async Task OnMessage_HandlerThatBlocksItsThread_DoesNotHoldUpTheSdk()
    {
        using var release = new ManualResetEventSlim();
        await using var rig = new SdkRig
        {
            WhenHandling = _ =>
            {
                release.Wait(Waiting.Deadline);
                return Task.CompletedTask;
            },
        };
        var sdk = await rig.OpenAsync();
        // On this thread, which would wait with the handler.
        sdk.Deliver("a");
        await Waiting.ForAsync(() => !rig.Handled.IsEmpty, "the message is in hand");
        await rig.Client.SendAsync(SdkRig.Message("x"), CancellationToken.None);
        Assert.Contains("sent x", sdk.Calls);

        release.Set();
        await Waiting.ForAsync(() => sdk.Acknowledged.Any(), "the message is acknowledged");
    }

    [Fact]
    public async Task OnMessage_HandlerFails_IsNotAcknowledgedAndANewClientHasItAgain()
    {
        var attempts = 0;
        await using var rig = new SdkRig
        {
            WhenHandling = _ => Interlocked.Increment(ref attempts) == 1 ? throw new InvalidOperationException("Bang.") : Task.CompletedTask,
        };
        var first = await rig.OpenAsync();
        first.Deliver("a");
        var second = await rig.NextAsync(2);
        second.Deliver("a");
        await Waiting.ForAsync(() => second.Acknowledged.Any(), "the message is acknowledged");

        Assert.Equal(["a", "a"], rig.Handled);
        Assert.Equal(["open", "twin", "dispose"], first.Calls);
        Assert.Equal(["open", "twin", "acknowledged a"], second.Calls);
    }

    [Fact]
    public async Task OnMessage_ThatAlwaysFails_ComesEverSlowerAndIsNoTakeover()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var rig = new SdkRig(options => new FakeSdkClient(options) { WhenOpen = sdk => sdk.Deliver("poison") }, clock)
        {
            WhenHandling = _ => throw new InvalidOperationException("Bang."),
        };
        await rig.StartAsync();
        await rig.NextAsync(7, () => clock.Advance(TimeSpan.FromMilliseconds(20)));

        // 0.1, 0.2, 0.4, … s, each 20 % shorter at most.
        Assert.True(clock.GetUtcNow() - DateTimeOffset.UnixEpoch >= TimeSpan.FromSeconds(0.8 * 6.3));
        Assert.DoesNotContain(rig.Log.Lines, line => line.Text.Contains("another client", StringComparison.Ordinal));
        Assert.Contains(new LogLine(LogLevel.Error, "A message on input in was not acknowledged and will come again: Bang."), rig.Log.Lines);
        Assert.All(rig.Clients, sdk => Assert.Empty(sdk.Acknowledged));
    }

    [Fact]
    public async Task OnMessage_MoreThanCanWait_NoneIsLeftOutAndTheClientIsReplaced()
    {
        var inHand = new TaskCompletionSource();
        await using var rig = new SdkRig { WhenHandling = _ => inHand.Task };
        var first = await rig.OpenAsync();
        for (var copy = 0; copy < 20; copy++) first.Deliver("a");
        await rig.NextAsync(2);
        inHand.SetResult();
        await Waiting.ForAsync(() => first.Calls.Contains("dispose"), "the first client is gone");
        Assert.Empty(first.Acknowledged);
    }

    [Fact]
    public async Task StopReceivingAsync_WithAMessageInHand_EndsTheSubscriptionBeforeTheAcknowledgement()
    {
        var inHand = new TaskCompletionSource();
        await using var rig = new SdkRig { WhenHandling = _ => inHand.Task };
        var sdk = await rig.OpenAsync();
        sdk.Deliver("a");
        await Waiting.ForAsync(() => !rig.Handled.IsEmpty, "the message is in hand");
        var stopping = rig.Client.StopReceivingAsync(CancellationToken.None);
        Assert.DoesNotContain("unsubscribe", sdk.Calls);
        inHand.SetResult();
        await stopping.WaitAsync(Waiting.Deadline);
        await rig.Client.CloseAsync(CancellationToken.None);

        Assert.Equal(["open", "twin", "unsubscribe", "acknowledged a", "close", "dispose"], sdk.Calls);
    }

    [Fact]
    public async Task StopReceivingAsync_WhileMessagesFlow_TakesTheNextOne()
    {
        await using var rig = new SdkRig();
        var sdk = await rig.OpenAsync();
        sdk.Deliver("a");
        await Waiting.ForAsync(() => sdk.Acknowledged.Any(), "messages flow");
        var stopping = rig.Client.StopReceivingAsync(CancellationToken.None);
        sdk.Deliver("b");
        await stopping.WaitAsync(Waiting.Deadline);

        Assert.Equal(["open", "twin", "acknowledged a", "unsubscribe", "acknowledged b"], sdk.Calls);
    }

    [Fact]
    public async Task StopReceivingAsync_NothingHasCome_WhatComesLaterStaysUnacknowledged()
    {
        await using var rig = new SdkRig();
        var sdk = await rig.OpenAsync();
        await rig.Client.StopReceivingAsync(CancellationToken.None).WaitAsync(Waiting.Deadline);
        sdk.Deliver("late");
        await rig.Client.SendAsync(SdkRig.Message("last words"), CancellationToken.None);
        await rig.Client.CloseAsync(CancellationToken.None);

        Assert.Equal(["open", "twin", "sent last words", "close", "dispose"], sdk.Calls);
        Assert.Empty(rig.Handled);
    }

    [Fact]
    public async Task OnMethod_Several_RunAtTheSameTime()
    {
        var first = new TaskCompletionSource();
        await using var rig = new SdkRig
        {
            WhenCalled = async request =>
            {
                if (request.Name == "slow") await first.Task;
                return new MethodResponse(200, request.Name);
            },
        };
        var sdk = await rig.OpenAsync();
        var slow = sdk.CallMethodAsync("slow");
        Assert.Equal("quick", (string?)(await sdk.CallMethodAsync("quick").WaitAsync(Waiting.Deadline)).Payload);
        Assert.False(slow.IsCompleted);
        first.SetResult();
        Assert.Equal("slow", (string?)(await slow.WaitAsync(Waiting.Deadline)).Payload);
    }

    /// <summary>Beyond 262,143 bytes the SDK throws, and takes the connection with it.</summary>
    [Fact]
    public void EmittedBody_IsWithinTheSdksLimit() => Assert.True(MessageLimits.EmittedBody < 262_143);
}
