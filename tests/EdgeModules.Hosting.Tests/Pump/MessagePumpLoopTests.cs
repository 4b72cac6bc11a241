using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Testing;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>Ticks, starts, and stops.</summary>
public sealed class MessagePumpLoopTests
{
    [Fact]
    public async Task RunAsync_TickIsDue_AsksTheModuleOnceAndSendsWhatItGives()
    {
        await using var rig = new PumpRig();
        rig.Module.NextTickAt = Start.AddSeconds(60);
        var ticks = new List<DateTimeOffset>();
        rig.Module.Tick = context =>
        {
            ticks.Add(context.Now);
            rig.Module.NextTickAt = null;
            context.Ledger.Count("windows", 1);
            return new ModuleResult([Output("window-1")], "w"u8.ToArray());
        };
        rig.Run();
        await rig.Pump.OnLoopAsync(() => Task.FromResult(true));
        rig.Clock.Advance(TimeSpan.FromSeconds(59));
        await rig.Pump.OnLoopAsync(() => Task.FromResult(true));
        Assert.Empty(ticks);
        await Advance(rig, TimeSpan.FromSeconds(1), () => !rig.Hub.IsEmpty);

        Assert.Equal([Start.AddSeconds(60)], ticks);
        Assert.Equal("window-1", Assert.Single(rig.Hub).Id);
        var record = Assert.Single(rig.Store.Records);
        Assert.Empty(record.Messages);
        Assert.Equal([new("sent", "out", 1), new("windows", "", 1)], record.Ledger!);
        Assert.Equal("w"u8.ToArray(), record.StateChange.ToArray());
    }

    [Fact]
    public async Task Wake_FromAnotherThread_HasTheModuleAskedAnewWithoutTimePassing()
    {
        await using var rig = new PumpRig();
        var ticks = 0;
        rig.Module.Tick = _ =>
        {
            ticks++;
            rig.Module.NextTickAt = null;
            return ModuleResult.None;
        };
        rig.Run();
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        await rig.Pump.OnLoopAsync(() => Task.FromResult(true));
        rig.Module.NextTickAt = Start;
        await Task.Run(rig.Module.WakeUp);
        await Waiting.ForAsync(() => Volatile.Read(ref ticks) == 1, "the module has ticked");
    }

    [Fact]
    public async Task RunAsync_NoTwinYet_TicksWaitTenSecondsForIt()
    {
        await using var rig = new PumpRig();
        var ticks = 0;
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ =>
        {
            ticks++;
            rig.Module.NextTickAt = null;
            return ModuleResult.None;
        };
        rig.Run(twinSeen: false);
        await rig.Pump.OnLoopAsync(() => Task.FromResult(true));
        Assert.Equal(0, ticks);

        await Advance(rig, TimeSpan.FromSeconds(10), () => ticks == 1);
    }

    [Fact]
    public async Task RunAsync_TwinArrives_TicksBegin()
    {
        await using var rig = new PumpRig();
        var ticked = false;
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ =>
        {
            ticked = true;
            rig.Module.NextTickAt = null;
            return ModuleResult.None;
        };
        rig.Run(twinSeen: false);
        await rig.Pump.OnLoopAsync(() => Task.FromResult(rig.Settings.Apply(new JObject { ["$version"] = 1 })));

        await Waiting.ForAsync(() => ticked, "the tick");
    }

    [Fact]
    public async Task RunAsync_NextTickInTheFarFuture_WaitsAndHandlesMessages()
    {
        await using var rig = new PumpRig();
        rig.Module.NextTickAt = DateTimeOffset.MaxValue;
        rig.Run();
        await rig.HandleAsync(Message(Readings("a")));
        rig.Clock.Advance(TimeSpan.FromDays(100));
        await rig.HandleAsync(Message(Readings("b")));

        Assert.Equal(["a", "b"], rig.Module.State);
    }

