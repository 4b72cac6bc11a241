using System.Text;
using EdgeSimulator.Hub;
using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public sealed class DataSpanTests : IDisposable
{
    private readonly FakeHub _hub = new();
    private readonly DataSpan _span;

    public DataSpanTests() => _span = new DataSpan(_hub);

    public void Dispose() => _span.Dispose();

    [Fact]
    public void Measure_ReadingsOfTheSource_AreFromTheFirstMessageToTheLast()
    {
        Publish("SensorModule", "reading", """[{"timestamp":1000},{"timestamp":1000},{"timestamp":9000000}]""");
        Assert.Null(_span.Measure());
        Publish("SensorModule", "reading", """[{"timestamp":2000}]""");
        Publish("SensorModule", "reading", """{"timestamp":61000}""");
        Publish("FilterModule", "reading", """{"timestamp":99000}""");
        Publish("SensorModule", "invalid", """{"timestamp":99000}""");
        Assert.Equal(TimeSpan.FromSeconds(60), _span.Measure());
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""[{"timestamp":"2026-01-31T12:00:00Z"}]""")]
    [InlineData("""[{"timestamp":500}]""")]
    public void Measure_LastMessageWithoutALaterTime_IsNull(string body)
    {
        Publish("SensorModule", "reading", """[{"timestamp":1000}]""");
        Publish("SensorModule", "reading", body);
        Assert.Null(_span.Measure());
    }

    private void Publish(string module, string type, string body) =>
        _hub.Publish(new HubMessage(module, "readings", DateTimeOffset.UnixEpoch, [new("messageType", type)], [], Encoding.UTF8.GetBytes(body)));
}
