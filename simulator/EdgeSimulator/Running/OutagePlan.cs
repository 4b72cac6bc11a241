using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>
/// Takes the cloud away and gives it back at the moments that <c>--offline</c> and <c>--flap</c> name; in between the user may switch it by hand.
/// </summary>
/// <param name="flap">Not told at each turn.</param>
public sealed class OutagePlan(IEdgeHub hub, IReadOnlyList<OfflinePeriod> periods, Flapping? flap, Terminal terminal)
{
    private bool _online = true;
    private bool _inPeriod;
    private bool _hasBegun;

    /// <summary>Whether the cloud is there at the start of a run with these options.</summary>
    public static bool StartsOnline(RunOptions options) => !options.Offline.Any(period => period.Contains(TimeSpan.Zero));

    public void Apply(TimeSpan elapsed)
    {
        var inPeriod = periods.Any(period => period.Contains(elapsed));
        var (isEdge, isFirst) = (inPeriod != _inPeriod, !_hasBegun);
        var online = !inPeriod && flap?.IsDown(elapsed) != true;
        (_inPeriod, _hasBegun) = (inPeriod, true);
        if (online == _online) return;
        _online = online;
        // A run may start without the cloud; the user may have switched it before the plan does.
        var isTold = isEdge && (isFirst || hub.UpstreamOnline != online);
        hub.UpstreamOnline = online;
        if (!isTold) return;
        terminal.Warning(online
            ? "The cloud can be reached again; edgeHub tries what waits for it within a minute."
            : "The cloud cannot be reached from now on.");
    }
}
