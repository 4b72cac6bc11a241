using System.Text;
using EdgeSimulator.Hub;

namespace EdgeSimulator.Tests.Hub;

/// <summary>Messages that the user puts on an input.</summary>
public sealed class SendTests
{
    private static readonly Dictionary<string, string> Routes = new()
    {
        ["a"] = "FROM /messages/modules/source/outputs/out INTO BrokeredEndpoint(\"/modules/filter/inputs/in\")",
        ["b"] = "FROM /messages/* INTO $upstream",
    };

    [Fact]
    public async Task Send_ModuleThatIsConnected_ReceivesItWithTheSimulatorAsSender()
    {
        await using var hub = await TestHub.StartAsync(Routes);
        await using var module = await hub.ConnectAsync("filter");
        await module.SubscribeAsync($"devices/{TestHub.Device}/modules/filter/#");
        var id = hub.Hub.Send("filter", "in", Message("[1,2,3]", 3, KeyValuePair.Create("priority", "critical")));
        var received = await module.ReceiveAsync();
        Assert.Equal("[1,2,3]", received.Body);
        Assert.Equal(
            $"devices/{TestHub.Device}/modules/filter/inputs/in/"
            + $"priority=critical&count=3&%24.cdid={TestHub.Device}&%24.cmid=%24edgeSimulator&%24.mid={id}&%24.ct=application%2Fjson&%24.ce=utf-8",
            received.Topic);
        await Eventually.IsTrueAsync(() => hub.Input("filter", "in").AcknowledgedReadings == 3);
        Assert.Equal((3, 0), (hub.Output(InjectedMessage.Sender, "").AcceptedReadings, hub.Output(InjectedMessage.Sender, "").UnroutedReadings));
        Assert.Empty(hub.ReadCloud());
    }

    [Fact]
    public async Task Send_ModuleThatIsAway_IsQueuedAndSurvivesACrash()
    {
        await using var hub = await TestHub.StartAsync(Routes);
        hub.Hub.Send("filter", "in", Message("[1,2,3]", 3));
        await hub.CrashAsync();
        Assert.Equal((1, 3), (hub.Input("filter", "in").QueuedMessages, hub.Input("filter", "in").QueuedReadings));
    }

    [Fact]
    public async Task Send_SameBodyTwice_IsTwoMessages()
    {
        await using var hub = await TestHub.StartAsync(Routes);
        Assert.NotEqual(hub.Hub.Send("filter", "in", Message("1", 1)), hub.Hub.Send("filter", "in", Message("1", 1)));
        Assert.Equal((2, 0), (hub.Input("filter", "in").QueuedReadings, hub.Output(InjectedMessage.Sender, "").RepeatedReadings));
    }

    [Theory]
    [InlineData("filter", "other")]
    [InlineData("source", "in")]
    [InlineData("filter", "IN")]
    public async Task Send_InputThatNoRouteLeadsTo_IsRefusedWithThoseThereAre(string module, string input)
    {
        await using var hub = await TestHub.StartAsync(Routes);
        var error = Assert.Throws<SimulatorException>(() => hub.Hub.Send(module, input, Message("1", 1)));
        Assert.Equal($"No route leads to the input {module}/{input}; the inputs are filter/in.", error.Message);
    }

    [Theory]
    [InlineData("count", "The property count is set by the simulator: it says how many readings the body holds.")]
    [InlineData("", "A property has no name; it must have one.")]
    [InlineData("$.mid", "The property $.mid is one of the system; application properties have other names.")]
    [InlineData("iothub-operation", "The property iothub-operation is one of the system; application properties have other names.")]
    public async Task Send_PropertyThatIsNotTheUsers_IsRefused(string name, string message)
    {
        await using var hub = await TestHub.StartAsync(Routes);
        Assert.Equal(message, Assert.Throws<SimulatorException>(() => hub.Hub.Send("filter", "in", Message("1", 1, KeyValuePair.Create(name, "x")))).Message);
        Assert.Equal(0, hub.Input("filter", "in").AcceptedReadings);
    }

    [Fact]
    public async Task Send_MessageOverTheLimit_IsRefusedAndNotCounted()
    {
        await using var hub = await TestHub.StartAsync(Routes);
        var error = Assert.Throws<SimulatorException>(() => hub.Hub.Send("filter", "in", Message(new string('1', 262_144), 1)));
        Assert.Matches("^The message has 262[0-9]{3} bytes with its properties and what the hub adds; edgeHub takes at most 262144.$", error.Message);
        Assert.Equal(0, hub.Input("filter", "in").AcceptedReadings);
    }

    private static InjectedMessage Message(string body, long readings, params KeyValuePair<string, string>[] properties) =>
        new(Encoding.UTF8.GetBytes(body), readings, properties);
}
