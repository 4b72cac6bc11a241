namespace EdgeSimulator.Hub.Routing;

/// <param name="SourcePrefix">Whole segments, with which a message's source path must begin, in any case; empty: every message.</param>
/// <param name="Priority">0 is the highest.</param>
/// <param name="TimeToLiveSeconds">0: that of the hub.</param>
public sealed record Route(string Name, string SourcePrefix, RouteEndpoint Endpoint, int Priority = Route.DefaultPriority, uint TimeToLiveSeconds = 0)
{
    /// <summary>Of a route that names none: below every priority that can be named.</summary>
    public const int DefaultPriority = 2_000_000_000;
}

/// <summary>One delivery of one message.</summary>
/// <param name="TimeToLiveSeconds">0: that of the hub.</param>
public readonly record struct RouteTarget(RouteEndpoint Endpoint, int Priority, uint TimeToLiveSeconds = 0);
