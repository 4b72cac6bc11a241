using EdgeSimulator.Hub.Routing;

namespace EdgeSimulator.RouteCases;

/// <summary>What comes of a case: routes refused, or the deliveries of the message.</summary>
/// <param name="Stage">Where it was refused: parse, compile or evaluate. An expectation need not name it.</param>
/// <param name="Deliveries">By endpoint id.</param>
internal sealed record RouteVerdict(bool Accepted, string? Stage, IReadOnlyList<RouteDelivery> Deliveries)
{
    public static RouteVerdict Refuse(string? stage) => new(false, stage, []);

    public static RouteVerdict Accept(IEnumerable<RouteDelivery> deliveries) =>
        new(true, null, [.. deliveries.OrderBy(delivery => delivery.Id, StringComparer.Ordinal)]);

    public bool IsMetBy(RouteVerdict actual) =>
        Accepted == actual.Accepted && (Stage is null || Stage == actual.Stage) && Deliveries.SequenceEqual(actual.Deliveries);

    public override string ToString() => (Accepted, Deliveries.Count) switch
    {
        (false, _) => Stage is null ? "refused" : $"refused ({Stage})",
        (_, 0) => "no delivery",
        _ => string.Join(", ", Deliveries),
    };
}

/// <param name="TimeToLiveSeconds">0: that of the hub.</param>
internal readonly record struct RouteDelivery(string Id, long Priority, long TimeToLiveSeconds)
{
    public static RouteDelivery Of(RouteTarget target) => new(target.Endpoint.Id, target.Priority, target.TimeToLiveSeconds);

    public override string ToString() => $"{Id} (priority {Priority}, ttl {TimeToLiveSeconds})";
}
