using EdgeSimulator.CommandLine;
using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public sealed class OutagePlanTests : IDisposable
{
    private readonly FakeHub _hub = new();
    private readonly TestTerminal _terminal = new();
    private readonly OutagePlan _plan;

    public OutagePlanTests() => _plan = new OutagePlan(_hub, [new OfflinePeriod(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20))], flap: null, _terminal.Terminal);

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void Apply_NothingByHand_SwitchesAtTheEdges() => Assert.Equal([true, true, false, false, true, true], new[] { 0, 4.9, 5, 19.9, 20, 30 }.Select(OnlineAt));

    [Fact]
    public void Apply_SwitchedByHandInBetween_LeavesItUntilTheNextEdge()
    {
        _hub.UpstreamOnline = false;
        Assert.Equal([false, false, false], new[] { 0, 4.9, 5 }.Select(OnlineAt));
        _hub.UpstreamOnline = true;
        Assert.Equal([true, true, true], new[] { 6, 19.9, 20 }.Select(OnlineAt));
        _hub.UpstreamOnline = false;
        Assert.False(OnlineAt(100));
        Assert.Empty(_terminal.Text);
    }

    [Fact]
    public void Apply_OfflineByHandBeforeThePeriodEnds_ComesBackWithIt()
    {
        OnlineAt(5);
        _hub.UpstreamOnline = true;
        OnlineAt(10);
        _hub.UpstreamOnline = false;
        Assert.False(OnlineAt(19.9));
        Assert.True(OnlineAt(20));
    }

    [Fact]
    public void Apply_Flapping_IsUpFirstAndSwitchesAtEachTurnWithoutSayingSo()
    {
        var plan = new OutagePlan(_hub, [], new Flapping(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), _terminal.Terminal);
        Assert.Equal([true, true, false, false, true, true, false, true], new[] { 0, 1.9, 2, 4.9, 5, 6.9, 7, 500_000 }.Select(second => OnlineAt(second, plan)));
        Assert.Empty(_terminal.Text);
    }

    [Fact]
    public void Apply_FlappingWithAPeriod_StaysAwayInIt()
    {
        var plan = new OutagePlan(
            _hub, [new OfflinePeriod(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11))], new Flapping(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), _terminal.Terminal);
        Assert.Equal([true, false, false, false, true, false], new double[] { 0, 1, 3, 6, 11, 12 }.Select(second => OnlineAt(second, plan)));
    }

    [Fact]
    public void Apply_PeriodFromTheStart_IsSaidThoughTheHubHasStartedSo()
    {
        var options = new RunOptions { Offline = [new OfflinePeriod(TimeSpan.Zero, TimeSpan.FromSeconds(5))] };
        _hub.UpstreamOnline = OutagePlan.StartsOnline(options);
        var plan = new OutagePlan(_hub, options.Offline, null, _terminal.Terminal);
        Assert.False(OnlineAt(0.01, plan));
        Assert.Contains("The cloud cannot be reached from now on.", _terminal.Text);
        Assert.True(OnlineAt(5, plan));
        Assert.True(OutagePlan.StartsOnline(new RunOptions()));
    }

    private bool OnlineAt(double second) => OnlineAt(second, _plan);

    private bool OnlineAt(double second, OutagePlan plan)
    {
        plan.Apply(TimeSpan.FromSeconds(second));
        return _hub.UpstreamOnline;
    }
}
