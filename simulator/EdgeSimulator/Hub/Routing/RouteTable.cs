using EdgeSimulator.Hub.Routing.Conditions;

namespace EdgeSimulator.Hub.Routing;

/// <summary>All routes of a hub; immutable, for any number of threads.</summary>
public sealed class RouteTable
{
    /// <summary>The source of a message of a leaf device.</summary>
    public const string DeviceSource = "/messages";

    /// <summary>The source of a message that tells of changed reported properties.</summary>
    public const string TwinChangeSource = "/twinChangeNotifications";

    private readonly CompiledRoute[] _routes;

    internal RouteTable(IEnumerable<CompiledRoute> routes) => _routes = [.. routes];

    public int Count => _routes.Length;

    /// <summary>Every endpoint that a route names, once each.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => _routes.Select(compiled => compiled.Route.Endpoint).DistinctBy(endpoint => endpoint.Id);

    /// <exception cref="RouteException">A text is no route; see <see cref="RouteStage.Parse"/>.</exception>
    public static ParsedRoutes Parse(string deviceId, IEnumerable<RouteDefinition> routes) =>
        new([.. routes.Select(route => RouteParser.Parse(route, deviceId))]);

    /// <exception cref="RouteException">A text is no route, or its condition cannot be compiled.</exception>
    public static RouteTable Compile(string deviceId, IEnumerable<RouteDefinition> routes) => Parse(deviceId, routes).Compile();

    /// <returns>One target per endpoint, that of the best priority among the routes that match; empty when none does.</returns>
    /// <exception cref="SimulatorException">Two application properties have names that differ only in case; edgeHub fails on such a message.</exception>
    public IReadOnlyList<RouteTarget> Match(RoutedMessage message)
    {
        var path = SourcePath.Trim(message.Source);
        var view = new MessageView(message);
        var targets = new List<RouteTarget>();
        foreach (var (route, condition) in _routes)
        {
            if (!SourcePath.IsUnder(path, route.SourcePrefix) || condition?.Invoke(view).IsTrue == false) continue;
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

/// <param name="Condition">Null when every message of the source matches.</param>
internal readonly record struct CompiledRoute(Route Route, Evaluator? Condition);

/// <summary>Routes that are read and not yet compiled: edgeHub answers for the two in different ways.</summary>
public sealed class ParsedRoutes
{
    private readonly ParsedRoute[] _routes;

    internal ParsedRoutes(ParsedRoute[] routes) => _routes = routes;

    /// <exception cref="RouteException">A condition cannot be compiled; see <see cref="RouteStage.Compile"/>.</exception>
    public RouteTable Compile() => new([.. _routes.Select(Compile)]);

    private static CompiledRoute Compile(ParsedRoute parsed) => parsed.Mistake is not null
        ? throw parsed.Mistake
        : new CompiledRoute(parsed.Route, parsed.Condition is null ? null : new ConditionCompiler(parsed.Route.Name).Compile(parsed.Condition));
}
