using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>Messages whose items are no readings.</summary>
public sealed class ItemTests
{
    [Theory]
    [InlineData("""{"id":1}""", "1")]
    [InlineData("""[{"id":1},{"id":2}]""", "1 2")]
    [InlineData("[]", "")]
    public async Task HandleAsync_Items_AreGivenWithTheirInput(string body, string ids)
    {
        await using var rig = new PumpRig();
        await rig.Run().HandleAsync(Message(body, input: "scores"));

        var seen = ids.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(seen.Select(id => $"scores:{id}"), rig.Module.State);
        Assert.Equal(seen.Length, rig.Pump.Ledger.Total("received"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HandleAsync_ItemsThatCannotBeRead_AreCountedByReasonAndSentApart(bool emits)
    {
        await using var rig = new PumpRig();
        rig.Settings.Apply(new JObject { ["$version"] = 1, ["emitInvalid"] = emits });
        await rig.Run().HandleAsync(Message("""[{"id":1},5,{"id":2},"x"]""", input: "commands", count: 99));
        var invalid = rig.Hub.Where(sent => sent.Output == "invalid").SelectMany(sent => JArray.Parse(sent.Body)).ToList();

        Assert.Equal(["commands:1", "commands:2"], rig.Module.State);
        Assert.Equal((4, 2), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("invalid", "notAnObject")));
        Assert.Equal(emits ? ["$[1]", "$[3]"] : [], invalid.Select(item => (string?)item["path"]));
    }

    [Fact]
    public async Task HandleAsync_BodyOfItemsThatIsNoJson_CountsWhatItsSenderDeclared()
    {
        await using var rig = new PumpRig();
        await rig.Run().HandleAsync(Message("""[{"id":1},{]""", input: "commands", count: 7));

        Assert.Empty(rig.Module.State);
        Assert.Equal((7, 7), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("invalid", "notJson")));
    }

    [Fact]
    public async Task HandleAsync_ItemsThatTheModuleRejects_AreInvalidWithTheirPlace()
    {
        await using var rig = new PumpRig();
        rig.Module.Items = (items, context) =>
        {
            context.Ledger.Count("evaluated", items.Count - 2);
            return ModuleResult.None with
            {
                Rejected =
                [
                    new RejectedItem(0, InvalidReasons.MissingProperty, "action", "It is absent; it must be there."),
                    new RejectedItem(2, InvalidReasons.WrongType, "", "It is odd."),
                ],
            };
        };
        await rig.Run().HandleAsync(Message("""[{"id":1}, 7, {"id":2}, {"id":3}]""", input: "commands"));
        var invalid = JArray.Parse(Assert.Single(rig.Hub).Body);

        Assert.Equal(
            """[["$[1]","notAnObject",7],["$[0].action","missingProperty",{"id":1}],["$[3]","wrongType",{"id":3}]]""",
            new JArray(invalid.Select(item => new JArray(item["path"]!, item["reason"]!, item["reading"]!))).ToString(Formatting.None));
        var ledger = rig.Pump.Ledger;
        Assert.Equal((4, 1), (ledger.Total("received"), ledger.Total("evaluated")));
        Assert.Equal((1, 1, 1), (ledger.Total("invalid", "notAnObject"), ledger.Total("invalid", "missingProperty"), ledger.Total("invalid", "wrongType")));
    }

    [Fact]
    public async Task HandleAsync_SameItemsAgain_AreOnlyCounted()
    {
        await using var rig = new PumpRig();
        rig.Run();
        for (var i = 0; i < 2; i++) await rig.HandleAsync(Message("""{"id":1}""", id: "m", input: "commands", count: 1));
        await rig.HandleAsync(Message("""{"id":1}""", id: "m", input: "scores", count: 1));

        Assert.Equal(["commands:1", "scores:1"], rig.Module.State);
        Assert.Equal((2, 1), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("redelivered")));
    }

    [Fact]
    public async Task HandleAsync_ModuleFailsOnItems_DropsThemAndGoesOn()
    {
        await using var rig = new PumpRig();
        rig.Module.Items = (_, _) => ModuleResult.None with { Rejected = [new RejectedItem(9, InvalidReasons.WrongType, "", "There is no such item.")] };
        rig.Run();
        await rig.HandleAsync(Message("""[{"id":1},{"id":2}]""", input: "commands", count: 2));
        await rig.HandleAsync(Message(Readings("a")));

        Assert.Equal("""{"dropped":{"moduleError":2},"forwarded":1,"received":3,"sent":{"out":1}}""", rig.Pump.Ledger.ToJson().ToString(Formatting.None));
    }

    [Fact]
    public async Task HandleAsync_ModuleGivesTooLongAnId_IsShortenedAlike()
    {
        await using var rig = new PumpRig();
        rig.Module.Items = (items, _) => new ModuleResult(
            [.. items.Select(item => new OutboundMessage { Output = "out", Body = "[]"u8.ToArray(), Count = 0, MessageType = "x", MessageId = $"{new string('i', 200)}{item["id"]}" })]);
        await rig.Run().HandleAsync(Message("""[{"id":1},{"id":2},{"id":1}]""", input: "commands"));
        var ids = rig.Hub.Select(sent => sent.Id!).ToList();

        Assert.All(ids, id => Assert.Equal(128, id.Length));
        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
    }
}
