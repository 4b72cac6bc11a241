using EdgeModules.Hosting;

namespace EdgeModules.Hosting.Tests;

public sealed class ClockPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Per device its last differences in seconds, oldest first, devices apart by <c>|</c>.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("5", 5)]
    [InlineData("1|2|3", 2)]
    [InlineData("1|2|1000000", 2)]
    [InlineData("3600|3601|3602", 3601)]
    [InlineData("-3600|-3601|-3602", -3601)]
    [InlineData("0|3600", 0)]
    [InlineData("0|0|3600|3601", 0)]
    [InlineData("-5|4", 4)]
    [InlineData("1 1 -99999", 1)]
    [InlineData("1 -99999", 1)]
    [InlineData("-99999 1", 1)]
    [InlineData("1 2 -99999 -99999", -99999)]
    [InlineData("7 1 1 1", 1)]
    public void SkewAt_DifferencesOfDevices_IsTheMedianOfTheirTypicalOnes(string devices, int skewSeconds)
    {
        var policy = new ClockPolicy();
        var number = 0;
        foreach (var device in devices.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            foreach (var seconds in device.Split(' ')) policy.Observe($"d{number}", At(-int.Parse(seconds)), Now);
        }

        Assert.Equal(TimeSpan.FromSeconds(skewSeconds), policy.SkewAt(Now));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(61, true)]
    [InlineData(-60, false)]
    [InlineData(-61, true)]
    public void IsSuspect_OverSixtySecondsInEitherDirection_IsTrue(int skewSeconds, bool isSuspect)
    {
        var policy = Skewed(skewSeconds);
        Assert.Equal(isSuspect, policy.IsSuspect(Now));
    }

    [Theory]
    [InlineData(0, -30, 30)]
    [InlineData(0, 30, -30)]
    [InlineData(3600, -3600, 0)]
    [InlineData(3600, -3630, 30)]
    [InlineData(-3600, 3600, 0)]
    [InlineData(-3600, 3630, -30)]
    public void AgeOf_AReading_IsRelativeToTheSkew(int skewSeconds, int timestampSeconds, int ageSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(ageSeconds), Skewed(skewSeconds).AgeOf(At(timestampSeconds), Now));

    [Theory]
    [InlineData(0, 60, false)]
    [InlineData(0, 61, true)]
    [InlineData(3600, 0, true)]
    [InlineData(-3600, 3660, false)]
    [InlineData(-3600, 3661, true)]
    public void IsFuture_AheadOfTheSkewedClock_IsTrueBeyondTheLimit(int skewSeconds, int timestampSeconds, bool isFuture) =>
        Assert.Equal(isFuture, Skewed(skewSeconds).IsFuture(At(timestampSeconds), Now, maxFutureSeconds: 60));

    [Fact]
    public void IsFuture_OneOddReadingOfAnOnlyDevice_IsSeenAsSuch()
    {
        var policy = new ClockPolicy();
        for (var i = 0; i < 3; i++) policy.Observe("d", At(i), Now.AddSeconds(i));
        var ahead = At((int)TimeSpan.FromDays(365).TotalSeconds);
        policy.Observe("d", ahead, Now.AddSeconds(3));

        Assert.True(policy.IsFuture(ahead, Now.AddSeconds(3), maxFutureSeconds: 60));
        Assert.False(policy.IsSuspect(Now.AddSeconds(3)));
    }

    [Fact]
    public void SkewAt_DevicesSilentForAMinute_NoLongerCount()
    {
        var policy = Skewed(3600);
        policy.Observe("new", At(30), Now.AddSeconds(30));

        Assert.Equal(TimeSpan.FromSeconds(3600), policy.SkewAt(Now.AddSeconds(60)));
        Assert.Equal(TimeSpan.Zero, policy.SkewAt(Now.AddSeconds(61)));
        Assert.Equal(TimeSpan.Zero, policy.SkewAt(Now.AddSeconds(3600)));
    }

    [Fact]
    public void SkewAt_ClockSetRight_FollowsIt()
    {
        var policy = Skewed(-86_400);
        Assert.True(policy.IsSuspect(Now));
        var right = Now.AddDays(1);
        policy.Observe("d1", right.ToUnixTimeMilliseconds(), right);

        Assert.False(policy.IsSuspect(right));
    }

    [Fact]
    public void SkewAt_ClockSetBack_ForgetsTheUndoneFuture()
    {
        var policy = Skewed(86_400);
        var right = Now.AddDays(-1);
        policy.Observe("d9", right.ToUnixTimeMilliseconds(), right);

        Assert.Equal(TimeSpan.Zero, policy.SkewAt(right));
    }

    [Fact]
    public void Observe_MoreDevicesThanAreNeeded_IsBoundedAndTakesNewOnesWhenOldOnesAreSilent()
    {
        var policy = new ClockPolicy();
        for (var i = 0; i < ClockPolicy.MostDevices; i++) policy.Observe($"d{i}", At(-10), Now);
        for (var i = 0; i < 2 * ClockPolicy.MostDevices; i++) policy.Observe($"more{i}", At(-500), Now);
        Assert.Equal(TimeSpan.FromSeconds(10), policy.SkewAt(Now));
        policy.Observe("later", At(61 - 20), Now.AddSeconds(61));

        Assert.Equal(TimeSpan.FromSeconds(20), policy.SkewAt(Now.AddSeconds(61)));
    }

    [Fact]
    public void Clear_AfterReadings_KnowsNoSkew()
    {
        var policy = Skewed(3600);
        policy.Clear();
        Assert.Equal(TimeSpan.Zero, policy.SkewAt(Now));
    }

    /// <summary>Five devices that agree.</summary>
    private static ClockPolicy Skewed(int seconds)
    {
        var policy = new ClockPolicy();
        for (var i = 0; i < 5; i++) policy.Observe($"d{i}", At(-seconds), Now);
        return policy;
    }

    private static long At(int seconds) => Now.AddSeconds(seconds).ToUnixTimeMilliseconds();
}
