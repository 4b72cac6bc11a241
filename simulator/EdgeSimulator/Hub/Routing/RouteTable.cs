namespace EdgeSimulator.Hub.Routing;

/// <summary>All routes of a hub; immutable.</summary>
public sealed class RouteTable
{
    private readonly Route[] _routes;

    private RouteTable(Route[] routes) => _routes = routes;

    /// <summary>Every endpoint that a route names, once each.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => _routes.Select(route => route.Endpoint).DistinctBy(endpoint => endpoint.Id);

    /// <exception cref="SimulatorException">A route cannot be read or says what this version does not support; the message names it.</exception>
    public static RouteTable Compile(string deviceId, IEnumerable<RouteDefinition> routes) =>
        new([.. routes.Select(route => RouteParser.Parse(route, deviceId))]);

    /// <returns>One target per endpoint, that of the best priority among the routes that match; empty when none does.</returns>
    public IReadOnlyList<RouteTarget> Match(RoutedMessage message)
    {
        var path = message.Source.EndsWith('/') ? message.Source : message.Source + "/";
        var targets = new List<RouteTarget>();
        foreach (var route in _routes)
        {
            if (!path.StartsWith(route.SourcePrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var known = targets.FindIndex(target => target.Endpoint.Id == route.Endpoint.Id);
            if (known < 0) targets.Add(Target(route));
            else if (route.Priority < targets[known].Priority) targets[known] = Target(route);
        }

        return targets;
    }

    private static RouteTarget Target(Route route) => new(route.Endpoint, route.Priority, route.TimeToLiveSeconds);

    /// <returns>The source path under which routes see a message of a module.</returns>
    public static string SourceOf(string module, string? output) =>
        string.IsNullOrWhiteSpace(output) ? $"/messages/modules/{module}" : $"/messages/modules/{module}/outputs/{output}";
}
