using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using EdgeModules.Testing.Crashing;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>
/// kill -9 at every point of a message's way. After the restart the logic has run exactly once for each message, every output is at the hub at least once and
/// always with the same id and bytes, and the books count everything once.
/// </summary>
public sealed class MessagePumpCrashTests
{
    private static readonly string Mixed = $"[{Reading("b1")},5,{Reading("b2")}]";

    public static TheoryData<bool, CrashPoint, int> Points()
    {
        var points = new TheoryData<bool, CrashPoint, int>();
        foreach (var isOnDisk in (bool[])[false, true])
        {
            points.Add(isOnDisk, CrashPoint.BeforeSave, 1);
            points.Add(isOnDisk, CrashPoint.InSave, 1);
            points.Add(isOnDisk, CrashPoint.AfterSave, 1);
            for (var send = 1; send <= 3; send++)
            {
                points.Add(isOnDisk, CrashPoint.BeforeSend, send);
                points.Add(isOnDisk, CrashPoint.AfterSend, send);
            }

            points.Add(isOnDisk, CrashPoint.InAcknowledgement, 1);
        }

        return points;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Restart_CrashAtThatPoint_RunsTheLogicOnceAndSendsEverything(bool isOnDisk, CrashPoint point, int number)
    {
        await using var host = Host(isOnDisk ? new LiteDbVolume() : new MemoryVolume());
        await host.StartAsync();
        Assert.True(await host.DeliverAsync(Message(Readings("a"), id: "a")));
        host.CrashAt(new Crash(point, number));
        Assert.False(await host.DeliverAsync(Message(Mixed, id: "b", count: 3)));

        Assert.True(await host.StartAsync());
        Assert.True(await host.DeliverAsync(Message(Mixed, id: "b", count: 3)));
        Assert.True(await host.DeliverAsync(Message(Readings("c"), id: "c")));

        Assert.Equal(["a", "b1", "b2", "c"], await StateOf(host));
        var byId = host.Sent.Select(Sent.Of).GroupBy(sent => sent.Id).ToList();
        Assert.Equal(5, byId.Count);
        Assert.All(byId, repeats => Assert.Single(repeats.Distinct()));
        Assert.Equal(
            [Reading("a"), Reading("b1"), Reading("b2"), "invalid", Reading("c")],
            byId.Select(sent => sent.First().Output == "invalid" ? "invalid" : sent.First().Body));
        var ledger = await host.AskAsync((_, ledger) => ledger);
        Assert.Equal((5, 4, 1), (ledger.Total("received"), ledger.Total("forwarded"), ledger.Total("invalid", "notAReading")));
        Assert.Equal((4, 1), (ledger.Total("sent", "out"), ledger.Total("sent", "invalid")));
        Assert.Equal(point is CrashPoint.BeforeSave or CrashPoint.InSave ? 0 : 3, ledger.Total("redelivered"));
    }

    [Fact]
    public async Task Restart_CrashWhileSendingAgain_SendsTheRestAfterTheNextOne()
    {
        await using var host = Host(new MemoryVolume());
        await host.StartAsync();
        host.CrashAt(new Crash(CrashPoint.AfterSend));
        Assert.False(await host.DeliverAsync(Message(Readings("a", "b", "c"), id: "m")));
        for (var i = 0; i < 3; i++)
        {
            host.CrashAt(new Crash(CrashPoint.BeforeSend, Number: 2));
            Assert.False(await host.StartAsync());
        }

        Assert.True(await host.StartAsync());
        Assert.True(await host.DeliverAsync(Message(Readings("d"), id: "n")));

        Assert.Equal(["a", "b", "c", "d"], await StateOf(host));
        Assert.Equal(["a", "b", "c", "d"], host.Sent.Select(Sent.Of).Select(sent => sent.Body).Distinct().Select(body => body.Split('"')[3]));
    }

    [Theory]
    [InlineData(CrashPoint.BeforeSave)]
    [InlineData(CrashPoint.AfterSave)]
    public async Task Restart_CrashAtTheSnapshot_KnowsStateBooksAndKeys(CrashPoint point)
    {
        await using var host = Host(new MemoryVolume(), compactAfter: 5);
        await host.StartAsync();
        for (var i = 0; i < 4; i++) Assert.True(await host.DeliverAsync(Message(Readings($"d{i}"), id: $"m{i}")));
        // The fifth record, and the snapshot in the place of the five.
        host.CrashAt(new Crash(point, Number: 2));
        Assert.False(await host.DeliverAsync(Message(Readings("d4"), id: "m4")));

        await host.StartAsync();
        for (var i = 0; i < 6; i++) Assert.True(await host.DeliverAsync(Message(Readings($"d{i}"), id: $"m{i}", count: 1)));

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"d{i}"), await StateOf(host));
        var ledger = await host.AskAsync((_, ledger) => ledger);
        Assert.Equal((6, 5), (ledger.Total("received"), ledger.Total("redelivered")));
    }

    [Fact]
    public async Task Handle_SavesAndSendsFailForAWhile_SendsTheSameAgain()
    {
        await using var host = Host(new MemoryVolume());
        await host.StartAsync();
        host.FailSaves(2);
        host.FailSends(3);
        host.LoseAnswers(1);
        Assert.True(await host.DeliverAsync(Message(Readings("a", "b"), id: "m")));

        Assert.Equal(["a", "a", "b"], host.Sent.Select(Sent.Of).Select(sent => sent.Body.Split('"')[3]));
        Assert.Equal(2, host.Sent.Select(sent => sent.MessageId).Distinct().Count());
        // A second's pause behind each of the six.
        Assert.Equal(Start.AddSeconds(6), host.Now);
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

    /// <summary>What a message left half done is on disk before anything stands on it.</summary>
    [Fact]
    public async Task Restart_AfterAMessageThatFailedHalfWay_KnowsWhatItLeft()
    {
        var before = new PumpRig();
        before.Module.Items = (_, _) =>
        {
            before.Module.State.Add("half");
            throw new InvalidOperationException("Bang.");
        };
        before.Run();
        await before.HandleAsync(Message(Readings("a"), id: "1"));
        await before.HandleAsync(Message("""{"id":1}""", id: "2", input: "scores"));
        await before.HandleAsync(Message(Readings("b"), id: "3"));
        Assert.Equal(["a", "half", "b"], before.Module.State);

        await using var rig = await before.Restarted();
        rig.Run();
        await rig.HandleAsync(Message(Readings("c"), id: "4"));

        Assert.Equal(["a", "half", "b", "c"], rig.Module.State);
        Assert.Equal(1, rig.Pump.Ledger.Total("dropped", "moduleError"));
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

    private static CrashingHost<CountingSettings> Host(Volume volume, int compactAfter = int.MaxValue) =>
        new(() => new CountingModule(), [], volume, Start, compactAfter);

    private static Task<List<string>> StateOf(CrashingHost<CountingSettings> host) => host.AskAsync((module, _) => ((CountingModule)module).State.ToList());
}
