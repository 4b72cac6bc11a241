using EdgeSimulator.CommandLine;
using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public sealed class OutagePlanTests : IDisposable
{
    private readonly FakeHub _hub = new();
    private readonly TestTerminal _terminal = new();
    private readonly OutagePlan _plan;

    public OutagePlanTests() => _plan = new OutagePlan(_hub, [new OfflinePeriod(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20))], _terminal.Terminal);

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

    private bool OnlineAt(double second)
    {
        _plan.Apply(TimeSpan.FromSeconds(second));
        return _hub.UpstreamOnline;
    }
}
