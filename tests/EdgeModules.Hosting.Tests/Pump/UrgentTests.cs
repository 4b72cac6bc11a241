using System.Collections.Concurrent;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Testing;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>Outputs that leave before the disk is asked.</summary>
public sealed class UrgentTests
{
    public static TheoryData<string> Points =>
    [
        "before send 1", "after send 1", "before saving", "after saving", "before send 2", "after send 2", "before send 3", "after send 3", "before acknowledging",
    ];

    [Fact]
    public async Task HandleAsync_Urgent_IsSentThenSavedThenTheRestIsSent()
    {
        await using var rig = Rig();
        var events = new ConcurrentQueue<string>();
        rig.Store.AfterWrite = () => events.Enqueue("saved");
        rig.AfterSend = message => events.Enqueue(message.MessageId!);
        await rig.Run().HandleAsync(Message("""{"id":1}""", input: "scores"));

        Assert.Equal(["saved", "command/1", "siren/1", "saved", "alert/1"], events);
        Assert.Equal(["command/1", "siren/1", "alert/1"], rig.Store.Records[^1].Outbox.Select(message => message.MessageId));
        Assert.Equal((2, 1), (rig.Pump.Ledger.Total("sent", "commands"), rig.Pump.Ledger.Total("sent", "alerts")));
    }

    [Fact]
    public async Task HandleAsync_HubIsAwayForTheUrgent_TheDiskDoesNotWaitAndEachIsSentOnce()
    {
        await using var rig = Rig();
        var back = new TaskCompletionSource();
        var attempts = 0;
        rig.BeforeSend = async (_, cancellation) =>
        {
            Interlocked.Increment(ref attempts);
            await back.Task.WaitAsync(cancellation);
        };
        var handled = rig.Run().HandleAsync(Message("""{"id":1}""", input: "scores"));
        await Waiting.ForAsync(() => rig.Store.Records.Count > 0, "saved while the hub is away");
        Assert.Empty(rig.Hub);
        Assert.False(handled.IsCompleted);
        back.SetResult();

        await handled;
        Assert.Equal(["command/1", "siren/1", "alert/1"], rig.Hub.Select(sent => sent.Id));
        Assert.Equal(3, attempts);
        Assert.Equal((2, 1), (rig.Pump.Ledger.Total("sent", "commands"), rig.Pump.Ledger.Total("sent", "alerts")));
    }

    [Fact]
    public async Task HandleAsync_DiskIsFull_TheUrgentIsAtTheHubAllTheSameAndOnce()
    {
        await using var rig = Rig();
        rig.Run();
        await rig.HandleAsync(Message("[]", input: "scores"));
        var failures = 0;
        rig.Store.BeforeWrite = () =>
        {
            if (++failures <= 3) throw new IOException("No space left on device.");
        };
        var handled = rig.HandleAsync(Message("""{"id":1}""", input: "scores"));
        await Waiting.ForAsync(() => rig.Hub.Count == 2, "the urgent ones are sent");
        Assert.False(handled.IsCompleted);
        await Waiting.ForAsync(
            () =>
            {
                if (!handled.IsCompleted) rig.Clock.Advance(TimeSpan.FromSeconds(1));
                return handled.IsCompleted;
            },
            "there is space again");

        Assert.Equal(["command/1", "siren/1", "alert/1"], rig.Hub.Select(sent => sent.Id));
    }

    /// <summary>
    /// kill -9 at every point: what was urgent is at the hub at least once, always with one id and the same bytes; the books count it once, and the logic's
    /// state has it once.
    /// </summary>
    [Theory]
    [MemberData(nameof(Points))]
    public async Task Restart_CrashAtThatPoint_RepeatsTheSameIdsAndCountsOnce(string point)
    {
        var crashing = Rig();
        crashing.Run();
        await crashing.HandleAsync(Message("[]", input: "scores"));
        var sends = 0;
        switch (point.Split(' '))
        {
            case ["before", "saving"]:
                crashing.Store.BeforeWrite = crashing.Crash;
                break;
            case ["after", "saving"]:
                crashing.Store.AfterWrite = crashing.Crash;
                break;
            case ["before", "send", var number]:
                crashing.BeforeSend = (_, _) =>
                {
                    if (++sends == int.Parse(number)) crashing.Crash();
                    return Task.CompletedTask;
                };
                break;
            case ["after", "send", var number]:
                crashing.AfterSend = _ =>
                {
                    if (++sends == int.Parse(number)) crashing.Crash();
                };
                break;
        }

        var unacknowledged = crashing.Pump.HandleAsync(Message("""{"id":1}""", id: "m", input: "scores"));
        await Task.WhenAny(unacknowledged, crashing.Crashed);

        await using var rig = Rig(await crashing.Restarted());
        await rig.Run().HandleAsync(Message("""{"id":1}""", id: "m", input: "scores"));

        Assert.Equal(["scores:1"], rig.Module.State);
        var byId = rig.Hub.GroupBy(sent => sent.Id!).ToList();
        Assert.Equal(["alert/1", "command/1", "siren/1"], byId.Select(repeats => repeats.Key).Order());
        Assert.All(byId, repeats => Assert.Single(repeats.Distinct()));
        Assert.Equal((2, 1), (rig.Pump.Ledger.Total("sent", "commands"), rig.Pump.Ledger.Total("sent", "alerts")));
        Assert.Equal(1, rig.Pump.Ledger.Total("received"));
    }

    [Fact]
    public async Task OnTick_Urgent_IsSentBeforeTheSaving()
    {
        await using var rig = new PumpRig();
        var events = new ConcurrentQueue<string>();
        rig.Module.NextTickAt = Start;
        rig.Module.Tick = _ =>
        {
            rig.Module.NextTickAt = null;
            return ModuleResult.None with { Urgent = [Output("commands", "tick/1")] };
        };
        rig.Settings.Apply(new Newtonsoft.Json.Linq.JObject { ["$version"] = 1 });
        rig.Store.AfterWrite = () => events.Enqueue("saved");
        rig.AfterSend = message => events.Enqueue(message.MessageId!);
        rig.Run();
        await Waiting.ForAsync(() => events.Count == 2, "the tick");

        Assert.Equal(["tick/1", "saved"], events);
    }

    /// <summary>Each item with an id gives a command and a siren, urgent, and an alert.</summary>
    private static PumpRig Rig(PumpRig? rig = null)
    {
        rig ??= new PumpRig();
        rig.Module.Items = (items, _) => new ModuleResult([.. items.Select(item => Output("alerts", $"alert/{item["id"]}"))])
        {
            Urgent = [.. items.SelectMany(item => new[] { Output("commands", $"command/{item["id"]}"), Output("commands", $"siren/{item["id"]}") })],
        };
        return rig;
    }

    private static OutboundMessage Output(string output, string id) =>
        new() { Output = output, Body = Encoding.UTF8.GetBytes($$"""{"for":"{{id}}"}"""), Count = 1, MessageType = "x", MessageId = id, Priority = "critical" };
}
