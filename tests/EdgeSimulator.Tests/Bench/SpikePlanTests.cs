using EdgeSimulator.Bench;

namespace EdgeSimulator.Tests.Bench;

public sealed class SpikePlanTests
{
    [Fact]
    public void Create_TheUsualLoad_HasTwentySpikesASecond()
    {
        var plan = new SpikePlan(rate: 1000, array: 10);
        Assert.Equal((TimeSpan.FromMilliseconds(10), 5, 1001), (plan.Interval, plan.MessagesPerSpike, plan.Devices));
    }

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(1000, 1)]
    [InlineData(100_000, 1000)]
    [InlineData(1, 1)]
    [InlineData(7, 30)]
    [InlineData(2500, 25)]
    public void Spikes_AnyLoad_EachIsOfAnotherDeviceUntilTheCooldownIsOver(int rate, int array)
    {
        var plan = new SpikePlan(rate, array);
        var last = new Dictionary<int, TimeSpan>();
        for (var message = 0L; message < 3L * plan.Devices * plan.MessagesPerSpike; message++)
        {
            if (!plan.HasSpike(message)) continue;
            var at = plan.Interval * message;
            var device = plan.DeviceAt(message, 0);
            if (last.TryGetValue(device, out var before))
                Assert.True(at - before >= TimeSpan.FromSeconds(40), $"device {device} spikes again after {at - before}");
            last[device] = at;
        }

        Assert.Equal(plan.Devices, last.Count);
    }

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(7, 30)]
    public void DeviceAt_AnyMessage_HasEachDeviceOnceAndBetweenItsSpikesAnOrdinaryReading(int rate, int array)
    {
        var plan = new SpikePlan(rate, array);
        var calm = new Dictionary<int, bool>();
        for (var message = 0L; message < 2L * plan.Devices * plan.MessagesPerSpike; message++)
        {
            var devices = Enumerable.Range(0, array).Select(place => plan.DeviceAt(message, place)).ToList();
            Assert.Equal(array, devices.Distinct().Count());
            foreach (var device in devices.Skip(plan.HasSpike(message) ? 1 : 0)) calm[device] = true;
            if (!plan.HasSpike(message)) continue;
            Assert.True(calm.GetValueOrDefault(devices[0], true), $"device {devices[0]} has two spikes in a row");
            calm[devices[0]] = false;
        }
    }
}
