using System.Collections.Concurrent;
using EdgeModules.Hosting.Connection;
using EdgeModules.Testing;
using Microsoft.Extensions.Logging;
using Moq;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>Calls of other modules' direct methods, beside the loop.</summary>
public sealed class ActionTests
{
    private static readonly MethodResponse Ok = new(200, null);

    [Fact]
    public async Task HandleAsync_Action_IsCalledAfterTheSavingAndCountedDone()
    {
        await using var rig = Rig((_, _) => Task.FromResult(Ok));
        var events = new ConcurrentQueue<string>();
        Answer(rig, (module, request, _) =>
        {
            events.Enqueue($"{module}.{request.Name} {request.Payload?["alertId"]}");
            return Task.FromResult(Ok);
        });
        rig.Store.AfterWrite = () => events.Enqueue("saved");
        rig.Run();
        await rig.HandleAsync(Items("1"));
        await CountedAsync(rig, "done", 1);

        Assert.Equal(["saved", "saved", "Actuator.buzz 1"], events.Take(3));
        Assert.Contains(rig.Log.Lines, line => line.Text == "Called buzz of Actuator for action-1.");
    }

    [Fact]
    public async Task HandleAsync_TargetNeverAnswers_TheLoopGoesOnAndTheCallIsCancelledAfterSixSeconds()
    {
        var cancelled = 0;
        await using var rig = Rig(async (_, cancellation) =>
        {
            await using var counting = cancellation.Register(() => Interlocked.Increment(ref cancelled));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Ok;
        });
        rig.Run();
        await rig.HandleAsync(Items("1"));
        await rig.HandleAsync(Message(Readings("a")));
        Assert.Equal(0, cancelled);
        await AdvanceUntil(rig, () => Total(rig, "failed") == 1);

        Assert.Equal(2, cancelled);
        Assert.Contains(
            rig.Log.Lines,
            line => line.Level == LogLevel.Error && line.Text == "Calling buzz of Actuator for action-1 failed 2 times: There was no answer within 6 s.");
    }

    [Fact]
    public async Task HandleAsync_FirstTryFails_TriesOnceMoreAfterASecond()
    {
        var tries = 0;
        await using var rig = Rig((_, _) => ++tries == 1 ? Task.FromResult(new MethodResponse(404, null)) : Task.FromResult(Ok));
        rig.Run();
        await rig.HandleAsync(Items("1"));
        await Waiting.ForAsync(
            () => rig.Log.Lines.Any(line => line.Text == "Calling buzz of Actuator for action-1 failed: The answer has status 404. Trying again in 1 s."), "the first try is told");
        Assert.Equal(1, tries);
        await AdvanceUntil(rig, () => Total(rig, "done") == 1);

        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task HandleAsync_GatewayRefusesTwice_CountsFailed()
    {
        await using var rig = Rig((_, _) => throw new HttpRequestException("The gateway is not there."));
        rig.Run();
        await rig.HandleAsync(Items("1"));
        await AdvanceUntil(rig, () => Total(rig, "failed") == 1);

        Assert.Equal(0, Total(rig, "done"));
    }

    [Fact]
    public async Task HandleAsync_MoreThanMayWait_RefusesTheRestInTheSameRecord()
    {
        var open = new TaskCompletionSource();
        var calls = 0;
        await using var rig = Rig(async (_, cancellation) =>
        {
            Interlocked.Increment(ref calls);
            await open.Task.WaitAsync(cancellation);
            return Ok;
        });
        rig.Run();
        await rig.HandleAsync(Items([.. Enumerable.Range(0, 60).Select(i => $"{i}")]));
        await rig.HandleAsync(Items([.. Enumerable.Range(60, 10).Select(i => $"{i}")]));
        Assert.Equal(new LedgerEntry("actions", "refused", 6), Assert.Single(rig.Store.Records[^1].Ledger!, entry => entry.Counter == "actions"));
        open.SetResult();
        await CountedAsync(rig, "done", 64);
        await rig.HandleAsync(Items("more"));
        await CountedAsync(rig, "done", 65);

        Assert.Equal((6, 65), (Total(rig, "refused"), calls));
    }

    [Fact]
    public async Task HandleAsync_CallsToOneModule_KeepTheirOrderAndDoNotHoldUpAnother()
    {
        var first = new TaskCompletionSource<MethodResponse>();
        var calls = new ConcurrentQueue<string>();
        await using var rig = new PumpRig();
        Answer(rig, (module, request, _) =>
        {
            calls.Enqueue($"{module} {request.Payload!["alertId"]}");
            return calls.Count == 1 ? first.Task : Task.FromResult(Ok);
        });
        rig.Module.Items = (items, _) => ModuleResult.None with
        {
            Actions = [.. items.Select(item => new MethodAction($"{item["id"]}", (string)item["to"]!, "buzz", new JObject { ["alertId"] = item["id"] }))],
        };
        rig.Run();
        await rig.HandleAsync(Message("""[{"id":1,"to":"A"}]""", input: "commands"));
        await Waiting.ForAsync(() => calls.Count == 1, "the first call runs");
        await rig.HandleAsync(Message("""[{"id":2,"to":"A"},{"id":3,"to":"B"}]""", input: "commands"));
        await CountedAsync(rig, "done", 1);
        Assert.Equal(["A 1", "B 3"], calls);
        first.SetResult(Ok);
        await CountedAsync(rig, "done", 3);

        Assert.Equal(["A 1", "B 3", "A 2"], calls);
    }

    [Fact]
    public async Task RunAsync_StopWhileCallsWait_GivesThemUpCountsAndTellsThem()
    {
        var before = Rig(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Ok;
        });
        before.Run();
        await before.HandleAsync(Items("1", "2"));
        await before.StopAsync();
        before.Pump.SaveBooks();

        Assert.Equal(2, before.Log.Lines.Count(line => line.Text.StartsWith("Gave up calling buzz of Actuator for action-", StringComparison.Ordinal)));
        await using var rig = await before.Restarted();
        await rig.Run().Pump.OnLoopAsync(() => Task.FromResult(true));
        Assert.Equal(2, Total(rig, "failed"));
    }

