namespace EdgeSimulator.Hub.Routing;

public enum RouteStage
{
    /// <summary>The text is no route; edgeHub reports status 400.</summary>
    Parse,

    /// <summary>The text is a route whose condition cannot be compiled; edgeHub keeps the old routes but reports status 200.</summary>
    Compile,
}

/// <summary>A route that cannot be used; the message names the route, the column, what was found there and what was expected.</summary>
public sealed class RouteException(RouteStage stage, string route, int column, string problem)
    : SimulatorException($"Route '{route}', column {column}: {problem}.")
{
    public RouteStage Stage { get; } = stage;

    public string Route { get; } = route;

    /// <summary>Counted from 1, in characters from the begin of the text, whatever its lines.</summary>
    public int Column { get; } = column;

    /// <summary>The message without the place.</summary>
    public string Problem { get; } = problem;
}