    [Fact]
    public async Task RunAsync_TickIsAlwaysDue_StillHandlesMessagesAndCompacts()
    {
        await using var rig = new PumpRig();
        var tick = 0;
        // Noise, of which no compression makes less.
        var random = new Random(1);
        var body = Convert.ToHexString(Enumerable.Range(0, 100_000).Select(_ => (byte)random.Next(256)).ToArray());
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ => new ModuleResult([Output($"t{tick++}", body)]);
        rig.Run();
        await rig.HandleAsync(Message(Readings("a")));
        await Waiting.ForAsync(() => rig.Store.Replacements > 0, "the journal is replaced by a snapshot");
        await rig.StopAsync();

        Assert.InRange(rig.Store.JournalBytes, 1, 6_000_000);
    }

    [Fact]
    public async Task RunAsync_TickGivesAMessageWithoutId_Fails()
    {
        var rig = new PumpRig();
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ => new ModuleResult([Output(null)]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Run().Running);
        Assert.Equal("A message of a tick for output out has no id; the module must give one.", error.Message);
    }

    [Fact]
    public async Task RunAsync_RecreatableOutputs_AreNotSavedButMadeAgainAfterACrash()
    {
        var crashing = new PumpRig();
        crashing.Module.NextTickAt = Start;
        crashing.Module.Tick = _ => new ModuleResult([Output("s1") with { Recreatable = true }, Output("kept")], "s"u8.ToArray());
        crashing.BeforeSend = (_, _) =>
        {
            crashing.Crash();
            return Task.CompletedTask;
        };
        crashing.Run();
        await crashing.Crashed;
        Assert.Equal(["kept"], crashing.Store.Records[^1].Outbox.Select(message => message.MessageId));

        await using var rig = await crashing.Restarted();
        rig.Module.Recreate = () =>
        {
            Assert.Equal(["s"], rig.Module.State);
            return [Output("s1") with { Recreatable = true }];
        };
        await rig.Run().HandleAsync(Message("[]"));

        Assert.Equal(["s1", "kept"], rig.Hub.Select(sent => sent.Id));
    }

    [Fact]
    public async Task RunAsync_Start_GivesTheSettingsAfterTheStateAndBeforeAnyMessage()
    {
        var before = new PumpRig().Run();
        before.Settings.Apply(new JObject { ["$version"] = 2, ["step"] = 7 });
        await before.HandleAsync(Message(Readings("a")));
        await using var rig = await before.Restarted();
        rig.Run(twinSeen: false);
        await rig.Pump.OnLoopAsync(() => Task.FromResult(true));

        Assert.Equal(["a"], rig.Module.State);
        Assert.Equal(7, Assert.Single(rig.Module.SettingsSeen).Step);
    }

    [Fact]
    public async Task RunAsync_StateOfALaterFormat_StartsWithoutStateAndSaysSo()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(Message(Readings("a"), "m1"));
        await using var next = await rig.Restarted();
        next.Store.Append([99]);
        next.Run();
        await next.HandleAsync(Message(Readings("b"), "m2"));
        await next.HandleAsync(Message(Readings("a"), "m1"));

