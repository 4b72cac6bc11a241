using EdgeSimulator.Agent;
using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Agent;

public class RestartPlanTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(RestartPolicy.Never, 1, false)]
    [InlineData(RestartPolicy.Never, 0, false)]
    [InlineData(RestartPolicy.OnFailure, 1, true)]
    [InlineData(RestartPolicy.OnFailure, 0, false)]
    [InlineData(RestartPolicy.OnUnhealthy, 137, true)]
    [InlineData(RestartPolicy.OnUnhealthy, 0, false)]
    [InlineData(RestartPolicy.Always, 0, true)]
    [InlineData(RestartPolicy.Always, 1, true)]
    public void AfterExit_ByPolicy_RestartsOrNot(RestartPolicy policy, int exitCode, bool restarts) =>
        Assert.Equal(restarts ? TimeSpan.FromSeconds(10) : null, new RestartPlan(policy, TimeSpan.FromSeconds(10)).AfterExit(exitCode, Short));

    [Fact]
    public void AfterExit_AgainAndAgain_DoublesTo300SecondsAndGivesUpAfter20()
    {
        var plan = new RestartPlan(RestartPolicy.Always, TimeSpan.FromSeconds(10));
        var waits = Enumerable.Range(0, 21).Select(_ => plan.AfterExit(1, Short)?.TotalSeconds).ToList();
        Assert.Equal([10, 20, 40, 80, 160, .. Enumerable.Repeat<double?>(300, 15), null], waits);
    }

    [Fact]
    public void AfterExit_AfterTenMinutesOfHealth_BeginsAnew()
    {
        var plan = new RestartPlan(RestartPolicy.Always, TimeSpan.FromSeconds(0.5));
        plan.AfterExit(1, Short);
        Assert.Equal(TimeSpan.FromSeconds(1), plan.AfterExit(1, TimeSpan.FromMinutes(10) - Short));
        Assert.Equal(TimeSpan.FromSeconds(0.5), plan.AfterExit(1, TimeSpan.FromMinutes(10)));
    }
}
