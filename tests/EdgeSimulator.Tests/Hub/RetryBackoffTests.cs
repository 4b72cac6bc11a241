using EdgeSimulator.Hub.Delivery;

namespace EdgeSimulator.Tests.Hub;

public sealed class RetryBackoffTests
{
    [Theory]
    [InlineData(0, 0.8, 1)]
    [InlineData(1, 0.8, 1.8)]
    [InlineData(1, 1.2, 2.2)]
    [InlineData(3, 1, 8)]
    [InlineData(6, 1, 60)]
    [InlineData(int.MaxValue, 1.2, 60)]
    public void Delay_DoublesUpToAMinute(int failures, double jitter, double seconds) =>
        Assert.Equal(seconds, RetryBackoff.Delay(failures, jitter).TotalSeconds, 6);
}
