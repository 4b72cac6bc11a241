using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using Newtonsoft.Json;
using static EdgeModules.Hosting.Tests.Pump.PumpRig;

namespace EdgeModules.Hosting.Tests.Pump;

/// <summary>Messages that are taken whole.</summary>
public sealed class MessageInputTests
{
    [Theory]
    [InlineData(7, 7)]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(null, 1)]
    public async Task HandleAsync_Message_IsGivenWholeWithItsIdAndCount(int? declared, int counted)
    {
        await using var rig = new PumpRig();
        await rig.Run().HandleAsync(Message("{no JSON", id: "m", input: "anything", count: declared));

        Assert.Equal([$"m:{counted}:7B6E6F204A534F4E"], rig.Module.State);
        Assert.Equal((counted, counted), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("forwarded")));
        Assert.Equal("{no JSON", Assert.Single(rig.Hub).Body);
    }

    [Fact]
    public async Task HandleAsync_MessageWithoutAnId_GetsOneThatFollowsFromIt()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(new InboundMessage("anything", "1"u8.ToArray(), new Dictionary<string, string>()));
        await rig.HandleAsync(new InboundMessage("anything", "2"u8.ToArray(), new Dictionary<string, string>()));
        await rig.HandleAsync(new InboundMessage("anything", "1"u8.ToArray(), new Dictionary<string, string>()));

        Assert.Equal(2, rig.Module.State.Distinct().Count());
        Assert.All(rig.Module.State, state => Assert.Equal(32, state.IndexOf(':')));
        Assert.Equal((2, 1), (rig.Pump.Ledger.Total("received"), rig.Pump.Ledger.Total("redelivered")));
    }

    [Fact]
    public async Task HandleAsync_ModuleFailsOnAMessage_DropsItAndGoesOn()
    {
        await using var rig = new PumpRig();
        rig.Run();
        await rig.HandleAsync(Message("1", id: "bomb", input: "anything", count: 5));
        await rig.HandleAsync(Message("2", id: "good", input: "anything", count: 5));

        Assert.Equal("""{"dropped":{"moduleError":5},"forwarded":5,"received":10,"sent":{"out":5}}""", rig.Pump.Ledger.ToJson().ToString(Formatting.None));
    }

    [Fact]
    public void WireProperties_BodyThatIsCompressed_SaySoOnce()
    {
        var message = new OutboundMessage
        {
            Output = "out", Body = default, Count = 1, MessageType = "batch", Properties = new Dictionary<string, string> { [SystemProperties.ContentEncoding] = "gzip" },
        };

        Assert.Equal(["gzip"], message.WireProperties().Where(property => property.Key == SystemProperties.ContentEncoding).Select(property => property.Value));
    }
}
