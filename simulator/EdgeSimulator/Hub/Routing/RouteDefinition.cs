namespace EdgeSimulator.Hub.Routing;

/// <summary>A route as <c>$edgeHub</c> has it.</summary>
/// <param name="Text">In edgeHub's route language.</param>
/// <param name="Priority">0 (the highest) to 9, or <see cref="Route.DefaultPriority"/>.</param>
/// <param name="TimeToLiveSeconds">0: that of the hub.</param>
public sealed record RouteDefinition(string Name, string Text, int Priority = Route.DefaultPriority, uint TimeToLiveSeconds = 0);