        Assert.Equal(["b"], next.Module.State);
        Assert.Equal(2, next.Pump.Ledger.Total("received"));
        Assert.Equal(1, next.Pump.Ledger.Total("redelivered"));
        Assert.Contains(next.Log.Lines, line => line.Text.Contains("format 99", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_Stop_FinishesTheStepInHandAndNoOther()
    {
        await using var rig = new PumpRig();
        var sending = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        rig.BeforeSend = async (_, _) =>
        {
            sending.TrySetResult();
            await release.Task;
        };
        rig.Run();
        var inHand = rig.HandleAsync(Message(Readings("a")));
        await sending.Task.WaitAsync(Waiting.Deadline);
        var waiting = rig.HandleAsync(Message(Readings("b")));
        var stopped = rig.StopAsync();
        release.SetResult();
        await stopped;

        await inHand;
        Assert.Single(rig.Hub);
        Assert.Equal(["a"], rig.Module.State);
        await rig.AbandonAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.HandleAsync(Message(Readings("c"))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveBooks_StepWasAbandoned_LosesNoOutputAndCountsOnce(bool whileSaving)
    {
        var abandoned = new PumpRig();
        abandoned.Run();
        await abandoned.HandleAsync(Message(Readings("a"), id: "a"));
        var stuck = new TaskCompletionSource();
        if (whileSaving)
        {
            abandoned.Store.BeforeWrite = () =>
            {
                stuck.TrySetResult();
                throw new IOException("No space left on device.");
            };
        }
        else
        {
            abandoned.BeforeSend = (_, cancellation) =>
            {
                stuck.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            };
        }

        var unacknowledged = abandoned.HandleAsync(Message(Readings("b"), id: "b"));
        await stuck.Task.WaitAsync(Waiting.Deadline);
        await abandoned.AbandonAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unacknowledged);
        // There is room again by the time the service closes its books.
        abandoned.Store.BeforeWrite = static () => { };
        abandoned.Pump.SaveBooks();

        await using var rig = await abandoned.Restarted();
        await rig.Run().HandleAsync(Message(Readings("b"), id: "b"));

        Assert.Equal(["a", "b"], rig.Module.State);
        Assert.Equal([Reading("a"), Reading("b")], rig.Hub.Distinct().Select(sent => sent.Body));
        Assert.Equal((2, 2), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("sent", "out")));
    }

    [Fact]
    public async Task SaveBooks_StoppedBeforeTheStateWasRestored_ChangesNothing()
    {
        var first = new PumpRig().Run();
        first.BeforeSend = (_, _) =>
        {
            first.Crash();
            return Task.CompletedTask;
        };
        await Task.WhenAny(first.HandleAsync(Message(Readings("a"), id: "a")), first.Crashed);
        var second = await first.Restarted();
        second.Pump.SaveBooks();
        await using var rig = await second.Restarted();
        await rig.Run().HandleAsync(Message(Readings("b")));

        Assert.Equal(["a", "b"], rig.Hub.Select(sent => sent.Body.Split('"')[3]));
        Assert.Equal(2, rig.Pump.Ledger.Total("received"));
    }

    [Fact]
    public async Task SaveBooks_AfterRedeliveries_KeepsThemAndTheOutbox()
    {
        var before = new PumpRig().Run();
        for (var i = 0; i < 3; i++) await before.HandleAsync(Message(Readings("a"), id: "a", count: 1));
        await before.StopAsync();
        before.Pump.SaveBooks();
        await using var rig = await before.Restarted();
        await rig.Run().Pump.OnLoopAsync(() => Task.FromResult(true));

        Assert.Equal(2, rig.Pump.Ledger.Total("redelivered"));
        Assert.Single(rig.Hub);
    }

    [Fact]
    public async Task Reset_OnTheLoop_ForgetsStateButNotBooksOrKeys()
    {
        var before = new PumpRig().Run();
        await before.HandleAsync(Message(Readings("a"), id: "a", count: 1));
        await before.Pump.OnLoopAsync(() =>
        {
            before.Pump.Reset();
            return Task.FromResult(true);
        });
        await using var rig = await before.Restarted();
        await rig.Run().HandleAsync(Message(Readings("a"), id: "a", count: 1));

        Assert.Empty(rig.Module.State);
        Assert.Equal((1, 1), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("redelivered")));
    }

    [Fact]
    public async Task OnLoopAsync_ActionThrows_GivesTheErrorAndTheLoopGoesOn()
    {
        await using var rig = new PumpRig();
        rig.Run();

        await Assert.ThrowsAsync<FormatException>(() => rig.Pump.OnLoopAsync<bool>(() => throw new FormatException()));
        await rig.HandleAsync(Message(Readings("a")));
    }

    private static OutboundMessage Output(string? id, string text = "1") =>
        new() { Output = "out", Body = Encoding.UTF8.GetBytes(text), Count = 1, MessageType = "window", MessageId = id };

    private static Task Advance(PumpRig rig, TimeSpan step, Func<bool> condition) => Waiting.ForAsync(
        () =>
        {
            if (!condition()) rig.Clock.Advance(step);
            return condition();
        },
        "the tick");
}
