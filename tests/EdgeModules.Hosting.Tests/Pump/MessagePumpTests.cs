using System.Collections.Concurrent;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using EdgeModules.Testing;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>The way of one message: module, store, hub, acknowledgement.</summary>
public sealed class MessagePumpTests
{
    [Fact]
    public async Task HandleAsync_Readings_AreSavedThenSentThenAcknowledged()
    {
        await using var rig = new PumpRig();
        var events = new ConcurrentQueue<string>();
        rig.Run();
        rig.Store.AfterWrite = () => events.Enqueue("saved");
        rig.AfterSend = message => events.Enqueue($"sent {message.Output}");
        await rig.HandleAsync(Message(Readings("a", "b")));
        events.Enqueue("acknowledged");

        Assert.Equal(["saved", "sent out", "sent out", "acknowledged"], events);
    }

    [Fact]
    public async Task HandleAsync_Readings_SavesKeyStateBooksAndOutboxInOneRecord()
    {
        await using var rig = new PumpRig();
        var message = Message(Readings("a", "b"), id: "m1");
        await rig.Run().HandleAsync(message);
        var record = Assert.Single(rig.Store.Records);

        Assert.Equal([("readings", MessageKey.Of(message))], record.Messages);
        Assert.Equal("a b"u8.ToArray(), record.StateChange.ToArray());
        Assert.Equal([new("forwarded", "", 2), new("received", "", 2), new("sent", "out", 2)], record.Ledger!);
        Assert.Equal(rig.Hub, record.Outbox.Select(Sent.Of));
    }

    [Fact]
    public async Task HandleAsync_SameMessageOnAnotherGateway_GivesTheSameIds()
    {
        await using var first = new PumpRig();
        await using var second = new PumpRig();
        await second.Run().HandleAsync(Message(Readings("x"), id: "m0"));
        second.Hub.Clear();
        await first.Run().HandleAsync(Message(Readings("a", "b"), id: "m1"));
        await second.HandleAsync(Message(Readings("a", "b"), id: "m1"));

        Assert.Equal(first.Hub, second.Hub);
        Assert.Equal(2, first.Hub.Select(sent => sent.Id).Distinct().Count());
        Assert.All(first.Hub, sent => Assert.InRange(sent.Id!.Length, 1, 128));
    }

