using System.Text;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Tests.Hub;

public sealed class DirectMethodTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("""{"pong":1}""", """{"pong":1}""")]
    [InlineData("", null)]
    public async Task Invoke_ReturnsTheAnswerOfTheModule(string answer, string? payload)
    {
        await using var hub = await TestHub.StartAsync();
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync("$iothub/methods/POST/#");
        var invocation = hub.Hub.InvokeMethodAsync("source", "ping", new JObject { ["n"] = 1 }, Timeout, CancellationToken.None);
        var request = await module.ReceiveAsync();
        Assert.Equal("""{"n":1}""", request.Body);
        Assert.StartsWith("$iothub/methods/POST/ping/?$rid=", request.Topic, StringComparison.Ordinal);
        await module.PublishAsync($"$iothub/methods/res/207/?$rid={request.Topic.Split('=')[1]}", Encoding.UTF8.GetBytes(answer));
        var result = await invocation.WithinDeadlineAsync();
        Assert.Equal((207, payload), (result.Status, result.Payload?.ToString(Newtonsoft.Json.Formatting.None)));
    }

    [Fact]
    public async Task Invoke_WhenNoAnswerComes_SaysSoAfterTheTimeout()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var module = await hub.ConnectAsync("source");
        await module.SubscribeAsync("$iothub/methods/POST/#");
        var invocation = hub.Hub.InvokeMethodAsync("source", "ping", null, Timeout, CancellationToken.None);
        Assert.Equal("null", (await module.ReceiveAsync()).Body);
        Assert.False(invocation.IsCompleted);
        clock.Advance(Timeout);
        var error = await Assert.ThrowsAsync<SimulatorException>(() => invocation.WithinDeadlineAsync());
        Assert.Equal("Module 'source' did not answer method 'ping' within 30 s.", error.Message);
    }

    [Fact]
    public async Task Invoke_WhenTheModuleCannotBeAsked_SaysSoAtOnce()
    {
        await using var hub = await TestHub.StartAsync();
        var away = await Assert.ThrowsAsync<SimulatorException>(
            () => hub.Hub.InvokeMethodAsync("source", "ping", null, Timeout, CancellationToken.None));
        Assert.Contains("not connected", away.Message, StringComparison.Ordinal);
        await using var module = await hub.ConnectAsync("source");
        var deaf = await Assert.ThrowsAsync<SimulatorException>(
            () => hub.Hub.InvokeMethodAsync("source", "ping", null, Timeout, CancellationToken.None));
        Assert.Contains("has not subscribed to direct methods", deaf.Message, StringComparison.Ordinal);
    }
}
