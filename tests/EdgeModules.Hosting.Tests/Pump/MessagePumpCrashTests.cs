using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>
/// kill -9 at every point of a message's way. After the restart the logic has run exactly once for each message, every output is at the hub at least once and
/// always with the same id and bytes, and the books count everything once.
/// </summary>
public sealed class MessagePumpCrashTests
{
    private static readonly string Mixed = $"[{Reading("b1")},5,{Reading("b2")}]";

    public static TheoryData<string> Points =>
    [
        "before saving", "after saving", "before send 1", "after send 1", "before send 2", "after send 2", "before send 3", "after send 3", "before acknowledging",
    ];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Restart_CrashAtThatPoint_RunsTheLogicOnceAndSendsEverything(string point)
    {
        var crashing = new PumpRig().Run();
        await crashing.HandleAsync(Message(Readings("a"), id: "a"));
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

        var unacknowledged = crashing.Pump.HandleAsync(Message(Mixed, id: "b", count: 3));
        await Task.WhenAny(unacknowledged, crashing.Crashed);
        Assert.Equal(point == "before acknowledging", unacknowledged.IsCompletedSuccessfully);

        await using var rig = await crashing.Restarted();
        rig.Run();
        await rig.HandleAsync(Message(Mixed, id: "b", count: 3));
        await rig.HandleAsync(Message(Readings("c"), id: "c"));

        Assert.Equal(["a", "b1", "b2", "c"], rig.Module.State);
        var byId = rig.Hub.GroupBy(sent => sent.Id).ToList();
        Assert.Equal(5, byId.Count);
        Assert.All(byId, repeats => Assert.Single(repeats.Distinct()));
        Assert.Equal(
            [Reading("a"), Reading("b1"), Reading("b2"), "invalid", Reading("c")],
            byId.Select(sent => sent.First().Output == "invalid" ? "invalid" : sent.First().Body));
        var ledger = rig.Pump.Ledger;
        Assert.Equal((5, 4, 1), (ledger.Total("received"), ledger.Total("forwarded"), ledger.Total("invalid", "notAReading")));
        Assert.Equal((4, 1), (ledger.Total("sent", "out"), ledger.Total("sent", "invalid")));
        Assert.Equal(point == "before saving" ? 0 : 3, ledger.Total("redelivered"));
    }

    [Fact]
    public async Task Restart_CrashWhileSendingAgain_SendsTheRestAfterTheNextOne()
    {
        var rig = new PumpRig().Run();
        rig.AfterSend = _ => rig.Crash();
        var first = rig.Pump.HandleAsync(Message(Readings("a", "b", "c"), id: "m"));
        await Task.WhenAny(first, rig.Crashed);
        for (var i = 0; i < 3; i++)
        {
            rig = await rig.Restarted();
            var sends = 0;
            var current = rig;
            rig.BeforeSend = (_, _) =>
            {
                if (++sends == 2) current.Crash();
                return Task.CompletedTask;
            };
            rig.Run();
            await Task.WhenAny(rig.Crashed, rig.Running);
        }

        await using var last = await rig.Restarted();
        await last.Run().HandleAsync(Message(Readings("d"), id: "n"));

        Assert.Equal(["a", "b", "c", "d"], last.Module.State);
        Assert.Equal(["a", "b", "c", "d"], last.Hub.Select(sent => sent.Body).Distinct().Select(body => body.Split('"')[3]));
    }

    [Fact]
    public async Task Restart_AfterCompaction_KnowsStateBooksAndKeys()
    {
        var before = new PumpRig().Run();
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            // Hexadecimal digits of noise compress to about half.
            var padding = Convert.ToHexString(Enumerable.Range(0, 60_000).Select(_ => (byte)random.Next(256)).ToArray());
            await before.HandleAsync(Message($$"""{"deviceId":"d{{i}}","timestamp":1,"t":1,"padding":"{{padding}}"}""", id: $"m{i}", count: 1));
        }

        Assert.Equal(1, before.Store.Replacements);

        await using var rig = await before.Restarted();
        rig.Run();
        for (var i = 40; i < 100; i++) await rig.HandleAsync(Message("{}", id: $"m{i}", count: 1));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"d{i}"), rig.Module.State);
        Assert.Equal((100, 60), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("redelivered")));
    }

    [Fact]
    public async Task Restart_MessageOlderThanTheKeysThatAreKept_IsHandledAgain()
    {
        await using var rig = new PumpRig();
        rig.Run();
        for (var i = 0; i < 65; i++) await rig.HandleAsync(Message("[]", id: $"m{i}"));
        await rig.HandleAsync(Message("[]", id: "m1", count: 1));
        await rig.HandleAsync(Message("[]", id: "m0", count: 1));

        Assert.Equal(1, rig.Pump.Ledger.Total("redelivered"));
    }
}