    [Theory]
    [InlineData("m1")]
    [InlineData(null)]
    public async Task HandleAsync_SameMessageAgain_IsAcknowledgedAndOnlyCounted(string? id)
    {
        await using var rig = new PumpRig();
        rig.Run();
        for (var i = 0; i < 3; i++) await rig.HandleAsync(Message(Readings("a", "b"), id, count: 2));

        Assert.Equal(["a", "b"], rig.Module.State);
        Assert.Equal(2, rig.Hub.Count);
        Assert.Equal((2, 4), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("redelivered")));
    }

    [Fact]
    public async Task HandleAsync_MessagesThatDifferInIdSenderInputOrBody_AreAllHandled()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(Message(Readings("a"), id: "m1"));
        await rig.HandleAsync(Message(Readings("a"), id: "m2"));
        await rig.HandleAsync(Message(Readings("a"), id: "m1", sender: "other"));
        await rig.HandleAsync(Message(Readings("a")));
        await rig.HandleAsync(Message(Readings("b")));
        await rig.HandleAsync(Message(Readings("a"), sender: "other"));

        Assert.Equal(["a", "a", "a", "a", "b", "a"], rig.Module.State);
        Assert.Equal(6, rig.Hub.Select(sent => sent.Id).Distinct().Count());
    }

    [Fact]
    public async Task HandleAsync_SendFails_SendsTheSameAgainAfterAPause()
    {
        await using var rig = new PumpRig();
        var attempts = new ConcurrentQueue<Sent>();
        rig.BeforeSend = (message, _) =>
        {
            attempts.Enqueue(Sent.Of(message));
            return attempts.Count <= 3 ? Task.FromException(new InvalidOperationException("The hub is not well.")) : Task.CompletedTask;
        };
        var handled = rig.Run().HandleAsync(Message(Readings("a")));
        for (var seen = 1; seen <= 3; seen++)
        {
            await Waiting.ForAsync(() => rig.Log.Lines.Count(line => line.Level == LogLevel.Error) == seen, "the failure is logged");
            Assert.False(handled.IsCompleted);
            await AdvanceUntil(rig, () => attempts.Count > seen);
        }

        await handled;
        Assert.Equal(4, attempts.Count);
        Assert.Single(attempts.Distinct());
        Assert.Equal(["a"], rig.Module.State);
        Assert.Single(rig.Store.Records);
    }

    [Fact]
    public async Task HandleAsync_DiskIsFullForAWhile_NothingIsSentUntilItIsSaved()
    {
        await using var rig = new PumpRig();
        var failures = 0;
        rig.Run();
        rig.Store.BeforeWrite = () =>
        {
            if (++failures <= 5) throw new IOException("No space left on device.");
        };
        var handled = rig.HandleAsync(Message(Readings("a")));
        await Waiting.ForAsync(() => failures == 1, "the first attempt to save");
        Assert.Empty(rig.Hub);
        Assert.False(handled.IsCompleted);
        await AdvanceUntil(rig, () => handled.IsCompleted);

        await handled;
        Assert.Equal(["a"], rig.Module.State);
        Assert.Equal(1, rig.Pump.Ledger.Total("received"));
        Assert.Single(rig.Hub);
        Assert.Equal(5, rig.Log.Lines.Count(line => line.Text == "Cannot save, so nothing is sent or acknowledged: No space left on device. Next attempt in 1 s."));
    }

    [Fact]
    public async Task HandleAsync_ModuleFails_DropsTheMessageWithAReasonAndGoesOn()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(Message($"[{Reading("a")},{Reading("bomb")},5]", id: "m1", count: 3));
        await rig.HandleAsync(Message(Readings("b"), id: "m2"));
        await rig.HandleAsync(Message($"[{Reading("a")},{Reading("bomb")},5]", id: "m1", count: 3));

        Assert.Equal(["b"], rig.Module.State);
        Assert.Equal(Reading("b"), Assert.Single(rig.Hub).Body);
        Assert.Equal(
            """{"dropped":{"moduleError":3},"forwarded":1,"received":4,"redelivered":3,"sent":{"out":1}}""",
            rig.Pump.Ledger.ToJson().ToString(Newtonsoft.Json.Formatting.None));
        Assert.Contains(rig.Log.Lines, line => line.Level == LogLevel.Error && line.Text.StartsWith("Dropped the message ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HandleAsync_InvalidReadings_AreCountedByReasonAndSentApart(bool emits)
    {
        await using var rig = new PumpRig();
        rig.Settings.Apply(new JObject { ["$version"] = 1, ["emitInvalid"] = emits });
        await rig.Run().HandleAsync(Message($$"""[{{Reading("a")}},5,{"deviceId":"x"},{{Reading("b")}},7]""", count: 99));
        var invalid = rig.Hub.Where(sent => sent.Output == "invalid").ToList();

        Assert.Equal(["a", "b"], rig.Module.State);
        Assert.Equal(emits ? 3 : 0, invalid.Sum(sent => sent.Count));
        Assert.All(invalid, sent => Assert.Equal(("invalid", Priorities.Low), (sent.Type, sent.Priority)));
        if (emits) Assert.Equal(["$[1]", "$[2].timestamp", "$[4]"], JArray.Parse(Assert.Single(invalid).Body).Select(item => (string?)item["path"]));
        Assert.Equal(
            (5, 2, 1), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("invalid", "notAReading"), rig.Pump.Ledger.Total("invalid", "missingTimestamp")));
        Assert.Equal(emits ? 3 : 0, rig.Pump.Ledger.Total("sent", "invalid"));
    }

    [Theory]
    [InlineData("not json", 40, 40)]
    [InlineData("not json", null, 1)]
    [InlineData("not json", 0, 0)]
    [InlineData("not json", -3, 1)]
    public async Task HandleAsync_BodyThatCannotBeRead_CountsWhatItsSenderDeclared(string body, int? declared, int counted)
    {
        await using var rig = new PumpRig();
        await rig.Run().HandleAsync(Message(body, count: declared));

        Assert.Equal((counted, counted), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("invalid", "notJson")));
        Assert.Equal("not json", (string?)JArray.Parse(Assert.Single(rig.Hub).Body)[0]["body"]);
    }

    [Fact]
    public async Task HandleAsync_InputThatTheModuleDoesNotHave_IsDroppedWithAReason()
    {
        await using var rig = new PumpRig();
        await rig.Run().HandleAsync(Message(Readings("a", "b"), input: "elsewhere", count: 2));

        Assert.Empty(rig.Hub);
        Assert.Equal((2, 2), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("dropped", "unknownInput")));
        Assert.Contains(rig.Log.Lines, line => line.Text == "Dropped a message: this module has no input elsewhere; it has readings, commands, scores, anything. Check the routes.");
    }

    [Fact]
    public async Task HandleAsync_EmptyArray_IsKnownAgainAllTheSame()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(Message("[]", id: "m1", count: 1));
        await rig.HandleAsync(Message("[]", id: "m1", count: 1));

        Assert.Equal(1, rig.Pump.Ledger.Total("redelivered"));
    }

    [Fact]
    public async Task HandleAsync_SeveralAtOnce_RunsThemOneByOneInOrder()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => rig.HandleAsync(Message(Readings($"d{i}")))));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"d{i}"), rig.Module.State);
        Assert.Equal(rig.Module.State.Select(Reading), rig.Hub.Select(sent => sent.Body));
    }

    /// <summary>Moves the clock on in seconds until something has happened: whoever waits may only begin to after the first of them.</summary>
    private static Task AdvanceUntil(PumpRig rig, Func<bool> condition) => Waiting.ForAsync(
        () =>
        {
            if (!condition()) rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "the pump goes on");
}
