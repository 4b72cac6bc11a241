using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Terminals;

namespace EdgeSimulator.Running;

/// <summary>Takes the cloud away and gives it back at the moments that <c>--offline</c> names; in between the user may switch it by hand.</summary>
public sealed class OutagePlan(IEdgeHub hub, IReadOnlyList<OfflinePeriod> periods, Terminal terminal)
{
    private bool _online = true;

    public void Apply(TimeSpan elapsed)
    {
        var online = !periods.Any(period => period.Contains(elapsed));
        if (online == _online) return;
        _online = online;
        if (hub.UpstreamOnline == online) return;
        hub.UpstreamOnline = online;
        terminal.Warning(online
            ? "The cloud can be reached again; edgeHub tries what waits for it within a minute."
            : "The cloud cannot be reached from now on.");
    }
}