    [Fact]
    public async Task Restart_CrashAfterAnOutcome_TheBooksHaveIt()
    {
        var before = Rig((_, _) => Task.FromResult(Ok));
        before.Run();
        await before.HandleAsync(Items("1"));
        await CountedAsync(before, "done", 1);
        await using var rig = await before.Restarted();
        await rig.Run().Pump.OnLoopAsync(() => Task.FromResult(true));

        Assert.Equal(1, Total(rig, "done"));
    }

    [Fact]
    public async Task HandleAsync_SameMessageAgain_DoesNotCallAgain()
    {
        var calls = 0;
        await using var rig = Rig((_, _) =>
        {
            calls++;
            return Task.FromResult(Ok);
        });
        rig.Run();
        for (var i = 0; i < 2; i++) await rig.HandleAsync(Items("1"));
        await CountedAsync(rig, "done", 1);

        Assert.Equal(1, calls);
    }

    private static PumpRig Rig(Func<MethodRequest, CancellationToken, Task<MethodResponse>> answer)
    {
        var rig = new PumpRig();
        Answer(rig, (_, request, cancellation) => answer(request, cancellation));
        rig.Module.Items = (items, _) => ModuleResult.None with
        {
            Actions = [.. items.Select(item => new MethodAction($"action-{item["id"]}", "Actuator", "buzz", new JObject { ["alertId"] = item["id"] }))],
        };
        return rig;
    }

    private static void Answer(PumpRig rig, Func<string, MethodRequest, CancellationToken, Task<MethodResponse>> answer) =>
        rig.Client.Setup(client => client.InvokeMethodAsync(It.IsAny<string>(), It.IsAny<MethodRequest>(), TimeSpan.FromSeconds(5), It.IsAny<CancellationToken>()))
            .Returns<string, MethodRequest, TimeSpan, CancellationToken>((module, request, _, cancellation) => answer(module, request, cancellation));

    private static InboundMessage Items(params string[] ids) =>
        Message(new JArray(ids.Select(id => new JObject { ["id"] = id })).ToString(Newtonsoft.Json.Formatting.None), input: "commands");

    /// <summary>As saved: what is only in memory would be lost.</summary>
    private static long Total(PumpRig rig, string outcome) => rig.Pump.SavedBooks.SingleOrDefault(entry => entry.Counter == "actions" && entry.Reason == outcome).Readings;

    private static Task CountedAsync(PumpRig rig, string outcome, long calls) => Waiting.ForAsync(() => Total(rig, outcome) == calls, $"{calls} calls are {outcome}");

    private static Task AdvanceUntil(PumpRig rig, Func<bool> condition) => Waiting.ForAsync(
        () =>
        {
            if (!condition()) rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "the clock has come far enough");
}
